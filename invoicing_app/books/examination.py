"""Makes all checks, one after the other, on one snapshot."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from time import monotonic

from django.db import connection

from invoicing_app.books import (
    bills,
    deliveries,
    documents,
    journal,
    online_payments,
    payers,
    receipt_numbers,
    refunds,
    seals,
    shifts,
    stock_counts,
    tenders,
    waivers,
    wallets,
    withdrawals,
)
from invoicing_app.books.findings import Check, Fault, Finding, Outcome
from invoicing_app.books.snapshot import snapshot

CHECKS: Sequence[Check] = (
    *journal.CHECKS,
    *seals.CHECKS,
    *wallets.CHECKS,
    *documents.CHECKS,
    *tenders.CHECKS,
    *shifts.CHECKS,
    *bills.CHECKS,
    *waivers.CHECKS,
    *payers.CHECKS,
    *refunds.CHECKS,
    *receipt_numbers.CHECKS,
    *deliveries.CHECKS,
    *stock_counts.CHECKS,
    *withdrawals.CHECKS,
    *online_payments.CHECKS,
)
MOST_FAULTS = 1000  # listed per check, so that broken books do not fill the memory


def check_books(
    *,
    starting: Callable[[Check], None] = lambda check: None,
    done: Callable[[Outcome], None] = lambda outcome: None,
) -> list[Finding]:
    """
    Return what is wrong with the books: an empty list where they are sound.

    Reads one snapshot in a transaction of its own and takes no locks, so it may run at any time,
    and for long. ``starting`` and ``done`` are told of each check, for whoever shows progress.

    :raises TransactionManagementError: if it is called inside an open transaction
    """
    findings: list[Finding] = []
    with snapshot():
        for check in CHECKS:
            starting(check)
            outcome = _examine(check)
            done(outcome)
            findings += outcome.findings
    return findings


def _examine(check: Check) -> Outcome:
    started = monotonic()
    found = check.faults() if callable(check.faults) else _rows_of(check.faults)
    findings = _grouped(check, islice(found, MOST_FAULTS + 1))
    return Outcome(check, _count(check.looks_at), monotonic() - started, findings)


def _rows_of(query: str) -> Iterator[Fault]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({query}) AS fault LIMIT {MOST_FAULTS + 1}")  # noqa: S608 - our own text
        yield from cursor.fetchall()


def _grouped(check: Check, faults: Iterable[Fault]) -> list[Finding]:
    """Put things that are wrong in the same way into one finding."""
    things: dict[str, list[str]] = defaultdict(list)
    listed = list(faults)
    for thing, detail in listed[:MOST_FAULTS]:
        things[detail].append(thing)
    findings = [
        Finding(check.name, sorted(ids, key=lambda thing: (len(thing), thing)), detail)
        for detail, ids in things.items()
    ]
    if len(listed) > MOST_FAULTS:
        findings.append(Finding(check.name, [], f"and more: only {MOST_FAULTS} are listed"))
    return findings


def _count(rows: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {rows}")  # noqa: S608 - our own text
        (count,) = cursor.fetchone()
    return int(count)
