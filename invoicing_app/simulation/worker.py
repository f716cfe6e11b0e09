"""
The process of one desk. Nothing of Django is imported before it is set up: the process is new.
"""

import os
import pickle
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count, takewhile
from multiprocessing.connection import Connection
from typing import Any

from invoicing_app.simulation.messages import Done, Ended, Message, VisitOver
from invoicing_app.simulation.plan import Cast, Plan


@dataclass(frozen=True)
class Orders:
    """What a desk's process is to do: where it begins, and what is known of that visit already."""

    plan: Plan
    cast: Cast
    desk: int
    database: str
    first_visit: int = 0
    acts_done: int = 0
    notes: dict[str, str] = field(default_factory=dict)
    is_again: bool = False


def work(pipe: Connection, orders: bytes) -> None:
    """Play visits until the plan is done or something comes through the pipe: the end of it."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # Ctrl-C reaches all; the first process decides
    import django

    django.setup()
    try:
        _play(pipe, pickle.loads(orders))  # noqa: S301 - from the process that started this one
    except BrokenPipeError:
        os._exit(1)  # whoever started this one is gone


def _play(pipe: Connection, orders: Orders) -> None:
    from django.db import connections  # Django is set up by now
    from django.utils.module_loading import import_string

    from hospital.core.models import User
    from invoicing_app.simulation.desk import Desk, VisitEnds

    connections.settings["default"]["NAME"] = orders.database
    cast = orders.cast
    people = User.objects.in_bulk([*cast.cashiers, *cast.supervisors, cast.pharmacist])
    visit = import_string(orders.plan.visit)
    told = _Told(pipe, orders.acts_done)
    for number in _visits(orders, told):
        is_again = orders.is_again and number == orders.first_visit
        notes = dict(orders.notes) if is_again else {}
        desk = Desk(orders.plan, cast, orders.desk, number, people, told, notes, is_again)
        with suppress(VisitEnds):  # told already
            visit(desk)
        told(VisitOver(number))
    connections.close_all()
    told(Ended())


class _Told:
    """Sends messages, and counts the acts among them."""

    def __init__(self, pipe: Connection, acts: int) -> None:
        self.pipe = pipe
        self.acts = acts

    def __call__(self, message: Message) -> None:
        self.acts += isinstance(message, Done)
        self.pipe.send(message)


def _visits(orders: Orders, told: Any) -> Iterator[int]:
    """Yield the numbers of the visits that are still to be played."""
    plan, desk = orders.plan, orders.desk
    last = plan.visits_of(desk)
    visits = count(orders.first_visit) if last is None else range(orders.first_visit, last)

    def goes_on(_number: int) -> bool:
        is_full = last is None and told.acts >= plan.acts_of(desk)
        return not is_full and not told.pipe.poll()

    return takewhile(goes_on, visits)
