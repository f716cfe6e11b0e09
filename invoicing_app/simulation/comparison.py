"""What was answered against what is there, and the day's reports against the journal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, QuerySet, Sum

from client_wallet.models import WalletAccount, WalletDeposit
from hospital.core.money import ZERO, money_text
from invoicing_app.models import DepositReceiving
from invoicing_app.refunds.models import Refund
from invoicing_app.reports import money_in
from invoicing_app.reports.kinds import report_of
from invoicing_app.reports.period import one_day
from invoicing_app.simulation.messages import Proof
from invoicing_app.simulation.plan import Cast

_JOURNAL = """
    SELECT coalesce(sum(CASE line.side WHEN %s THEN line.amount ELSE -line.amount END), 0)
      FROM client_wallet_posting line
      JOIN client_wallet_journalentry entry ON entry.id = line.entry_id
     WHERE entry.business_date BETWEEN %s AND %s AND entry.kind = ANY(%s)
       AND (line.account_id = ANY(%s) OR line.account_id LIKE %s)
"""
_BEGINNING = date(2000, 1, 1)
_AT_TILLS = ["CASH", "CARD_CLEARING", "BANK", "GATEWAY_CLEARING"]
_DRAWERS = "CASH-%"
_NO_CODE = ""  # LIKE no account


@dataclass(frozen=True)
class Marks:
    """The newest rows before the first patient; what is newer was made by this run's desks."""

    payment: int
    deposit: int
    refund: int


def marks() -> Marks:
    """Return where the rows of a run begin."""

    def newest(rows: Any) -> int:
        return int(rows.aggregate(newest=Max("pk"))["newest"] or 0)

    return Marks(
        payment=newest(DepositReceiving.objects),
        deposit=newest(WalletDeposit.objects),
        refund=newest(Refund.objects),
    )


def lost_or_doubled(proofs: set[Proof], since: Marks, cast: Cast) -> Sequence[str]:
    """
    Return what was answered and is not there, and what is there and was never answered.

    Every desk goes on until it has an answer, so a row that nobody was told of is a double.
    """
    mine = list(cast.cashiers)
    there: set[Proof] = {
        *_rows("payment", DepositReceiving.objects, since.payment, "total_due", taken_by__in=mine),
        *_rows("deposit", WalletDeposit.objects, since.deposit, "amount", taken_by__in=mine),
        *_rows("refund", Refund.objects, since.refund, "amount", paid_by__in=mine),
    }
    lost = [f"{_said(one)} was answered and is not there." for one in sorted(proofs - there)]
    double = [f"{_said(one)} is there and was not answered." for one in sorted(there - proofs)]
    return [*lost, *double]


def _rows(name: str, rows: Any, since: int, amount: str, **mine: Any) -> set[Proof]:
    found: QuerySet[Any] = rows.filter(pk__gt=since, **mine)
    return {(name, pk, money_text(value)) for pk, value in found.values_list("pk", amount)}


def _said(proof: Proof) -> str:
    name, pk, amount = proof
    return f"The {name} {pk} of {amount}"


def unequal_reports(day: date) -> Sequence[str]:
    """
    Return where a report of a business day says something else than the journal's postings.

    All is read in one moment, where no transaction is open yet.
    """
    with transaction.atomic():
        if not connection.savepoint_ids:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        pairs = [(what, said(day), posted(day)) for what, said, posted in _COMPARED]
    return [
        f"{what}: the report says {money_text(said)}, the journal {money_text(posted)}."
        for what, said, posted in pairs
        if said != posted
    ]


def _at_tills(day: date) -> Decimal:
    kinds = [str(kind) for kind in money_in.RECEIVED]
    return _journal("DEBIT", day, day, kinds, _AT_TILLS, _DRAWERS)


def _revenue(day: date) -> Decimal:
    return _journal("CREDIT", day, day, _every_kind(), [], "REVENUE-%")


def _held(day: date) -> Decimal:
    return _journal("CREDIT", _BEGINNING, day, _every_kind(), ["WALLETS"], _NO_CODE)


def _every_kind() -> list[str]:
    return [str(kind) for kind in money_in.Kind.values]


def _journal(
    side: str, first: date, last: date, kinds: list[str], accounts: list[str], like: str
) -> Decimal:
    with connection.cursor() as cursor:
        cursor.execute(_JOURNAL, [side, first, last, kinds, accounts, like])
        return Decimal(cursor.fetchone()[0])


def _total_of(slug: str, column: int = -1) -> Callable[[date], Decimal]:
    """Return what reads a figure in the sums below a report's first table."""

    def read(day: date) -> Decimal:
        total = report_of(slug, one_day(day)).tables[0].total
        value = total[column].value if total else ZERO
        return value if isinstance(value, Decimal) else ZERO

    return read


def _held_now(_day: date) -> Decimal:
    return _held(date.max)


def _balances(_day: date) -> Decimal:
    return WalletAccount.objects.aggregate(held=Sum("account_balance"))["held"] or ZERO


_COMPARED: Sequence[tuple[str, Callable[[date], Decimal], Callable[[date], Decimal]]] = (
    ("Collections", _total_of("collections"), _at_tills),
    ("Collections of cashiers", _total_of("cashiers", -2), _at_tills),
    ("Revenue of departments", _total_of("departments"), _revenue),
    ("Wallet liability", _total_of("wallets"), _held),
    ("Balances of wallets", _balances, _held_now),
)
