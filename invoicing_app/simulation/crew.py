"""Starts a process for each desk, listens to them all, and kills some where faults are wanted."""

import pickle
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from random import Random

from django.db import connection

from invoicing_app.simulation.messages import Began, Done, Ended, Message, Noted, VisitOver
from invoicing_app.simulation.plan import Cast, Plan
from invoicing_app.simulation.tally import Tally
from invoicing_app.simulation.worker import Orders, work

KILLED = "killed worker"
KILLS = 0.03  # of the acts that begin
MOST_KILLS = 3  # at each desk: a process takes seconds to start
LONGEST_PAUSE = 0.01  # seconds from an act's beginning to the kill
LISTENING = 0.2  # seconds between two looks at whether to stop


@dataclass
class _Post:
    """A desk's process, and what to tell the next one if it dies."""

    orders: Orders
    process: BaseProcess
    pipe: Connection
    kills: int = 0
    is_killed: bool = False
    has_ended: bool = False
    notes: dict[str, str] = field(default_factory=dict)


@dataclass
class Crew:
    """All desks of a day. ``told`` is called after each message; ``stops`` says when to stop."""

    plan: Plan
    cast: Cast
    tally: Tally
    told: Callable[[], None]
    stops: Callable[[], bool]

    def __post_init__(self) -> None:
        self._chance = Random(self.plan.seed)  # noqa: S311 - no secret depends on it
        self._posts: dict[Connection, _Post] = {}

    def play(self) -> None:
        """Play the day to its end; processes that this one started are gone afterwards."""
        database = str(connection.settings_dict["NAME"])
        try:
            for desk in range(self.plan.cashiers):
                self._start(Orders(self.plan, self.cast, desk, database))
            self._listen()
        finally:
            for post in self._posts.values():
                post.process.kill()
                post.process.join()

    def _start(self, orders: Orders, *, kills: int = 0) -> None:
        context = get_context("spawn")  # no connection is inherited, and no thread
        ours, theirs = context.Pipe()
        process = context.Process(target=work, args=(theirs, pickle.dumps(orders)), daemon=True)
        process.start()
        theirs.close()
        self._posts[ours] = _Post(orders, process, ours, kills, notes=dict(orders.notes))

    def _listen(self) -> None:
        is_told = False
        while self._posts:
            if self.stops() and not is_told:
                is_told = True
                for post in self._posts.values():
                    _tell_to_stop(post)
            for pipe in wait(list(self._posts), LISTENING):
                self._hear(self._posts[pipe])  # type: ignore[index] # only pipes were given

    def _hear(self, post: _Post) -> None:
        try:
            message = post.pipe.recv()
        except (EOFError, ConnectionResetError):
            self._replace(post)
            return
        self._take(post, message)
        self.told()

    def _take(self, post: _Post, message: Message) -> None:
        self.tally.hear()
        if isinstance(message, Done):
            self.tally.count(message)
            post.orders = replace(post.orders, acts_done=post.orders.acts_done + 1)
        elif isinstance(message, Began):
            self._perhaps_kill(post)
        elif isinstance(message, Noted):
            post.notes[message.name] = message.value
        elif isinstance(message, VisitOver):
            post.notes.clear()
            post.orders = replace(post.orders, first_visit=message.visit + 1, is_again=False)
        elif isinstance(message, Ended):
            post.has_ended = True

    def _perhaps_kill(self, post: _Post) -> None:
        if not self.plan.faults or post.is_killed or post.kills >= MOST_KILLS:
            return
        if self._chance.random() < KILLS:
            time.sleep(self._chance.uniform(0, LONGEST_PAUSE))
            post.process.kill()
            post.is_killed = True
            self.tally.faults[KILLED] += 1

    def _replace(self, post: _Post) -> None:
        """Let another process go on where one was killed; one that died by itself is wrong."""
        del self._posts[post.pipe]
        post.pipe.close()
        post.process.join()
        if post.has_ended:
            return
        if not post.is_killed:
            code = post.process.exitcode
            self.tally.wrong.append(f"The process of desk {post.orders.desk} ended with {code}.")
        elif not self.stops():
            again = replace(post.orders, notes=dict(post.notes), is_again=True)
            self._start(again, kills=post.kills + 1)


def _tell_to_stop(post: _Post) -> None:
    with suppress(BrokenPipeError, ConnectionResetError):  # it was killed: nobody replaces it
        post.pipe.send("stop")
