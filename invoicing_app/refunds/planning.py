"""
What a refund comes to, before anybody confirms it.

What was waived was never paid, so nothing of it goes back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from client_wallet.models import PaymentMethod
from hospital.core.errors import InvalidRequest, NotFound
from hospital.core.idempotency import fingerprint
from hospital.core.money import ZERO, money_text, round_half_up
from invoicing_app.models import DepositReceiving, PaymentLine
from invoicing_app.owed import owed_of
from invoicing_app.payers.errors import ClaimSettled
from invoicing_app.refunds.asking import RefundIntent, WantedLine
from invoicing_app.refunds.errors import AlreadyRefunded, MoreThanPaid
from invoicing_app.refunds.models import Refund, RefundLine
from invoicing_app.refunds.ways_back import (
    PlannedTender,
    in_force,
    live_refunds,
    ways_back,
)
from smcapp1.models import Department
from smcapp1.services import require_not_started


@dataclass(frozen=True)
class PlannedLine:
    """
    What goes back of one item. ``on_the_shelf`` of a drug were never handed out; ``brought_back``
    come from the patient.
    """

    line: PaymentLine  # with its item
    quantity: int
    amount: Decimal
    payer_amount: Decimal
    sellable: bool
    on_the_shelf: int = 0
    brought_back: int = 0


@dataclass(frozen=True)
class Plan:
    """A refund as it would be; ``rounding`` is what goes back in cash beyond the patient's part."""

    payment: DepositReceiving
    lines: Sequence[PlannedLine]
    tenders: Sequence[PlannedTender]

    @property
    def amount(self) -> Decimal:
        return sum((one.amount for one in self.lines), ZERO)

    @property
    def payer_amount(self) -> Decimal:
        return sum((one.payer_amount for one in self.lines), ZERO)

    @property
    def rounding(self) -> Decimal:
        return sum((one.amount for one in self.tenders), ZERO) - self.amount

    @property
    def in_cash(self) -> Decimal:
        cash = (one.amount for one in self.tenders if one.goes_to == PaymentMethod.CASH)
        return sum(cash, ZERO)

    @property
    def plan_hash(self) -> str:
        """What tells one plan of a payment from another."""
        return fingerprint({"payment_id": self.payment.pk, **self.facts()})

    def facts(self) -> dict[str, Any]:
        """Return what is hashed of a plan beside what was asked."""
        return {
            "lines": [
                [
                    one.line.pk,
                    one.quantity,
                    money_text(one.amount),
                    money_text(one.payer_amount),
                    one.sellable,
                ]
                for one in self.lines
            ],
            "tenders": [
                [one.tender.pk, money_text(one.amount), str(one.goes_to)] for one in self.tenders
            ],
            "rounding": money_text(self.rounding),
        }


@dataclass(frozen=True)
class _Back:
    """What live refunds give back of a line already."""

    quantity: int = 0
    amount: Decimal = ZERO
    payer_amount: Decimal = ZERO


def payment_of(payment_id: int) -> DepositReceiving:
    """
    Return a payment without locking it.

    :raises NotFound: if there is no such payment
    """
    payments = DepositReceiving.objects.select_related("consultation__patient")
    try:
        return payments.get(pk=payment_id)
    except DepositReceiving.DoesNotExist:
        raise NotFound("There is no payment with this id.") from None


def plan_refund(
    intent: RefundIntent, payment: DepositReceiving, *, instead_of: Refund | None = None
) -> Plan:
    """
    Return what an intent comes to now; decide on it only under the consultation's lock.

    What other refunds give back, or were asked to, is not there any more; ``instead_of`` is a
    refund that this one replaces.

    :raises InvalidRequest: if a cancellation leaves something out, or a test is refunded in part
    :raises NotFound: if the payment did not settle an item
    :raises AlreadyRefunded: if nothing of it is left, or of a payment to be cancelled not all
    :raises MoreThanPaid: if less of an item is left
    :raises ResultReleased: if the result of a test was released
    :raises TestStarted: if a result was entered
    :raises ClaimSettled: if less of a payer's claim is open than would go back
    """
    lines = list(
        payment.lines.select_related(
            "bill_item__department", "bill_item__lab_result", "claim"
        ).order_by("pk")
    )
    back = _back(payment, instead_of)
    wanted = _wanted(intent, lines, back)
    planned = [_line(line, wanted[line.bill_item_id], back) for line in lines if _in(line, wanted)]
    _require_refundable(planned)
    planned = _with_drugs(planned)
    is_all = _is_all(lines, planned, back)
    amount = sum((one.amount for one in planned), ZERO)
    back_to = ways_back(payment, amount, intent.cash_to, instead_of, is_all=is_all)
    return Plan(payment, planned, back_to)


def _back(payment: DepositReceiving, instead_of: Refund | None) -> Mapping[int, _Back]:
    """Return what live refunds give back of each line of a payment."""
    lines = RefundLine.objects.filter(refund__in=live_refunds(payment, instead_of))
    sums = (
        in_force(lines)
        .values("payment_line")
        .annotate(Sum("quantity"), Sum("amount"), Sum("payer_amount"))
    )
    return {
        row["payment_line"]: _Back(
            row["quantity__sum"], row["amount__sum"], row["payer_amount__sum"]
        )
        for row in sums
    }


def _wanted(
    intent: RefundIntent, lines: Sequence[PaymentLine], back: Mapping[int, _Back]
) -> Mapping[int, WantedLine]:
    """Return what is wanted of each item of the payment."""
    items = {line.bill_item_id: line.bill_item for line in lines}
    wanted = {one.bill_item_id: one for one in intent.lines}
    if missing := sorted(wanted.keys() - items.keys()):
        raise NotFound("This payment settled no such item.", bill_item_ids=missing)
    if intent.kind == Refund.Kind.RETURN:
        return wanted
    if back:
        raise AlreadyRefunded("A part of this payment was refunded: return the rest.")
    whole = {pk: WantedLine(pk, item.quantity) for pk, item in items.items()}
    if wanted and {pk: one.quantity for pk, one in wanted.items()} != {
        pk: one.quantity for pk, one in whole.items()
    }:
        raise InvalidRequest("lines", "A cancelled payment goes back whole: return some items.")
    return wanted or whole


def _in(line: PaymentLine, wanted: Mapping[int, WantedLine]) -> bool:
    return line.bill_item_id in wanted


def _line(line: PaymentLine, wanted: WantedLine, back: Mapping[int, _Back]) -> PlannedLine:
    """Return a line's part; who takes the last of an item takes all that is left of its money."""
    item, gone = line.bill_item, back.get(line.pk, _Back())
    left = item.quantity - gone.quantity
    if left <= 0:
        raise AlreadyRefunded(f"{item.description} was refunded, or is about to be.")
    if wanted.quantity > left:
        raise MoreThanPaid(bill_item_id=item.pk, left=left, requested=wanted.quantity)

    def part(whole: Decimal, gone_before: Decimal) -> Decimal:
        if wanted.quantity == left:
            return whole - gone_before
        share = round_half_up(whole * wanted.quantity / item.quantity)
        return min(share, whole - gone_before)

    return PlannedLine(
        line,
        wanted.quantity,
        part(line.amount, gone.amount),
        part(line.payer_amount, gone.payer_amount),
        wanted.sellable,
    )


def _require_refundable(planned: Sequence[PlannedLine]) -> None:
    for one in planned:
        item = one.line.bill_item
        if item.lab_result is not None:
            if one.quantity != item.quantity:
                raise InvalidRequest(
                    "lines", f"{item.description} has one result: refund it whole."
                )
            require_not_started(item.lab_result)
        if one.payer_amount and one.line.claim.open_amount < one.payer_amount:
            raise ClaimSettled(
                "The payer has settled its share, or it was written off or billed to the patient.",
                claim_id=one.line.claim.pk,
                open=money_text(one.line.claim.open_amount),
                requested=money_text(one.payer_amount),
            )


def _with_drugs(planned: Sequence[PlannedLine]) -> list[PlannedLine]:
    """Say of drugs how many never left the shelf: those go back first."""
    drugs = [one.line.bill_item_id for one in planned if is_drug(one.line)]
    owed = owed_of(drugs) if drugs else {}
    return [
        replace(
            one,
            on_the_shelf=min(one.quantity, owed[one.line.bill_item_id]),
            brought_back=one.quantity - min(one.quantity, owed[one.line.bill_item_id]),
        )
        if one.line.bill_item_id in owed
        else one
        for one in planned
    ]


def is_drug(line: PaymentLine) -> bool:
    return bool(line.bill_item.department.kind == Department.Kind.PHARMACY)


def _is_all(
    lines: Sequence[PaymentLine], planned: Sequence[PlannedLine], back: Mapping[int, _Back]
) -> bool:
    """Whether nothing of the payment is left after this."""
    now = {one.line.pk: one.quantity for one in planned}
    return all(
        now.get(line.pk, 0) + back.get(line.pk, _Back()).quantity == line.bill_item.quantity
        for line in lines
    )
