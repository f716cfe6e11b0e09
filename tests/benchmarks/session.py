"""One run: what is measured, in which order, and what is compared with what."""

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import mean

from django.conf import settings
from rich.console import Console

from tests.benchmarks import limit, pages, payments, reports
from tests.benchmarks.documents import make_table
from tests.benchmarks.ground import dsn, durability, ground
from tests.benchmarks.load import Load, served
from tests.benchmarks.plan import (
    CASHIERS,
    GOAL_FULL_TABLE,
    GOAL_HTTP,
    GOAL_PAGE,
    GOAL_PAYMENT,
    GOAL_REPORT,
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
Rate = Callable[[float], float]  # seconds → how many a second


@dataclass(frozen=True)
class Group:
    """
    Things that are measured once in every round, in turn, piece by piece: the machine's speed
    changes from second to second, and what is compared shall meet the same.
    """

    names: Sequence[str]
    unit: str
    measure: Callable[[], Sequence[float]]


def run(plan: Plan, console: Console, say: Say) -> list[str]:
    """Measure everything round after round, print the tables, and return the goals missed."""
    with ground(plan, say) as names, _groups(plan, *names) as (groups, load):
        results: dict[str, list[float]] = {name: [] for group in groups for name in group.names}
        for number in range(1, plan.rounds + 1):
            for group in groups:
                say(f"round {number} of {plan.rounds}: {', '.join(group.names)}")
                for name, measured_value in zip(group.names, group.measure(), strict=True):
                    results[name].append(measured_value)
        where = durability()
    goals = [goal for goal in _goals(plan) if {goal.what, goal.against} <= results.keys()]
    console.print(where)
    console.print(measured(results, {name: one.unit for one in groups for name in one.names}))
    console.print(compared(goals, results))
    console.print(
        f"The load on HTTP came from one process with {CASHIERS} plain sockets; it took "
        f"{load.cpu_share:.0%} of the machine's {os.cpu_count()} cores."
    )
    return [goal.what for goal in goals if not goal.is_reached(results)]


@contextmanager
def _groups(plan: Plan, short: str, long: str, paid: str) -> Iterator[tuple[list[Group], Load]]:
    """Yield what is measured, in order, with every process running that it needs."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        with pointing_at(short, "owner"), pointing_at(short):
            make_table(settings.DATABASES["default"]["USER"])
        stack.enter_context(pointing_at(short))

        def crowd(what: str, number: int, database: str) -> Rate:
            return stack.enter_context(workers(what, number, dsn(database))).rate

        several = plan.connections
        groups = [
            _rates(
                plan,
                {
                    _documents(1): crowd("documents", 1, short),
                    _service(1): crowd("service", 1, short),
                    _table(plan.large): crowd("service", 1, long),
                },
            ),
            _rates(
                plan,
                {
                    _documents(several): crowd("documents", several, short),
                    _service(several): crowd("service", several, short),
                },
            ),
        ]
        load = stack.enter_context(served(dsn(short)))
        over_http: dict[str, Rate] = {HTTP: load.rate}
        if program := limit.find_pgbench(ROOT):
            over_http[PGBENCH] = partial(limit.rate, program, dsn(short), directory)
        groups.append(_rates(plan, over_http, pieces=1))  # pgbench connects and plans each time

        shelf = payments.stocked_shelf(max(plan.items))
        pay = partial(payments.milliseconds, shelf, plan.items, plan.payments)
        groups.append(Group([_payment(size) for size in plan.items], TIME, pay))
        read = partial(_in_database, long, partial(pages.milliseconds, plan))
        groups.append(Group([_page(1), _page(plan.far_page)], TIME, read))

        groups += _reports(paid)

        fill_wallets()
        transfers = {_transfers(shape, several): crowd(shape, several, short) for shape in SHAPES}
        groups.append(_rates(plan, transfers))
        bank = stack.enter_context(payouts((1, several), short, directory))
        payers = {_withdrawals(number): partial(bank.rate, number) for number in (1, several)}
        groups.append(_rates(plan, payers))
        yield groups, load


def _rates(plan: Plan, measures: Mapping[str, Rate], *, pieces: int = 0) -> Group:
    """
    Return the group of these rates, each measured for as long as the plan says: in so many pieces,
    or a second at a time.
    """
    pieces = pieces or max(1, round(plan.seconds))

    def measure() -> list[float]:
        taken = [[rate(plan.seconds / pieces) for rate in measures.values()] for _ in range(pieces)]
        return [mean(of_one) for of_one in zip(*taken, strict=True)]

    return Group(list(measures), RATE, measure)


def _reports(database: str) -> list[Group]:
    dashboard = partial(_in_database, database, reports.dashboard_milliseconds)
    return [
        *(
            Group(
                [_report(slug), _by_hand(slug)],
                TIME,
                partial(_in_database, database, partial(reports.milliseconds, slug)),
            )
            for slug in reports.BY_HAND
        ),
        Group(["dashboard"], TIME, dashboard),
    ]


def _in_database(name: str, measure: Callable[[], Sequence[float]]) -> Sequence[float]:
    with pointing_at(name):
        return measure()


def _goals(plan: Plan) -> list[Goal]:
    one, many = plan.items[0], plan.items[-1]
    several = plan.connections
    return [
        Goal(_service(1), _documents(1), GOAL_SERVICE),
        Goal(_service(several), _documents(several)),
        Goal(HTTP, PGBENCH, GOAL_HTTP),
        Goal(_payment(many), _payment(one), GOAL_PAYMENT, at_most=True),
        Goal(_table(plan.large), _service(1), GOAL_FULL_TABLE),
        Goal(_page(plan.far_page), _page(1), GOAL_PAGE, at_most=True),
        *(
            Goal(_report(slug), _by_hand(slug), GOAL_REPORT, at_most=True)
            for slug in reports.BY_HAND
        ),
    ]


def _report(slug: str) -> str:
    return f"report of one day: {slug}"


def _by_hand(slug: str) -> str:
    return f"the same by hand: {slug}"


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
