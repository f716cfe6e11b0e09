"""Reports of one day and the dashboard, beside SQL written by hand for the same figures."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from statistics import median

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from invoicing_app.panels.dashboard import dashboard
from invoicing_app.reports.kinds import report_of
from invoicing_app.reports.period import one_day

MOST_QUERIES = 10  # of the dashboard
READS = 15
_TILL = "CASE WHEN {0}.account_id LIKE 'CASH-%%' THEN 'CASH' ELSE {0}.account_id END"
_OF_LINE, _OF_TILL = _TILL.format("line"), _TILL.format("till")
_TILLS = "('CASH', 'CARD_CLEARING', 'BANK', 'GATEWAY_CLEARING')"
_TAKINGS = "('DEPOSIT', 'PAYMENT', 'REVERSAL', 'REFUND')"
_IN = "sum(CASE line.side WHEN 'DEBIT' THEN line.amount ELSE -line.amount END)"
_OUT = "sum(CASE line.side WHEN 'CREDIT' THEN line.amount ELSE -line.amount END)"
_LINES = """
    FROM client_wallet_journalentry entry
    JOIN client_wallet_posting line ON line.entry_id = entry.id"""
_OF_THE_DAY = "WHERE entry.business_date = %(day)s"

BY_HAND: Mapping[str, Sequence[str]] = {  # the report's address → what it needs, and no more
    "collections": (
        f"""SELECT {_OF_LINE}, entry.kind, {_IN} {_LINES} {_OF_THE_DAY}
               AND entry.kind IN {_TAKINGS} AND {_OF_LINE} IN {_TILLS} GROUP BY 1, 2""",
        f"""SELECT line.account_id, {_OUT} {_LINES}
              JOIN client_wallet_posting till
                ON till.entry_id = entry.id AND {_OF_TILL} IN {_TILLS} {_OF_THE_DAY}
               AND entry.kind IN {_TAKINGS} AND {_OF_LINE} NOT IN {_TILLS} GROUP BY 1""",
    ),
    "departments": (
        f"""SELECT line.account_id, {_OF_TILL}, {_OUT} {_LINES}
              JOIN client_wallet_posting till
                ON till.entry_id = entry.id
               AND ({_OF_TILL} IN {_TILLS} OR till.account_id = 'WALLETS') {_OF_THE_DAY}
               AND line.account_id LIKE 'REVENUE-%%' GROUP BY 1, 2""",
    ),
    "cashiers": (
        f"""SELECT coalesce(reversed.actor_id, entry.actor_id), {_OF_LINE}, {_IN} {_LINES}
              LEFT JOIN client_wallet_journalentry reversed ON reversed.id = entry.reverses_id
              {_OF_THE_DAY} AND entry.kind IN {_TAKINGS} AND {_OF_LINE} IN {_TILLS}
             GROUP BY 1, 2""",
        f"""SELECT entry.actor_id, sum(line.amount) {_LINES} {_OF_THE_DAY}
               AND entry.kind = 'PAYMENT' AND line.account_id = 'WALLETS' GROUP BY 1""",
    ),
}


def milliseconds(slug: str) -> list[float]:
    """Return how long a report of one day takes, and the SQL by hand, in medians; in turn."""
    day = timezone.localdate() - timedelta(days=2)

    def by_hand() -> None:
        with connection.cursor() as cursor:
            for statement in BY_HAND[slug]:
                cursor.execute(statement, {"day": day})
                cursor.fetchall()

    ways: list[Callable[[], object]] = [lambda: report_of(slug, one_day(day)), by_hand]
    taken = [[_timed(way) for way in ways] for _ in range(READS)]
    return [median(of_one) for of_one in zip(*taken, strict=True)]


def dashboard_milliseconds() -> list[float]:
    """
    Return how long the dashboard takes.

    :raises RuntimeError: if it asks the database more often than it may
    """
    today = timezone.localdate()
    with CaptureQueriesContext(connection) as asked:
        dashboard(today)
    if len(asked) > MOST_QUERIES:
        raise RuntimeError(f"the dashboard takes {len(asked)} queries, not {MOST_QUERIES}")
    return [median(_timed(lambda: dashboard(today)) for _ in range(3))]


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000
