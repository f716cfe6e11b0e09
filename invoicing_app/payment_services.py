"""What is due on a bill, and how it is paid. The path and the two names are the documents'."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from client_wallet import ledger
from client_wallet.ledger import Line, Posted
from client_wallet.ledger.receivables import receivable_account
from client_wallet.models import JournalEntry, PaymentMethod, WalletAccount
from client_wallet.receipts import PAYMENT, next_receipt_number
from client_wallet.services import debit_wallet, lock_wallet
from client_wallet.shifts.drawers import hold_shift, open_by_itself, till_account
from hospital.core.acts import Act
from hospital.core.errors import InvalidRequest
from hospital.core.idempotency import earlier_answer, keep_answer
from hospital.core.money import ZERO, require_amount
from invoicing_app.bills import Bill as Bill
from invoicing_app.bills import DepartmentDue as DepartmentDue
from invoicing_app.bills import PaymentCalculationService as PaymentCalculationService
from invoicing_app.department_effects import Occasion, apply_effects
from invoicing_app.errors import NothingToPay
from invoicing_app.models import DepositReceiving
from invoicing_app.payers.claims import record_claims
from invoicing_app.payment_facts import PaymentIntent as PaymentIntent
from invoicing_app.payment_facts import PaymentTaken as PaymentTaken
from invoicing_app.payment_facts import answer_of
from invoicing_app.payment_facts import payment_facts as payment_facts
from invoicing_app.payment_rows import write_payment
from invoicing_app.tenders import Settlement, require_tenders, settle
from smcapp1.models import Consultation
from smcapp1.services import lock_consultation


@dataclass(frozen=True)
class _Occurred:
    """When a payment was taken, its entry where anything was posted, and the wallet debited."""

    created_at: datetime
    business_date: date
    entry_id: int | None = None
    wallet: WalletAccount | None = None


@dataclass(frozen=True)
class PaymentProcessingService:
    """Takes payments on behalf of one signed-in ``actor``."""

    actor: Any  # the installation's user model

    @transaction.atomic
    def process_transaction(self, intent: PaymentIntent) -> PaymentTaken:
        """
        Settle all that is unpaid for a department (or ALL) of a consultation, or change nothing.

        The patient pays the patient's part, by one method or several at once; a payer's share is
        put on that payer's account. Where the patient owes nothing, the items are settled all the
        same.

        Locks, in this order: the business day, the cashier's shift (unless all is paid by WALLET),
        the consultation, the wallet (for WALLET), the stock batches, the cashier's receipt counter.
        The number of statements does not grow with the items. Repeating a call with the same key
        returns the first answer and moves no money.

        :raises InvalidRequest: if an amount is no amount or is missing, a method is unknown or
            stands twice where it may not
        :raises NotFound: if there is no such consultation
        :raises NothingToPay: if nothing is unpaid there
        :raises Underpayment: if less was tendered than is due
        :raises Overpayment: if more was tendered, and not in cash
        :raises InsufficientFunds: if the wallet holds less than it is to pay, or there is none
        :raises WalletFrozen: if the wallet is frozen or closed
        :raises OutOfStock: if unexpired batches do not hold the drugs
        :raises NoOpenShift: if no shift is open and SHIFT_OPENS_ITSELF is off
        :raises DayClosed: if the business day was closed
        :raises KeyReused: if the key was used for another payment
        """
        _require_readable(intent)
        act = Act(self.actor, intent.key)
        day = ledger.hold_business_day()
        shift_id = hold_shift(act) if intent.methods - {PaymentMethod.WALLET} else None
        consultation = lock_consultation(intent.consultation_id)
        if kept := earlier_answer(act, "payment", intent.facts()):
            return PaymentTaken.again(kept)
        bill = PaymentCalculationService.bill(consultation.pk, intent.department, on=day, hold=True)
        settlement = _settlement(intent, bill)

        if settlement.at_the_till:
            shift_id = shift_id or open_by_itself(act)
        if settlement.of_wallet:
            lock_wallet(consultation.patient_id)  # wallets are locked before stock
        apply_effects(bill.unpaid, Occasion(act, day))
        receipt_number = next_receipt_number(PAYMENT, self.actor)
        entry = _Entry(act, day, receipt_number, shift_id if settlement.at_the_till else None)
        occurred = _post(entry, consultation, bill, settlement)
        payment = self._payment(intent, consultation, bill, settlement, occurred, receipt_number)
        items, tenders = write_payment(payment, settlement, bill)
        record_claims(payment, bill.shares)
        balance = occurred.wallet.account_balance if occurred.wallet else None
        answer = answer_of(payment, tenders, items, balance)
        keep_answer(act, "payment", intent.facts(), answer.facts())
        return answer

    def _payment(
        self,
        intent: PaymentIntent,
        consultation: Consultation,
        bill: Bill,
        settlement: Settlement,
        occurred: _Occurred,
        receipt_number: str,
    ) -> DepositReceiving:
        payment = DepositReceiving(
            consultation=consultation,
            department=intent.department,
            payment_method=settlement.payment_method,
            total_due=bill.total_due,
            amount_paid=settlement.amount_paid,
            change_given=settlement.change_given,
            rounding=settlement.rounding,
            wallet=occurred.wallet,
            external_reference=settlement.external_reference,
            receipt_number=receipt_number,
            taken_by=self.actor,
            created_at=occurred.created_at,
            business_date=occurred.business_date,
            entry_id=occurred.entry_id,
        )
        # The model's rules, for admin and API alike.
        payment.full_clean(validate_unique=False, validate_constraints=False, exclude=_LOCKED_ABOVE)
        return payment


_LOCKED_ABOVE = {"consultation", "wallet", "taken_by", "entry"}  # known to exist: no query for each


def _require_readable(intent: PaymentIntent) -> None:
    if intent.tenders is not None:
        if intent.payment_method or intent.amount_paid is not None:
            raise InvalidRequest("tenders", "Name one method and its amount, or tenders, not both.")
        require_tenders(intent.tenders)
        return
    if intent.payment_method not in PaymentMethod.values:
        raise InvalidRequest("payment_method", "Pay by CASH, CARD, TRANSFER or WALLET.")
    if intent.amount_paid is not None:
        require_amount(intent.amount_paid, "amount_paid")


def _settlement(intent: PaymentIntent, bill: Bill) -> Settlement:
    """Return how what is offered settles the patient's part of the bill."""
    if not bill.unpaid:
        raise NothingToPay(department=bill.department)
    is_missing = intent.tenders is None and intent.amount_paid is None
    if is_missing and bill.total_due and intent.payment_method != PaymentMethod.WALLET:
        raise InvalidRequest("amount_paid", "Say how much was handed over.")
    return settle(intent.offered, bill.total_due)


@dataclass(frozen=True)
class _Entry:
    """What a payment's entry says besides its lines."""

    act: Act
    day: date
    receipt_number: str
    shift_id: int | None


def _post(
    entry: _Entry, consultation: Consultation, bill: Bill, settlement: Settlement
) -> _Occurred:
    """Post wallet, till and payer against the revenue of each department; nothing, if it is 0."""
    credits = _revenue(bill)
    debits = _takings(entry.act, bill, settlement)
    if settlement.rounding > 0:
        credits.append(Line(ledger.CASH_ROUNDING, settlement.rounding))
    if settlement.of_wallet:
        debited = debit_wallet(
            patient_id=consultation.patient_id,
            amount=settlement.of_wallet,
            credits=credits,
            act=entry.act,
            memo=entry.receipt_number,
            business_date=entry.day,
            further_debits=debits,
            shift_id=entry.shift_id,
        )
        return _occurred(debited.posted, debited.wallet)
    if not credits:
        ledger.require_open(entry.day)
        return _Occurred(timezone.now(), entry.day)
    posted = ledger.post(
        entry.act,
        kind=JournalEntry.Kind.PAYMENT,
        business_date=entry.day,
        debits=debits,
        credits=credits,
        memo=entry.receipt_number,
        shift_id=entry.shift_id,
    )
    return _occurred(posted)


def _occurred(posted: Posted, wallet: WalletAccount | None = None) -> _Occurred:
    return _Occurred(posted.posted_at, posted.business_date, posted.entry_id, wallet)


def _revenue(bill: Bill) -> list[Line]:
    """Return what each department is credited: all that is not waived, whoever pays it."""
    names = {item.department.code: item.department.name for item in bill.unpaid}
    earned: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for item in bill.unpaid:
        earned[item.department.code] += item.line_total - item.waived
    credited = {code: amount for code, amount in sorted(earned.items()) if amount}
    if credited:
        ledger.revenue_accounts({code: names[code] for code in credited})
    return [Line(f"{ledger.REVENUE}-{code}", amount) for code, amount in credited.items()]


def _takings(act: Act, bill: Bill, settlement: Settlement) -> list[Line]:
    """Return what is debited besides the wallet: tills, the payer, and what rounding let go."""
    debits = [
        Line(till_account(method, act.actor.pk), amount)
        for method, amount in settlement.at_the_till.items()
    ]
    if bill.payer and bill.payer_total:
        debits.append(Line(receivable_account(bill.payer), bill.payer_total))
    if settlement.rounding < 0:
        debits.append(Line(ledger.CASH_ROUNDING, -settlement.rounding))
    return debits
