"""An approved refund is paid out: money, stock, tests and claims in one act."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from client_wallet import ledger
from client_wallet.ledger import Line, wallet_line
from client_wallet.models import JournalEntry, PaymentMethod, WalletAccount
from client_wallet.receipts import REFUND, next_receipt_number
from client_wallet.services import lock_wallet, open_wallet
from client_wallet.shifts.drawers import (
    hold_drawer,
    open_by_itself,
    require_cash,
    till_account,
)
from hospital.core.acts import Act
from hospital.core.idempotency import earlier_answer, keep_answer
from hospital.core.money import ZERO
from invoicing_app.models import BillItem
from invoicing_app.payers.refunding import receivable_credits, take_claims_back
from invoicing_app.refunds.answers import RefundAnswer, lines_of, refund_facts, tenders_of
from invoicing_app.refunds.errors import RefundNotApproved
from invoicing_app.refunds.locks import lock_refund
from invoicing_app.refunds.models import Refund, RefundLine, RefundTender
from invoicing_app.refunds.stock import put_drugs_back, require_nothing_handed_out_since
from smcapp1.services import cancel_tests


@dataclass(frozen=True)
class _PayOut:
    """A refund that is paid out now, with its lines and tenders in force."""

    refund: Refund
    lines: Sequence[RefundLine]
    tenders: Sequence[RefundTender]
    act: Act
    day: date

    @property
    def amounts(self) -> Mapping[str, Decimal]:
        """What goes back by each method."""
        amounts: dict[str, Decimal] = defaultdict(lambda: ZERO)
        for part in self.tenders:
            amounts[part.goes_to] += part.amount
        return amounts

    @property
    def at_the_till(self) -> Mapping[str, Decimal]:
        return {
            method: amount
            for method, amount in self.amounts.items()
            if method != PaymentMethod.WALLET
        }

    @property
    def shares(self) -> Mapping[int, Decimal]:
        """What goes back of payers' shares, by bill item."""
        return {
            line.payment_line.bill_item_id: line.payer_amount
            for line in self.lines
            if line.payer_amount
        }


@transaction.atomic
def pay_out_refund(*, refund_id: int, act: Act) -> RefundAnswer:
    """
    Give back what was approved: each amount where the refund says, cash out of the actor's drawer.

    Drugs go back into their batches, or are written off; tests are cancelled; payers owe less.
    Locks, in this order: the business day, the actor's drawer, the consultation, the refund, the
    claims, the lab results, the wallet, the stock batches, the actor's receipt counter. Repeating a
    call with the same key returns the first answer and moves nothing.

    :raises NotFound: if there is no such refund
    :raises RefundNotApproved: if nobody approved it, or it was paid out before
    :raises DrugsHandedOut: if drugs of it were handed out after it was approved
    :raises ClaimSettled: if a payer's share was settled meanwhile
    :raises ResultReleased: if the result of a test was released meanwhile
    :raises TestStarted: if a result was entered meanwhile
    :raises NoOpenShift: if the till is needed, no shift is open and SHIFT_OPENS_ITSELF is off
    :raises DrawerShort: if the drawer holds less cash
    :raises BalanceLimit: if the wallet would hold more than a balance can express
    :raises DayClosed: if the business day was closed
    :raises KeyReused: if the key was used for another refund
    """
    facts = {"refund_id": refund_id}
    day = ledger.hold_business_day()
    shift_id = hold_drawer(act.actor.pk)
    refund = lock_refund(refund_id)
    if kept := earlier_answer(act, "pay-out-refund", facts):
        return RefundAnswer.again(kept)
    if refund.status != Refund.Status.APPROVED:
        raise RefundNotApproved(refund_status=str(refund.status))
    paying = _PayOut(refund, lines_of(refund), tenders_of(refund), act, day)
    require_nothing_handed_out_since(refund, paying.lines)
    credits = receivable_credits(paying.shares) if paying.shares else []
    cancel_tests(_tests(paying.lines))
    shift_id = _till(paying, shift_id)
    wallet = _wallet(paying)
    put_drugs_back(paying.lines, act)
    _post(paying, credits, wallet, shift_id)
    _mark_refunded(paying.lines)
    answer = refund_facts(refund, paying.lines, paying.tenders)
    keep_answer(act, "pay-out-refund", facts, answer.facts())
    return answer


def _tests(lines: Sequence[RefundLine]) -> list[int]:
    found = (line.payment_line.bill_item.lab_result_id for line in lines)
    return [lab_result_id for lab_result_id in found if lab_result_id is not None]


def _till(paying: _PayOut, shift_id: int | None) -> int | None:
    """Return the shift that the money goes out of, None where no till is touched."""
    if not paying.at_the_till:
        return None
    shift_id = shift_id or open_by_itself(paying.act)
    if cash := paying.at_the_till.get(PaymentMethod.CASH):
        require_cash(shift_id, cash)
    return shift_id


def _wallet(paying: _PayOut) -> WalletAccount | None:
    """
    Lock the wallet that money goes into, opening it if there is none; whatever its status, it is
    the patient's money.
    """
    if PaymentMethod.WALLET not in paying.amounts:
        return None
    patient_id = paying.refund.payment.consultation.patient_id
    wallet = lock_wallet(patient_id)
    if wallet is None:
        open_wallet(patient_id=patient_id)
        wallet = lock_wallet(patient_id)
    return wallet


def _post(
    paying: _PayOut,
    credits: Sequence[Line],
    wallet: WalletAccount | None,
    shift_id: int | None,
) -> None:
    """Number the refund, post it, take the claims back, and write that it was paid out."""
    refund, act = paying.refund, paying.act
    refund.receipt_number = next_receipt_number(REFUND, act.actor)
    refund.status, refund.paid_by = Refund.Status.PAID, act.actor
    refund.paid_at, refund.business_date = timezone.now(), paying.day
    debits, back = _revenue(paying), [*_going_back(paying, wallet), *credits]
    if refund.rounding:
        (debits if refund.rounding > 0 else back).append(
            Line(ledger.CASH_ROUNDING, abs(refund.rounding))
        )
    if debits:
        posted = ledger.post(
            act,
            kind=JournalEntry.Kind.REFUND,
            business_date=paying.day,
            debits=debits,
            credits=back,
            memo=refund.receipt_number,
            shift_id=shift_id,
        )
        refund.entry_id, refund.paid_at = posted.entry_id, posted.posted_at
    else:
        ledger.require_open(paying.day)
    if paying.shares and refund.entry_id:
        take_claims_back(paying.shares, entry_id=refund.entry_id)
    refund.save(
        update_fields=["receipt_number", "status", "paid_by", "paid_at", "business_date", "entry"]
    )


def _revenue(paying: _PayOut) -> list[Line]:
    """Return what each department gives back, whoever had paid it."""
    lost: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for line in paying.lines:
        department = line.payment_line.bill_item.department
        lost[department.code] += line.amount + line.payer_amount
    return [
        Line(f"{ledger.REVENUE}-{code}", amount) for code, amount in sorted(lost.items()) if amount
    ]


def _going_back(paying: _PayOut, wallet: WalletAccount | None) -> list[Line]:
    lines = [
        Line(till_account(method, paying.act.actor.pk), amount)
        for method, amount in paying.at_the_till.items()
    ]
    if wallet is not None:
        lines.append(wallet_line(wallet, paying.amounts[PaymentMethod.WALLET]))
    return lines


def _mark_refunded(lines: Sequence[RefundLine]) -> None:
    """Write of each item of which nothing is left that it is refunded."""
    gone = (
        RefundLine.objects.filter(
            payment_line__in=[line.payment_line_id for line in lines],
            refund__status=Refund.Status.PAID,
            version=F("refund__version"),
        )
        .values("payment_line__bill_item")
        .annotate(gone=Sum("quantity"))
        .filter(gone=F("payment_line__bill_item__quantity"))
    )
    items = gone.values_list("payment_line__bill_item", flat=True)
    BillItem.objects.filter(pk__in=list(items)).update(status=BillItem.Status.REFUNDED)
