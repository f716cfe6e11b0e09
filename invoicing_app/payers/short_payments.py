"""What a payer leaves unpaid: the patient is billed for it, or it is written off by two people."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from client_wallet import ledger
from client_wallet.ledger import Line, Posted
from client_wallet.ledger.receivables import receivable_account
from client_wallet.models import JournalEntry
from hospital.core.acts import Act, Answer
from hospital.core.errors import InvalidRequest, NotFound, SelfApproval
from hospital.core.idempotency import earlier_answer, keep_answer
from hospital.core.money import MAX_AMOUNT, ZERO, money_text, require_amount
from invoicing_app.models import BillItem
from invoicing_app.payers.errors import WriteOffDecided, WriteOffPending
from invoicing_app.payers.locks import lock_claim, require_open
from invoicing_app.payers.models import Claim, ClaimSettlement, ShortPayment
from invoicing_app.payers.setting_up import BILLED_BACK
from smcapp1.models import Department, ServiceItem
from smcapp1.services import lock_consultation

LONGEST_REASON = 200


@dataclass(frozen=True)
class ShortPaymentAnswer(Answer):
    """What is done about a part of a claim: amounts as text with two places."""

    id: int
    claim_id: int
    outcome: str
    amount: str
    reason: str
    status: str
    bill_item_id: int | None  # what the patient is billed
    claim_open: str
    replayed: bool = False


@transaction.atomic
def bill_patient_for_claim(
    *, claim_id: int, amount: Decimal, reason: str, act: Act
) -> ShortPaymentAnswer:
    """
    Bill the patient for what a payer refuses of a claim: a new unpaid item on the same bill.

    ``amount`` is in CURRENCY, two places. The revenue of the item's department is reversed against
    the payer's account; it comes back when the patient pays the new item, which belongs to a
    department of its own, takes no stock and is covered by nobody. Locks the business day, the
    consultation and the claim. Repeating a call with the same key returns the first answer.

    :raises InvalidRequest: if amount or reason are none, or the bill would grow beyond what can be
        paid at once
    :raises NotFound: if there is no such claim
    :raises NotClaimed: if it was never sent in a batch
    :raises ClaimHoldsLess: if less is open on it
    :raises DayClosed: if the business day was closed
    :raises KeyReused: if the key was used for something else
    """
    amount, reason = require_amount(amount), _require_reason(reason)
    facts = {"claim_id": claim_id, "amount": money_text(amount), "reason": reason}
    day = ledger.hold_business_day()
    lock_consultation(_consultation_of(claim_id))
    claim = lock_claim(claim_id)
    if kept := earlier_answer(act, "bill-patient-for-claim", facts):
        return ShortPaymentAnswer.again(kept)
    require_open(claim, amount)
    _require_payable(claim, amount)
    department = f"{ledger.REVENUE}-{claim.department.code}"
    posted = _post(act, day, claim, amount, JournalEntry.Kind.BILLED_BACK, department, reason)
    short = ShortPayment.objects.create(
        claim=claim,
        outcome=ShortPayment.Outcome.BILL_PATIENT,
        amount=amount,
        reason=reason,
        status=ShortPayment.Status.APPROVED,
        requested_by=act.actor,
        requested_at=posted.posted_at,
        bill_item=_new_item(claim, amount, act),
    )
    _settle(short, ClaimSettlement.Kind.BILLED_BACK, posted)
    answer = short_payment_facts(short, claim.open_amount - amount)
    keep_answer(act, "bill-patient-for-claim", facts, answer.facts())
    return answer


@transaction.atomic
def ask_write_off(*, claim_id: int, amount: Decimal, reason: str, act: Act) -> ShortPaymentAnswer:
    """
    Ask for a part of a claim to be written off; somebody else decides. Locks the claim.

    ``amount`` is in CURRENCY, two places. Nothing is posted yet. Repeating a call with the same key
    returns the first answer.

    :raises InvalidRequest: if amount or reason are none
    :raises NotFound: if there is no such claim
    :raises NotClaimed: if it was never sent in a batch
    :raises ClaimHoldsLess: if less is open on it
    :raises WriteOffPending: if another write-off of it waits for a decision
    :raises KeyReused: if the key was used for something else
    """
    amount, reason = require_amount(amount), _require_reason(reason)
    facts = {"claim_id": claim_id, "amount": money_text(amount), "reason": reason}
    claim = lock_claim(claim_id)
    if kept := earlier_answer(act, "ask-write-off", facts):
        return ShortPaymentAnswer.again(kept)
    require_open(claim, amount)
    if claim.short_payments.filter(status=ShortPayment.Status.REQUESTED).exists():
        raise WriteOffPending
    short = ShortPayment.objects.create(
        claim=claim,
        outcome=ShortPayment.Outcome.WRITE_OFF,
        amount=amount,
        reason=reason,
        status=ShortPayment.Status.REQUESTED,
        requested_by=act.actor,
        requested_at=timezone.now(),
    )
    answer = short_payment_facts(short, claim.open_amount)
    keep_answer(act, "ask-write-off", facts, answer.facts())
    return answer


@transaction.atomic
def approve_write_off(*, claim_id: int, write_off_id: int, act: Act) -> ShortPaymentAnswer:
    """
    Write off what was asked for: WRITE_OFFS against the payer's account.

    A write-off's amount and reason never change, so what is approved is what was read. Locks the
    business day and the claim. Repeating a call with the same key returns the first answer.

    :raises NotFound: if there is no such write-off of that claim
    :raises SelfApproval: if the actor asked for it
    :raises WriteOffDecided: if it was decided on before
    :raises ClaimHoldsLess: if less is open on the claim by now
    :raises DayClosed: if the business day was closed
    :raises KeyReused: if the key was used for another decision
    """
    facts = {"claim_id": claim_id, "write_off_id": write_off_id}
    day = ledger.hold_business_day()
    claim = lock_claim(claim_id)
    if kept := earlier_answer(act, "approve-write-off", facts):
        return ShortPaymentAnswer.again(kept)
    short = _undecided(claim, write_off_id, act)
    require_open(claim, short.amount)
    posted = _post(
        act,
        day,
        claim,
        short.amount,
        JournalEntry.Kind.WRITE_OFF,
        ledger.WRITE_OFFS,
        short.reason,
    )
    _decide(short, ShortPayment.Status.APPROVED, act)
    _settle(short, ClaimSettlement.Kind.WRITTEN_OFF, posted)
    answer = short_payment_facts(short, claim.open_amount - short.amount)
    keep_answer(act, "approve-write-off", facts, answer.facts())
    return answer


@transaction.atomic
def reject_write_off(
    *, claim_id: int, write_off_id: int, reason: str, act: Act
) -> ShortPaymentAnswer:
    """
    Refuse a write-off: the claim stays open. Locks the claim.

    Repeating a call with the same key returns the first answer.

    :raises InvalidRequest: if the reason is none
    :raises NotFound: if there is no such write-off of that claim
    :raises SelfApproval: if the actor asked for it
    :raises WriteOffDecided: if it was decided on before
    :raises KeyReused: if the key was used for another decision
    """
    reason = _require_reason(reason)
    facts = {"claim_id": claim_id, "write_off_id": write_off_id, "reason": reason}
    claim = lock_claim(claim_id)
    if kept := earlier_answer(act, "reject-write-off", facts):
        return ShortPaymentAnswer.again(kept)
    short = _undecided(claim, write_off_id, act)
    _decide(short, ShortPayment.Status.REJECTED, act, reason=reason)
    answer = short_payment_facts(short, claim.open_amount)
    keep_answer(act, "reject-write-off", facts, answer.facts())
    return answer


def short_payment_facts(short: ShortPayment, claim_open: Decimal) -> ShortPaymentAnswer:
    return ShortPaymentAnswer(
        id=short.pk,
        claim_id=short.claim_id,
        outcome=str(short.outcome),
        amount=money_text(short.amount),
        reason=short.reason,
        status=str(short.status),
        bill_item_id=short.bill_item_id,
        claim_open=money_text(claim_open),
    )


def _require_reason(reason: str) -> str:
    reason = reason.strip()
    if not 1 <= len(reason) <= LONGEST_REASON or "\0" in reason:
        raise InvalidRequest("reason", f"Say why in 1 to {LONGEST_REASON} characters.")
    return reason


def _consultation_of(claim_id: int) -> int:
    found = Claim.objects.filter(pk=claim_id).values_list("consultation_id", flat=True).first()
    if found is None:
        raise NotFound("There is no claim with this id.")
    return found


def _require_payable(claim: Claim, amount: Decimal) -> None:
    """Refuse a bill whose total no single payment could settle."""
    unpaid = BillItem.objects.unpaid().filter(consultation=claim.consultation_id)
    due = unpaid.aggregate(total=Sum("line_total"))["total"] or ZERO
    if due + amount > MAX_AMOUNT:
        raise InvalidRequest("amount", f"What is due on a bill is at most {MAX_AMOUNT}.")


def _post(
    act: Act,
    day: date,
    claim: Claim,
    amount: Decimal,
    kind: JournalEntry.Kind,
    debited: str,
    reason: str,
) -> Posted:
    return ledger.post(
        act,
        kind=kind,
        business_date=day,
        debits=[Line(debited, amount)],
        credits=[Line(receivable_account(claim.payer.code), amount)],
        memo=f"{claim}: {reason}"[:200],
    )


def _settle(short: ShortPayment, kind: ClaimSettlement.Kind, posted: Posted) -> None:
    ClaimSettlement.objects.create(
        claim_id=short.claim_id,
        kind=kind,
        amount=short.amount,
        entry_id=posted.entry_id,
        short_payment=short,
    )


def _undecided(claim: Claim, write_off_id: int, act: Act) -> ShortPayment:
    short = claim.short_payments.filter(
        pk=write_off_id, outcome=ShortPayment.Outcome.WRITE_OFF
    ).first()
    if short is None:
        raise NotFound("There is no such write-off of this claim.")
    if short.requested_by_id == act.actor.pk:
        raise SelfApproval("Whoever asked for a write-off cannot decide on it.")
    if short.status != ShortPayment.Status.REQUESTED:
        raise WriteOffDecided(write_off_status=short.status)
    return short


def _decide(
    short: ShortPayment, status: ShortPayment.Status, act: Act, *, reason: str = ""
) -> None:
    short.status = status
    short.decided_by = act.actor
    short.decided_at = timezone.now()
    short.decision_reason = reason
    short.save(update_fields=["status", "decided_by", "decided_at", "decision_reason"])


def _new_item(claim: Claim, amount: Decimal, act: Act) -> BillItem:
    """Put what the patient is billed for onto the bill; nothing happens when it is paid."""
    refused = claim.payment_line.bill_item
    entry = _catalogue_item()
    return BillItem.objects.create(
        consultation_id=claim.consultation_id,
        service_item=entry,
        department=entry.department,
        description=f"Not paid by {claim.payer}: {refused.description}"[:250],
        quantity=1,
        unit_price=amount,
        line_total=amount,
        ordered_by=act.actor,
        ordered_at=timezone.now(),
    )


def _catalogue_item() -> ServiceItem:
    """Return what such items are in the catalogue; it is made when first needed, and not sold."""
    Department.objects.bulk_create(
        [Department(code=BILLED_BACK, name="Not paid by payers", kind=Department.Kind.OTHER)],
        ignore_conflicts=True,
    )
    department = Department.objects.get(code=BILLED_BACK)
    ServiceItem.objects.bulk_create(
        [
            ServiceItem(
                code=BILLED_BACK,
                name="Not paid by a payer",
                department=department,
                is_active=False,
            )
        ],
        ignore_conflicts=True,
    )
    return ServiceItem.objects.select_related("department").get(code=BILLED_BACK)
