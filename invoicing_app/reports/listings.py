"""The lists behind the figures: the rows of one queryset, narrowed as the figure was."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from client_wallet.models import JournalEntry, LedgerAccount, Posting, Withdrawal
from hospital.core.forms import is_id
from hospital.core.models import User
from invoicing_app.reports import money_in, standing, waived
from invoicing_app.reports.people import person_name
from invoicing_app.reports.period import Period, one_day
from invoicing_app.reports.tables import Value

Named = Callable[[str], str]


@dataclass(frozen=True)
class Narrowing:
    """A way to take only some of the rows: by a lookup, to a value that has a name."""

    lookup: str
    named: Named
    takes: Callable[[str], bool] = lambda value: "\0" not in value


@dataclass(frozen=True)
class Column:
    """A column of a list; the model of the row whose page it leads to, if it leads anywhere."""

    heading: str
    value: Callable[[Any], Value]
    target: Callable[[Any], Any] = lambda row: None


@dataclass(frozen=True)
class Listing:
    """``amount`` names the column whose sum is the figure; ``units`` are counted beside it."""

    title: str
    rows: Callable[[Period], QuerySet[Any]]
    amount: str
    columns: Sequence[Column]
    ordering: Sequence[str]
    related: Sequence[str]
    narrowings: Mapping[str, Narrowing] = field(default_factory=dict)
    is_as_of: bool = False


def _account_name(code: str) -> str:
    account = LedgerAccount.objects.filter(pk=code).first()
    return money_in.TILLS.get(code) or department_name(account.name if account else code)


def _purpose_name(code: str) -> str:
    return money_in.PURPOSES.get(code) or _account_name(code)


def _purpose_of(row: Any) -> str:
    return money_in.PURPOSES.get(row.purpose) or department_name(row.account.name)


def department_name(account_name: str) -> str:
    """Return the department of a revenue account, which is named after it."""
    return account_name.removeprefix("Revenue: ")


def _user_name(pk: str) -> str:
    user = User.objects.filter(pk=pk).first()
    return person_name(user) if user else pk


def _patient_of(posting: Posting) -> Any:
    """Return whose money an entry moved, found over the document that it belongs to."""
    if posting.wallet is not None:
        return posting.wallet.patient
    entry: Any = posting.entry
    if payment := getattr(entry, "payment", None):
        return payment.consultation.patient
    if waived := getattr(entry, "waiver", None) or getattr(entry, "waiver_take_back", None):
        return waived.consultation.patient
    deposit = getattr(entry, "deposit", None) or getattr(entry, "reversed_deposit", None)
    return deposit.wallet.patient if deposit else None


def _taker_of(posting: Posting) -> str:
    entry = posting.entry
    return person_name(entry.reverses.actor if entry.reverses else entry.actor)


def _kinds_of(value: str) -> str:
    labels = dict(JournalEntry.Kind.choices)
    return " or ".join(str(labels.get(kind, kind)).lower() for kind in value.split(","))


def _when(instant: Any) -> datetime:
    """Return when it was by the hospital's clocks, as spreadsheets understand it."""
    return timezone.localtime(instant).replace(microsecond=0, tzinfo=None)


_ACCOUNT = Narrowing("account", _account_name)
_KIND = Narrowing("entry__kind__in", _kinds_of)
_CASHIER = Narrowing("taker", _user_name, is_id)
_OF_ENTRIES = (
    "wallet__patient",
    "entry__actor",
    "entry__reverses__actor",
    "entry__payment__consultation__patient",
    "entry__waiver__consultation__patient",
    "entry__waiver_take_back__consultation__patient",
    "entry__deposit__wallet__patient",
    "entry__reversed_deposit__wallet__patient",
)
_ENTRY = Column("Entry", lambda row: row.entry.memo or str(row.entry), lambda row: row.entry)
_WHEN = Column("When", lambda row: _when(row.entry.posted_at))
_WHAT = Column("What", lambda row: row.entry.get_kind_display())
_WHO = Column("Patient", lambda row: str(_patient_of(row) or ""), _patient_of)
_TAKEN_BY = Column("Cashier", _taker_of)
_MOVED = Column("Amount", lambda row: row.moved)


def _postings(
    title: str, rows: Callable[[Period], QuerySet[Posting]], *columns: Column, **by: Narrowing
) -> Listing:
    return Listing(
        title=title,
        rows=rows,
        amount="moved",
        columns=(_WHEN, _ENTRY, _WHAT, _WHO, *columns, _MOVED),
        ordering=("-entry_id", "pk"),
        related=(*_OF_ENTRIES, "account"),
        narrowings=by,
    )


def _patient(row: Any) -> Any:
    return row.consultation.patient


_ITEM_COLUMNS = (
    Column("Visit", lambda item: str(item.consultation), lambda item: item.consultation),
    Column("Patient", lambda item: str(_patient(item)), _patient),
    Column("Department", lambda item: item.department.name),
    Column("Item", str),
)
_TEST_COLUMNS = (
    Column("Asked for", lambda test: _when(test.requested_at)),
    Column("Visit", lambda test: str(test.consultation), lambda test: test.consultation),
    Column("Patient", lambda test: str(_patient(test)), _patient),
    Column("Test", lambda test: str(test.test), lambda test: test),
    Column("Amount", lambda test: test.amount),
)
_TEST_RELATED = ("consultation__patient", "test")
_ITEM_RELATED = ("consultation__patient", "department")
_WITHDRAWAL_COLUMNS = (
    Column("Asked for", lambda one: _when(one.created_at)),
    Column("Withdrawal", lambda one: one.bank_reference, lambda one: one),
    Column("Patient", lambda one: str(one.wallet.patient), lambda one: one.wallet.patient),
    Column("State", lambda one: one.get_status_display()),
    Column("Amount", lambda one: one.amount),
)


def _withdrawals(title: str, rows: Callable[[Period], QuerySet[Any]], *, as_of: bool) -> Listing:
    states = Narrowing(
        "status",
        lambda state: str(Withdrawal.Status(state).label).lower(),
        Withdrawal.Status.values.__contains__,
    )
    return Listing(
        title,
        rows,
        "amount",
        _WITHDRAWAL_COLUMNS,
        ordering=("-created_at", "-pk"),
        related=("wallet__patient",),
        narrowings={"state": states},
        is_as_of=as_of,
    )


def _tests(title: str, rows: Callable[[Any], QuerySet[Any]]) -> Listing:
    return Listing(
        title,
        lambda period: rows(period.last),
        "amount",
        _TEST_COLUMNS,
        ordering=("pk",),
        related=_TEST_RELATED,
        is_as_of=True,
    )


_OF_WAIVER = Column("Waiver", lambda line: str(line.waiver), lambda line: line.waiver)
_OF_VISIT = Column(
    "Patient", lambda line: str(_patient(line.waiver)), lambda line: _patient(line.waiver)
)


def _waived(
    title: str, rows: Callable[[Period], QuerySet[Any]], when: Column, *columns: Column
) -> Listing:
    return Listing(
        title,
        rows,
        "amount",
        (
            when,
            _OF_WAIVER,
            _OF_VISIT,
            Column("Item", lambda line: str(line.bill_item)),
            Column("Reason", lambda line: line.waiver.reason.name),
            Column("Granted by", lambda line: person_name(line.waiver.decided_by)),
            *columns,
            Column("Amount", lambda line: line.amount),
        ),
        ordering=("-waiver_id", "pk"),
        related=(
            "waiver__consultation__patient",
            "waiver__reason",
            "waiver__decided_by",
            "bill_item",
            "taken_back__taken_back_by",
        ),
        narrowings={
            "reason": Narrowing("waiver__reason__code", str),
            "person": Narrowing("waiver__decided_by", _user_name, is_id),
        },
    )


LISTINGS: Mapping[str, Listing] = {
    "received": _postings(
        "Received",
        money_in.received,
        Column("Method", lambda row: money_in.TILLS[row.till]),
        _TAKEN_BY,
        till=Narrowing("till", _account_name),
        kind=_KIND,
        cashier=_CASHIER,
    ),
    "received-for": _postings(
        "Received, by what it was for",
        money_in.received_for,
        Column("For", _purpose_of),
        _TAKEN_BY,
        account=Narrowing("purpose", _purpose_name),
    ),
    "from-wallets": _postings(
        "Paid from wallets", money_in.paid_from_wallets, _TAKEN_BY, cashier=_CASHIER
    ),
    "earned": _postings(
        "Revenue",
        money_in.earned,
        Column("Department", lambda row: department_name(row.account.name)),
        account=_ACCOUNT,
        paid_by=Narrowing("paid_by", lambda code: money_in.PAID_BY.get(code, code)),
    ),
    "wallet-movements": _postings("Movements of wallets", money_in.moved_in_wallets, kind=_KIND),
    "held": Listing(
        "Held in wallets",
        lambda period: money_in.held(period.last),
        "held",
        (
            Column("Patient", lambda wallet: str(wallet.patient), lambda wallet: wallet.patient),
            Column("Wallet", lambda wallet: str(wallet.pk), lambda wallet: wallet),
            Column("State", lambda wallet: wallet.get_status_display()),
            Column("Held", lambda wallet: wallet.held),
        ),
        ordering=("-held", "pk"),
        related=("patient",),
        is_as_of=True,
    ),
    "outstanding": Listing(
        "Unpaid",
        lambda period: standing.outstanding(period.last),
        "owed",
        (
            Column("Ordered", lambda item: _when(item.ordered_at)),
            *_ITEM_COLUMNS,
            Column("Amount", lambda item: item.owed),
        ),
        ordering=("ordered_at", "pk"),
        related=_ITEM_RELATED,
        narrowings={
            "age": Narrowing(
                "age", lambda age: standing.AGES[age][0].lower(), standing.AGES.__contains__
            ),
            "department": Narrowing("department__code", str),
        },
        is_as_of=True,
    ),
    "on-shelf": Listing(
        "Stock on the shelf",
        lambda period: standing.on_shelf(period.last),
        "value",
        (
            Column("Drug", lambda batch: str(batch.service_item), lambda batch: batch.service_item),
            Column("Batch", lambda batch: batch.batch_number, lambda batch: batch),
            Column("Expires", lambda batch: batch.expires_on),
            Column("Units", lambda batch: batch.units),
            Column("Unit cost", lambda batch: batch.unit_cost),
            Column("Value", lambda batch: batch.value),
        ),
        ordering=("expires_on", "pk"),
        related=("service_item",),
        narrowings={
            "life": Narrowing(
                "life", lambda life: standing.LIVES[life].lower(), standing.LIVES.__contains__
            ),
            "drug": Narrowing("service_item__code", str),
        },
        is_as_of=True,
    ),
    "resulted-unpaid": _tests("Resulted but unpaid", standing.resulted_unpaid),
    "not-resulted": _tests("Paid but not resulted", standing.not_resulted),
    "not-handed-out": Listing(
        "Paid but not handed out",
        lambda period: standing.not_handed_out(period.last),
        "amount",
        (*_ITEM_COLUMNS, Column("Amount", lambda item: item.amount)),
        ordering=("pk",),
        related=_ITEM_RELATED,
        is_as_of=True,
    ),
    waived.GRANTED: _waived(
        "Waived",
        waived.granted,
        Column("Granted", lambda line: _when(line.waiver.decided_at)),
    ),
    waived.TAKEN_BACK: _waived(
        "Waivers taken back",
        waived.taken_back,
        Column("Taken back", lambda line: _when(line.taken_back.taken_back_at)),
        Column("By", lambda line: person_name(line.taken_back.taken_back_by)),
    ),
    "withdrawals-under-way": _withdrawals(
        "Withdrawals under way",
        lambda period: standing.withdrawals_under_way(period.last),
        as_of=True,
    ),
    "withdrawals-ended": _withdrawals("Withdrawals ended", standing.withdrawals_ended, as_of=False),
}


@dataclass(frozen=True)
class Chosen:
    """A list as an address asks for it."""

    listing: Listing
    period: Period
    narrowed: Mapping[str, str]

    @property
    def rows(self) -> QuerySet[Any]:
        """Every row; the sum of their amounts is the figure that led here."""
        rows = self.listing.rows(self.period)
        for name, value in self.narrowed.items():
            lookup = self.listing.narrowings[name].lookup
            wanted = value.split(",") if lookup.endswith("__in") else value
            rows = rows.filter(**{lookup: wanted})
        return rows.select_related(*self.listing.related).order_by(*self.listing.ordering)

    @property
    def about(self) -> str:
        """The days, or the one at whose end it was so."""
        return str(one_day(self.period.last) if self.listing.is_as_of else self.period)

    @property
    def in_words(self) -> list[str]:
        """What the rows were narrowed to."""
        named = self.listing.narrowings
        return [named[name].named(value) for name, value in self.narrowed.items()]
