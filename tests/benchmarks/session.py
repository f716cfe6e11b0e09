"""One run: what is measured, in which order, and what is compared with what."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from django.conf import settings
from rich.console import Console

from tests.benchmarks import limit, pages, payments
from tests.benchmarks.documents import make_table
from tests.benchmarks.ground import dsn, durability, ground
from tests.benchmarks.load import Load, served
from tests.benchmarks.plan import (
    CASHIERS,
    GOAL_FULL_TABLE,
    GOAL_HTTP,
    GOAL_PAGE,
    GOAL_PAYMENT,
    GOAL_SERVICE,
    Plan,
)
from tests.benchmarks.report import Goal, compared, measured
from tests.benchmarks.wallets import SHAPES, fill_wallets, payouts
from tests.benchmarks.workers import workers
from tests.databases import pointing_at

ROOT = Path(__file__).resolve().parents[2]
RATE, TIME = "per second", "ms"
HTTP = f"our deposit over HTTP, {CASHIERS} cashiers"
PGBENCH = f"its SQL from pgbench, {CASHIERS} connections"

Say = Callable[[str], None]


@dataclass(frozen=True)
class Thing:
    """Something that is measured once in every round."""

    name: str
    unit: str
    measure: Callable[[], float]


def run(plan: Plan, console: Console, say: Say) -> list[str]:
    """Measure everything round after round, print the tables, and return the goals missed."""
    with ground(plan, say) as (short, long), _things(plan, short, long) as (things, load):
        results: dict[str, list[float]] = {thing.name: [] for thing in things}
        for number in range(1, plan.rounds + 1):
            for thing in things:
                say(f"round {number} of {plan.rounds}: {thing.name}")
                results[thing.name].append(thing.measure())
        where = durability()
    goals = [goal for goal in _goals(plan) if {goal.what, goal.against} <= results.keys()]
    console.print(where)
    console.print(measured(results, {thing.name: thing.unit for thing in things}))
    console.print(compared(goals, results))
    console.print(
        f"The load on HTTP came from one process with {CASHIERS} plain sockets; it took "
        f"{load.cpu_share:.0%} of the machine's {os.cpu_count()} cores."
    )
    return [goal.what for goal in goals if not goal.is_reached(results)]


@contextmanager
def _things(plan: Plan, short: str, long: str) -> Iterator[tuple[list[Thing], Load]]:
    """Yield what is measured, in order, with every process running that it needs."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        with pointing_at(short, "owner"), pointing_at(short):
            make_table(settings.DATABASES["default"]["USER"])
        stack.enter_context(pointing_at(short))

        def crowd(what: str, number: int, database: str) -> Callable[[], float]:
            started = stack.enter_context(workers(what, number, dsn(database)))
            return partial(started.rate, plan.seconds)

        load = stack.enter_context(served(dsn(short)))
        things = [
            Thing(_documents(1), RATE, crowd("documents", 1, short)),
            Thing(_service(1), RATE, crowd("service", 1, short)),
            Thing(_table(plan.large), RATE, crowd("service", 1, long)),
            Thing(_documents(plan.connections), RATE, crowd("documents", plan.connections, short)),
            Thing(_service(plan.connections), RATE, crowd("service", plan.connections, short)),
            Thing(HTTP, RATE, partial(load.rate, plan.seconds)),
        ]
        if program := limit.find_pgbench(ROOT):
            at_most = partial(limit.rate, program, dsn(short), directory, plan.seconds)
            things.append(Thing(PGBENCH, RATE, at_most))
        shelf = payments.stocked_shelf(max(plan.items))
        for size in plan.items:
            pay = partial(_pay, shelf, size, plan.payments)
            things.append(Thing(_payment(size), TIME, pay))
        history = pages.Pages(plan)
        things += [
            Thing(_page(1), TIME, partial(_in_database, long, history.first)),
            Thing(_page(plan.far_page), TIME, history.far),
        ]
        fill_wallets()
        several = plan.connections
        for shape in SHAPES:
            things.append(Thing(_transfers(shape, several), RATE, crowd(shape, several, short)))
        bank = stack.enter_context(payouts((1, several), short, directory))
        for number in (1, several):
            settle = partial(bank.rate, number, plan.seconds)
            things.append(Thing(_withdrawals(number), RATE, settle))
        yield things, load


def _pay(shelf: payments.Shelf, size: int, number: int) -> float:
    return payments.milliseconds(shelf.bills(size, number))


def _in_database(name: str, measure: Callable[[], float]) -> float:
    with pointing_at(name):
        return measure()


def _goals(plan: Plan) -> list[Goal]:
    one, many = plan.items[0], plan.items[-1]
    several = plan.connections
    return [
        Goal(_service(1), _documents(1), GOAL_SERVICE),
        Goal(_service(several), _documents(several), GOAL_SERVICE),
        Goal(HTTP, PGBENCH, GOAL_HTTP),
        Goal(_payment(many), _payment(one), GOAL_PAYMENT, at_most=True),
        Goal(_table(plan.large), _service(1), GOAL_FULL_TABLE),
        Goal(_page(plan.far_page), _page(1), GOAL_PAGE, at_most=True),
    ]


def _documents(connections: int) -> str:
    return f"documents' deposit_to_wallet, {_connections(connections)}"


def _service(connections: int) -> str:
    return f"our deposit as a service, {_connections(connections)}"


def _connections(number: int) -> str:
    return "1 connection" if number == 1 else f"{number} connections"


def _payment(size: int) -> str:
    return f"payment of {size} item{'s' if size > 1 else ''}"


def _transfers(shape: str, connections: int) -> str:
    return f"our transfer, {shape} wallets, {_connections(connections)}"


def _withdrawals(number: int) -> str:
    workers_of_it = "1 worker" if number == 1 else f"{number} workers"
    return f"withdrawals settled at a calm bank, {workers_of_it}"


def _table(postings: int) -> str:
    return f"our deposit, {postings:,} postings in the table"


def _page(page: int) -> str:
    return f"page {page:,} of a wallet's history"
