"""How a bill is settled: by one method or several at once, in whole coins where it is cash."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings

from client_wallet.models import PaymentMethod
from hospital.core.errors import InvalidRequest
from hospital.core.money import ZERO, money_text, require_amount, with_currency
from invoicing_app.errors import Overpayment, Underpayment
from invoicing_app.models import NOTHING, SPLIT

MOST_TENDERS = 10
_ONCE = (PaymentMethod.CASH, PaymentMethod.WALLET)  # a second one would be part of the first


@dataclass(frozen=True)
class Tender:
    """
    What somebody hands over by one method: ``amount`` in CURRENCY, two places.

    None as amount is what the other tenders leave; cash always says how much.
    """

    payment_method: str
    amount: Decimal | None = None
    external_reference: str = ""

    @property
    def facts(self) -> dict[str, str | None]:
        return {
            "payment_method": str(self.payment_method),
            "amount": None if self.amount is None else money_text(self.amount),
            "external_reference": self.external_reference,
        }


@dataclass(frozen=True)
class Kept:
    """What is kept of a tender: ``amount``, and what of it goes back as change."""

    payment_method: str
    amount: Decimal
    change_given: Decimal = ZERO
    external_reference: str = ""

    @property
    def tendered(self) -> Decimal:
        return self.amount + self.change_given


@dataclass(frozen=True)
class Settlement:
    """What settles a bill. The amounts kept add up to the total and ``rounding``."""

    kept: Sequence[Kept] = ()
    rounding: Decimal = ZERO

    @property
    def payment_method(self) -> str:
        methods = [one.payment_method for one in self.kept] or [NOTHING]
        return methods[0] if len(methods) == 1 else SPLIT

    @property
    def amount_paid(self) -> Decimal:
        return sum((one.tendered for one in self.kept), ZERO)

    @property
    def change_given(self) -> Decimal:
        return sum((one.change_given for one in self.kept), ZERO)

    @property
    def external_reference(self) -> str:
        """Of a payment by one method; those of several stand on its tenders."""
        return self.kept[0].external_reference if len(self.kept) == 1 else ""

    @property
    def of_wallet(self) -> Decimal:
        return self.by_method.get(PaymentMethod.WALLET, ZERO)

    @property
    def at_the_till(self) -> Mapping[str, Decimal]:
        """What comes in by each method that is no wallet."""
        return {
            method: amount
            for method, amount in self.by_method.items()
            if method != PaymentMethod.WALLET
        }

    @property
    def by_method(self) -> Mapping[str, Decimal]:
        amounts: dict[str, Decimal] = defaultdict(lambda: ZERO)
        for one in self.kept:
            amounts[one.payment_method] += one.amount
        return amounts


def in_coins(amount: Decimal) -> Decimal:
    """
    Round what is paid in cash to whole coins of CASH_SMALLEST_COIN, halves up.

    What is above zero stays above it: one coin at least.
    """
    coin = settings.CASH_SMALLEST_COIN
    if not coin or not amount:
        return amount
    coins = (amount / coin).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return max(coins, Decimal(1)) * coin


def require_tenders(tenders: Sequence[Tender]) -> None:
    """
    Refuse tenders that could settle nothing, whatever is due.

    :raises InvalidRequest: naming ``tenders``
    """
    methods = [tender.payment_method for tender in tenders]
    if unknown := set(methods) - set(PaymentMethod.values):
        raise _wrong(f"Pay by CASH, CARD, TRANSFER or WALLET, not {min(unknown)}.")
    if len(tenders) > MOST_TENDERS:
        raise _wrong(f"A payment takes at most {MOST_TENDERS} tenders.")
    if any(methods.count(method) > 1 for method in _ONCE):
        raise _wrong("CASH and WALLET stand in one tender each.")
    without = [tender for tender in tenders if tender.amount is None]
    if len(without) > 1 or any(one.payment_method == PaymentMethod.CASH for one in without):
        raise _wrong("Say how much of each; one that is no cash may be left out.")
    for tender in tenders:
        if tender.amount is not None:
            require_amount(tender.amount, "tenders")


def settle(tenders: Sequence[Tender], total: Decimal) -> Settlement:
    """
    Return how tenders settle exactly the total; cash in whole coins, its rest is change.

    :raises InvalidRequest: if nothing is tendered and something is due
    :raises Underpayment: if less is tendered than is due
    :raises Overpayment: if more is tendered and change of it would not be from cash
    """
    if not total:
        return _of_nothing(tenders)
    if not tenders:
        raise _wrong("Say how it is paid.")
    offered = _with_amounts(tenders, total)
    apart = sum((amount for tender, amount in offered if not _is_cash(tender)), ZERO)
    has_cash = any(_is_cash(tender) for tender, _ in offered)
    if apart > total or (has_cash and apart == total):
        raise Overpayment(total_due=money_text(total), amount_paid=money_text(_sum(offered)))
    to_pay = in_coins(total - apart) if has_cash else ZERO
    due = apart + to_pay if has_cash else total
    if _sum(offered) < due:
        raise Underpayment(
            f"{with_currency(due)} is due; {with_currency(_sum(offered))} is not enough.",
            total_due=money_text(total),
            amount_paid=money_text(_sum(offered)),
        )
    kept = [_kept(tender, amount, to_pay) for tender, amount in offered]
    return Settlement(kept, rounding=due - total)


def _of_nothing(tenders: Sequence[Tender]) -> Settlement:
    amounts = [tender.amount for tender in tenders if tender.amount is not None]
    if amounts:
        raise Overpayment(
            "The patient owes nothing here: leave the amount out.",
            total_due=money_text(ZERO),
            amount_paid=money_text(sum(amounts, ZERO)),
        )
    return Settlement()


_Offered = Sequence[tuple[Tender, Decimal]]


def _with_amounts(tenders: Sequence[Tender], total: Decimal) -> _Offered:
    """Return each tender with its amount: where it says none, what the others leave."""
    rest = total - sum((tender.amount or ZERO for tender in tenders), ZERO)
    if rest <= 0 and any(tender.amount is None for tender in tenders):
        raise Overpayment(
            "The other methods pay all that is due.",
            total_due=money_text(total),
            amount_paid=money_text(total - rest),
        )
    if len(tenders) == 1 and tenders[0].payment_method == PaymentMethod.WALLET:
        (alone,) = tenders
        return [(alone, min(alone.amount or total, total))]  # a wallet pays no more than is due
    return [(one, rest if one.amount is None else one.amount) for one in tenders]


def _kept(tender: Tender, amount: Decimal, in_cash: Decimal) -> Kept:
    kept = Kept(tender.payment_method, amount, external_reference=tender.external_reference)
    if not _is_cash(tender):
        return kept
    return replace(kept, amount=in_cash, change_given=amount - in_cash)


def _is_cash(tender: Tender) -> bool:
    return tender.payment_method == PaymentMethod.CASH


def _sum(offered: _Offered) -> Decimal:
    return sum((amount for _, amount in offered), ZERO)


def _wrong(message: str) -> InvalidRequest:
    return InvalidRequest("tenders", message)
