"""What a gateway pays to the hospital's bank account, less its fee."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Case, F, Sum, When

from client_wallet import ledger
from client_wallet.errors import ClearingHoldsLess
from client_wallet.ledger import Line
from client_wallet.models import GatewayPayout, JournalEntry, Posting
from hospital.core.acts import Act, Answer
from hospital.core.errors import InvalidRequest, KeyReused
from hospital.core.money import ZERO, money_text, require_amount, with_currency
from hospital.core.transactions import hold_job

LONGEST_REFERENCE = 100


@dataclass(frozen=True)
class PayoutRecorded(Answer):
    """A payout: amounts as text with two places, and what the gateway still holds."""

    payout_id: int
    amount: str
    fee_amount: str
    clearing_balance: str
    replayed: bool = False


@transaction.atomic
def record_gateway_payout(
    *, gateway: str, reference: str, amount: Decimal, fee_amount: Decimal, act: Act
) -> PayoutRecorded:
    """
    Post what arrived at the bank (``amount``) and what the gateway kept (``fee_amount``).

    Both in CURRENCY, two places; the fee may be zero. Locks the business day, and keeps other
    payouts waiting. A payout is known by gateway and ``reference``: recording it again with the
    same facts returns it and moves no money; the act's key is not looked at.

    :raises InvalidRequest: if an amount is not money, or gateway or reference are no such text
    :raises ClearingHoldsLess: if the gateway would have paid out more than it received
    :raises DayClosed: if the business day was closed
    :raises KeyReused: if the reference was used for another payout
    """
    amount = require_amount(amount)
    fee_amount = require_amount(fee_amount, "fee_amount") if fee_amount else ZERO
    _require_text("gateway", gateway, most=20)
    _require_text("reference", reference, most=LONGEST_REFERENCE)
    day = ledger.hold_business_day()
    hold_job("gateway-payouts")
    held = clearing_balance()
    if made := _made_before(gateway, reference, amount, fee_amount, held):
        return made
    whole = amount + fee_amount
    if whole > held:
        raise ClearingHoldsLess(
            f"The gateway holds {with_currency(held)}; payout and fee are {with_currency(whole)}."
        )
    fee = [Line(ledger.GATEWAY_FEES, fee_amount)] if fee_amount else []
    posted = ledger.post(
        act,
        kind=JournalEntry.Kind.GATEWAY_PAYOUT,
        business_date=day,
        debits=[Line(ledger.BANK, amount), *fee],
        credits=[Line(ledger.GATEWAY_CLEARING, whole)],
        memo=reference,
    )
    payout = GatewayPayout.objects.create(
        gateway=gateway,
        reference=reference,
        amount=amount,
        fee_amount=fee_amount,
        recorded_by=act.actor,
        recorded_at=posted.posted_at,
        entry_id=posted.entry_id,
    )
    return _answer(payout, held - whole)


def clearing_balance() -> Decimal:
    """Return what gateways have received for the hospital and not paid out yet."""
    signed = Case(When(side=Posting.Side.DEBIT, then=F("amount")), default=-F("amount"))
    postings = Posting.objects.filter(account=ledger.GATEWAY_CLEARING)
    return postings.aggregate(total=Sum(signed))["total"] or ZERO


def _made_before(
    gateway: str, reference: str, amount: Decimal, fee_amount: Decimal, held: Decimal
) -> PayoutRecorded | None:
    payout = GatewayPayout.objects.filter(gateway=gateway, reference=reference).first()
    if payout is None:
        return None
    if (payout.amount, payout.fee_amount) != (amount, fee_amount):
        raise KeyReused("A payout of this reference was recorded with other amounts.")
    return _answer(payout, held, replayed=True)


def _answer(payout: GatewayPayout, held: Decimal, *, replayed: bool = False) -> PayoutRecorded:
    return PayoutRecorded(
        payout.pk,
        money_text(payout.amount),
        money_text(payout.fee_amount),
        money_text(held),
        replayed=replayed,
    )


def _require_text(field: str, text: str, *, most: int) -> None:
    if not 1 <= len(text) <= most or "\0" in text:
        raise InvalidRequest(field, f"Write 1 to {most} characters.")
