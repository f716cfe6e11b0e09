"""Our withdrawals against the bank's own statement: what only one side has, and what differs."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Min
from django.utils import timezone

from client_wallet.bank import Bank, Payment
from client_wallet.models import BankCall, Withdrawal

CLOCK_DOUBT = timedelta(hours=1)  # how far the bank's clock may be from ours
Status = Withdrawal.Status
Books = Mapping[str, Withdrawal]  # by bank reference


@dataclass(frozen=True)
class Difference:
    """One reference on which the two sides do not agree, and how."""

    reference: str
    says: str


@dataclass(frozen=True)
class Reconciled:
    """How many payments the bank made on the day and how many we settled, and what differs."""

    paid: int
    settled: int
    differences: Sequence[Difference]


def reconcile(day: date, bank: Bank) -> Reconciled:
    """
    Compare one business day. Reads only; payments are matched by their reference.

    The bank may have paid on one day what was settled here on another: what it paid on the day is
    looked for among all withdrawals, and what was settled on the day among all that it paid since
    that withdrawal was first sent.

    :raises StatementUnavailable: if the bank does not say
    """
    start, end = _edges(day)
    settled = _settled_on(day)
    since = min(start, _first_sent_at(settled) or start)
    statement = list(bank.statement(since - CLOCK_DOUBT, end + CLOCK_DOUBT))
    of_the_day = [payment for payment in statement if start <= payment.paid_at < end]
    ours = {**_known(payment.reference for payment in of_the_day), **settled}
    concerned = {payment.reference for payment in of_the_day} | settled.keys()
    differences = [
        *_paid_but_not_settled(of_the_day, ours),
        *_settled_but_not_paid(settled, statement),
        *_otherwise(concerned, statement, ours),
    ]
    return Reconciled(
        len(of_the_day), len(settled), sorted(differences, key=lambda found: found.reference)
    )


def _edges(day: date) -> tuple[datetime, datetime]:
    """The instants of the installation's time zone at which a business day begins and ends."""
    midnight = datetime.min.time()
    here = timezone.get_default_timezone()
    return (
        datetime.combine(day, midnight, tzinfo=here),
        datetime.combine(day + timedelta(days=1), midnight, tzinfo=here),
    )


def _settled_on(day: date) -> dict[str, Withdrawal]:
    found = Withdrawal.objects.filter(settlement__business_date=day)
    return {withdrawal.bank_reference: withdrawal for withdrawal in found}


def _first_sent_at(settled: Books) -> datetime | None:
    calls = BankCall.objects.filter(withdrawal__in=settled.values())
    first: datetime | None = calls.aggregate(first=Min("begun_at"))["first"]
    return first


def _known(references: Iterable[str]) -> dict[str, Withdrawal]:
    found = Withdrawal.objects.filter(bank_reference__in=set(references))
    return {withdrawal.bank_reference: withdrawal for withdrawal in found}


def _paid_but_not_settled(payments: Iterable[Payment], ours: Books) -> Iterator[Difference]:
    for reference in dict.fromkeys(payment.reference for payment in payments):
        withdrawal = ours.get(reference)
        if withdrawal is None:
            yield Difference(reference, "the bank paid it, and there is no such withdrawal")
        elif withdrawal.status != Status.COMPLETED:
            yield Difference(reference, f"the bank paid it, and here it is {withdrawal.status}")


def _settled_but_not_paid(settled: Books, statement: Iterable[Payment]) -> Iterator[Difference]:
    paid = {payment.reference for payment in statement}
    for reference in settled.keys() - paid:
        yield Difference(reference, "it is settled here, and the bank did not pay it")


def _otherwise(
    concerned: Iterable[str], statement: Sequence[Payment], ours: Books
) -> Iterator[Difference]:
    """Yield what both sides have, and not the same: several payments, an amount, an account."""
    times = Counter(payment.reference for payment in statement)
    payments = {payment.reference: payment for payment in statement}
    for reference in concerned:
        if times[reference] > 1:
            yield Difference(reference, f"the bank paid it {times[reference]} times")
        if reference in ours and reference in payments:
            yield from _facts_differ(ours[reference], payments[reference])


def _facts_differ(withdrawal: Withdrawal, payment: Payment) -> Iterator[Difference]:
    ours = (settings.CURRENCY, withdrawal.amount)
    theirs = (payment.currency, payment.amount)
    if ours != theirs:
        says = f"it is of {_money(ours)} here, and the bank paid {_money(theirs)}"
        yield Difference(withdrawal.bank_reference, says)
    if (withdrawal.bank_code, withdrawal.account_number) != (
        payment.destination.bank_code,
        payment.destination.account_number,
    ):
        yield Difference(withdrawal.bank_reference, "the bank paid it to another account")


def _money(sides: tuple[str, object]) -> str:
    return "{} {}".format(*sides)
