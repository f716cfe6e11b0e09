"""What came in, what departments earned, and what wallets held: all of it from the journal."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DecimalField,
    Exists,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils import timezone

from client_wallet import ledger
from client_wallet.models import JournalEntry, Posting, WalletAccount
from hospital.core.money import ZERO
from invoicing_app.reports.period import Period

Kind = JournalEntry.Kind
TILLS = {  # account on which money arrives → how it came; CASH is every cashier's drawer
    ledger.CASH: "Cash",
    ledger.CARD_CLEARING: "Card",
    ledger.BANK: "Bank transfer",
    "GATEWAY_CLEARING": "Online payment",
}
SEVERAL = "SEVERAL"
PAID_BY = {  # what stands against revenue, or several of these at once
    **TILLS,
    ledger.WALLETS: "Wallet",
    ledger.RECEIVABLE: "Payers",
    ledger.WAIVERS: "Waived",
    SEVERAL: "Several ways",
}
# What came in is for departments and wallets, less what others pay of the same bills.
FROM_WALLETS = "FROM_WALLETS"
PURPOSES = {
    ledger.WALLETS: "Deposits into wallets",
    FROM_WALLETS: "Less what wallets paid of it",
    ledger.RECEIVABLE: "Less what payers owe of it",
}
DEPOSITS = (Kind.DEPOSIT,)
PAYMENTS = (Kind.PAYMENT,)
GIVEN_BACK = (Kind.REVERSAL, Kind.REFUND)
BILLS = (Kind.PAYMENT, Kind.REFUND)
RECEIVED = (*DEPOSITS, *PAYMENTS, *GIVEN_BACK)  # the kinds of entries that move what came in
MONEY = DecimalField(max_digits=30, decimal_places=2)


def at_till(posting: str = "") -> Q:
    """Return the condition that a posting, found over this path, is on a till's account."""
    return Q(**{f"{posting}account__in": TILLS}) | Q(
        **{f"{posting}account__code__startswith": ledger.DRAWER}
    )


def till(posting: str = "") -> Case:
    """Return the till of a posting that is found over this path: CASH for every drawer."""
    is_drawer = Q(**{f"{posting}account__code__startswith": ledger.DRAWER})
    return Case(
        When(is_drawer, then=Value(ledger.CASH)),
        default=F(f"{posting}account"),
        output_field=CharField(),
    )


def received(period: Period) -> QuerySet[Posting]:
    """
    Return what came in by each ``till``, less what was given back (``moved`` is below zero there).

    ``taker`` is who took it; a reversal counts against whoever took the deposit.
    """
    postings = _in_entries(period).filter(at_till())
    return postings.annotate(moved=_moved(Posting.Side.DEBIT), taker=_taker(), till=till())


def received_for(period: Period) -> QuerySet[Posting]:
    """
    Return the other side of ``received``: the wallets and departments that it was for.

    ``purpose`` is the account, or a key of PURPOSES.
    """
    postings = _in_entries(period).filter(_of_a_till())
    others = postings.exclude(at_till())
    return others.annotate(moved=_moved(Posting.Side.CREDIT), taker=_taker(), purpose=_purpose())


def both_sides(period: Period) -> QuerySet[Posting]:
    """Return ``received`` and ``received_for`` in one, with the names of the taker."""
    postings = _in_entries(period).filter(_of_a_till())
    came = at_till() & Q(side=Posting.Side.DEBIT) | ~at_till() & Q(side=Posting.Side.CREDIT)
    moved = Case(When(came, then=F("amount")), default=-F("amount"), output_field=MONEY)
    names = {
        f"taken_by_{name}": Coalesce(
            F(f"entry__reverses__actor__{name}"), F(f"entry__actor__{name}")
        )
        for name in ("username", "first_name", "last_name")
    }
    return postings.annotate(moved=moved, taker=_taker(), till=till(), purpose=_purpose(), **names)


def paid_from_wallets(period: Period) -> QuerySet[Posting]:
    """Return what bills were paid from wallets: money that had come in before."""
    postings = Posting.objects.filter(
        entry__business_date__range=(period.first, period.last),
        entry__kind__in=PAYMENTS,
        account=ledger.WALLETS,
    )
    return postings.annotate(moved=_moved(Posting.Side.DEBIT), taker=_taker())


def earned(period: Period) -> QuerySet[Posting]:
    """
    Return the revenue of departments; ``paid_by`` is a key of PAID_BY: the till it was paid at,
    WALLETS or RECEIVABLE, SEVERAL of these, or WAIVERS of what nobody pays.
    """
    postings = Posting.objects.filter(
        entry__business_date__range=(period.first, period.last),
        account__code__startswith=f"{ledger.REVENUE}-",
    )
    return postings.annotate(moved=_moved(Posting.Side.CREDIT), paid_by=_paid_by())


def moved_in_wallets(period: Period) -> QuerySet[Posting]:
    """Return every movement of a wallet: ``moved`` is above zero where the wallet got it."""
    postings = Posting.objects.filter(
        entry__business_date__range=(period.first, period.last), account=ledger.WALLETS
    )
    return postings.annotate(moved=_moved(Posting.Side.CREDIT))


def held(day: date) -> QuerySet[WalletAccount]:
    """
    Return the wallets that held anything at the end of a day, with what they ``held``.

    Less than nothing where an act that began before midnight spent what came in after it.
    """
    wallets = WalletAccount.objects.all()
    if day >= timezone.localdate():
        return wallets.annotate(held=F("account_balance")).exclude(held=0)
    later = moved_in_wallets(_after(day)).filter(wallet=OuterRef("pk")).order_by()
    sums = later.values("wallet").annotate(sum=Sum("moved")).values("sum")
    since = Coalesce(Subquery(sums), ZERO, output_field=MONEY)
    return wallets.annotate(held=F("account_balance") - since).exclude(held=0)


def sum_held(day: date) -> Decimal:
    """
    Return the sum of ``held``, without looking at each wallet.

    One statement: between two, money that comes in would be taken off without having been counted.
    """
    held_then: Combinable = Coalesce(Sum("account_balance"), ZERO, output_field=MONEY)
    if day < timezone.localdate():
        later = (
            moved_in_wallets(_after(day)).order_by().values("account").annotate(sum=Sum("moved"))
        )
        held_then -= Coalesce(Subquery(later.values("sum")), ZERO, output_field=MONEY)
    found: Decimal = WalletAccount.objects.aggregate(sum=held_then)["sum"]
    return found


def total(rows: QuerySet[Any], amount: str) -> Decimal:
    """Return the sum of an amount over rows; none is nothing."""
    found: Decimal | None = rows.aggregate(sum=Sum(amount))["sum"]
    return found or ZERO


def _in_entries(period: Period) -> QuerySet[Posting]:
    return Posting.objects.filter(
        entry__business_date__range=(period.first, period.last), entry__kind__in=RECEIVED
    )


def _of_a_till() -> Exists:
    """Return the condition that a posting's entry has one on a till's account, or several."""
    return Exists(Posting.objects.filter(at_till(), entry=OuterRef("entry")))


def _purpose() -> Case:
    return Case(
        When(account=ledger.WALLETS, entry__kind__in=BILLS, then=Value(FROM_WALLETS)),
        When(_is_receivable(), then=Value(ledger.RECEIVABLE)),
        default=F("account"),
        output_field=CharField(),
    )


def _paid_by() -> Coalesce:
    """Return what stands against the revenue of an entry: one query for each."""
    others = Posting.objects.filter(entry=OuterRef("entry")).exclude(
        Q(account__code__startswith=f"{ledger.REVENUE}-") | Q(account=ledger.CASH_ROUNDING)
    )
    source = Case(
        When(account__code__startswith=ledger.DRAWER, then=Value(ledger.CASH)),
        When(_is_receivable(), then=Value(ledger.RECEIVABLE)),
        default=F("account"),
        output_field=CharField(),
    )
    one = others.order_by().values("entry").annotate(first=Min(source), last=Max(source))
    named = Case(When(first=F("last"), then=F("first")), default=Value(SEVERAL))
    # Of a refund that rounds to nothing in cash, nothing stands there.
    return Coalesce(Subquery(one.values_list(named, flat=True)), Value(SEVERAL))


def _is_receivable() -> Q:
    return Q(account__code__startswith=f"{ledger.RECEIVABLE}-")


def _after(day: date) -> Period:
    return Period(day + timedelta(days=1), max(day, timezone.localdate()) + timedelta(days=1))


def _moved(positive: str) -> Case:
    return Case(When(side=positive, then=F("amount")), default=-F("amount"), output_field=MONEY)


def _taker() -> Coalesce:
    return Coalesce(F("entry__reverses__actor"), F("entry__actor"))
