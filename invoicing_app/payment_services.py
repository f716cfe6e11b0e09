"""What is due on a bill, and how it is paid. The path and the two names are the documents'."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from client_wallet import ledger
from client_wallet.ledger import Line, Posted
from client_wallet.models import JournalEntry, PaymentMethod, WalletAccount
from client_wallet.receipts import PAYMENT, next_receipt_number
from client_wallet.services import TILLS, debit_wallet, lock_wallet
from hospital.core.acts import Act, Answer
from hospital.core.errors import InvalidRequest
from hospital.core.idempotency import earlier_answer, keep_answer
from hospital.core.money import ZERO, money_text, require_amount, with_currency
from hospital.core.statements import Statement, run
from hospital.core.times import wire_time
from invoicing_app.department_effects import Occasion, apply_effects
from invoicing_app.errors import NothingToPay, Overpayment, Underpayment
from invoicing_app.models import ALL_DEPARTMENTS, BillItem, DepositReceiving, PaymentTender
from invoicing_app.services import item_facts
from invoicing_app.shares import Share, payer_shares
from smcapp1.models import Consultation
from smcapp1.services import lock_consultation

ShownItem = tuple[BillItem, Decimal]  # with the payer's share of it


@dataclass(frozen=True)
class DepartmentDue:
    """What is unpaid in one department that stands on the bill; 0.00 where all is paid."""

    department: str
    total_due: Decimal


@dataclass(frozen=True)
class Bill:
    """A consultation's bill: every item but void ones; ``department`` (or ALL) is what is asked."""

    consultation_id: int
    department: str
    all_items: Sequence[BillItem]
    shares: Mapping[int, Share] = field(default_factory=dict)  # of what is unpaid

    @property
    def items(self) -> list[BillItem]:
        """What stands on the bill of the department asked for."""
        if self.department == ALL_DEPARTMENTS:
            return list(self.all_items)
        return [item for item in self.all_items if item.department.code == self.department]

    @property
    def unpaid(self) -> list[BillItem]:
        return [item for item in self.items if item.status == BillItem.Status.UNPAID]

    @property
    def total_due(self) -> Decimal:
        """What the patient owes."""
        return sum((self.patient_due(item) for item in self.unpaid), ZERO)

    @property
    def payer(self) -> str | None:
        """The code of who pays a share of what is unpaid, if anybody does."""
        return next((share.payer_code for share in self.shares.values()), None)

    @property
    def payer_total(self) -> Decimal:
        """The payer's share of what is unpaid."""
        return sum((self.payer_share(item) for item in self.unpaid), ZERO)

    def payer_share(self, item: BillItem) -> Decimal:
        """What a payer owes of an item; of a paid one, what the payer took over."""
        if item.status != BillItem.Status.UNPAID:
            return item.payment_line.payer_amount
        share = self.shares.get(item.pk)
        return share.amount if share else ZERO

    def patient_due(self, item: BillItem) -> Decimal:
        """The patient's part of an item."""
        return item.line_total - item.waived - self.payer_share(item)

    @property
    def departments(self) -> list[DepartmentDue]:
        """What is due in each department that has an item, whichever department was asked for."""
        due: dict[str, Decimal] = defaultdict(lambda: ZERO)
        for item in self.all_items:
            is_unpaid = item.status == BillItem.Status.UNPAID
            due[item.department.code] += self.patient_due(item) if is_unpaid else ZERO
        return [DepartmentDue(code, total) for code, total in sorted(due.items())]


class PaymentCalculationService:
    """What is due, by department and in all. Totals come from here and never from a client."""

    @staticmethod
    def bill(consultation_id: int, department: str = ALL_DEPARTMENTS) -> Bill:
        """
        Return the bill as it stands, in one query and those of the payer's cover; decide on it only
        under the consultation's lock.

        ``department`` is a department's code or ``"ALL"``.
        """
        items = list(BillItem.objects.on_bill(consultation_id))
        unpaid = [item for item in items if item.status == BillItem.Status.UNPAID]
        return Bill(consultation_id, department, items, payer_shares(consultation_id, unpaid))


@dataclass(frozen=True)
class PaymentIntent:
    """
    What somebody asks to pay: never how much is due, only what was handed over.

    ``amount_paid`` is in CURRENCY, two places. None will do for WALLET: it takes the exact total.
    """

    consultation_id: int
    payment_method: str
    department: str = ALL_DEPARTMENTS
    amount_paid: Decimal | None = None
    external_reference: str = ""
    key: str = ""

    def facts(self) -> dict[str, Any]:
        return {
            "consultation_id": self.consultation_id,
            "department": self.department,
            "payment_method": str(self.payment_method),
            "amount_paid": None if self.amount_paid is None else money_text(self.amount_paid),
            "external_reference": self.external_reference,
        }


@dataclass(frozen=True)
class PaymentTaken(Answer):
    """
    A payment: amounts as text with two places, times in RFC 3339, items as the bill shows them.
    """

    payment_id: int
    receipt_number: str
    consultation_id: int
    department: str
    payment_method: str
    total_due: str
    amount_paid: str
    change_given: str
    items: list[dict[str, Any]]
    wallet_balance: str | None  # of a payment by WALLET
    created_at: str
    tenders: list[dict[str, str]] | None = None  # not in answers kept before there were several
    rounding: str | None = None
    replayed: bool = False


@dataclass(frozen=True)
class _Settled:
    """The entry of a payment, and the wallet it came from if it came from one."""

    posted: Posted
    wallet: WalletAccount | None = None


@dataclass(frozen=True)
class PaymentProcessingService:
    """Takes payments on behalf of one signed-in ``actor``."""

    actor: Any  # the installation's user model

    @transaction.atomic
    def process_transaction(self, intent: PaymentIntent) -> PaymentTaken:
        """
        Settle all that is unpaid for a department (or ALL) of a consultation, or change nothing.

        Locks, in this order: the business day, the consultation, the wallet (for WALLET), the stock
        batches, the cashier's receipt counter. The number of statements does not grow with the
        items. Repeating a call with the same key returns the first answer and moves no money.

        :raises InvalidRequest: if ``amount_paid`` is no amount, is missing, or the method is
            unknown
        :raises NotFound: if there is no such consultation
        :raises NothingToPay: if nothing is unpaid there
        :raises Underpayment: if less was tendered than is due
        :raises Overpayment: if more was tendered by card or transfer
        :raises InsufficientFunds: if the wallet holds less than the total, or there is none
        :raises WalletFrozen: if the wallet is frozen or closed
        :raises OutOfStock: if unexpired batches do not hold the drugs
        :raises DayClosed: if the business day was closed
        :raises KeyReused: if the key was used for another payment
        """
        _require_tender(intent)
        act = Act(self.actor, intent.key)
        day = ledger.hold_business_day()
        consultation = lock_consultation(intent.consultation_id)
        if kept := earlier_answer(act, "payment", intent.facts()):
            return PaymentTaken.again(kept)
        bill = PaymentCalculationService.bill(consultation.pk, intent.department)
        tendered = _accepted_tender(intent, bill)

        if intent.payment_method == PaymentMethod.WALLET:
            lock_wallet(consultation.patient_id)  # wallets are locked before stock
        apply_effects(bill.unpaid, Occasion(act, day))
        receipt_number = next_receipt_number(PAYMENT, self.actor)
        settled = _settle(intent, consultation, bill, act, day, receipt_number)
        payment = self._payment(intent, consultation, bill, tendered, settled, receipt_number)
        tenders = [_only_tender(payment)]
        settled_items = _mark_paid(payment, tenders, bill)
        balance = settled.wallet.account_balance if settled.wallet else None
        answer = _answer(payment, tenders, settled_items, balance)
        keep_answer(act, "payment", intent.facts(), answer.facts())
        return answer

    def _payment(
        self,
        intent: PaymentIntent,
        consultation: Consultation,
        bill: Bill,
        tendered: Decimal,
        settled: _Settled,
        receipt_number: str,
    ) -> DepositReceiving:
        payment = DepositReceiving(
            consultation=consultation,
            department=intent.department,
            payment_method=intent.payment_method,
            total_due=bill.total_due,
            amount_paid=tendered,
            change_given=tendered - bill.total_due,
            wallet=settled.wallet,
            external_reference=intent.external_reference,
            receipt_number=receipt_number,
            taken_by=self.actor,
            created_at=settled.posted.posted_at,
            business_date=settled.posted.business_date,
            entry_id=settled.posted.entry_id,
        )
        # The model's rules, for admin and API alike.
        payment.full_clean(validate_unique=False, validate_constraints=False, exclude=_LOCKED_ABOVE)
        payment.save(force_insert=True)
        return payment


_LOCKED_ABOVE = {"consultation", "wallet", "taken_by", "entry"}  # known to exist: no query for each


def _require_tender(intent: PaymentIntent) -> None:
    if intent.payment_method not in PaymentMethod.values:
        raise InvalidRequest("payment_method", "Pay by CASH, CARD, TRANSFER or WALLET.")
    if intent.amount_paid is not None:
        require_amount(intent.amount_paid, "amount_paid")
    elif intent.payment_method != PaymentMethod.WALLET:
        raise InvalidRequest("amount_paid", "Say how much was handed over.")


def _accepted_tender(intent: PaymentIntent, bill: Bill) -> Decimal:
    """Return what counts as paid: the tender, or exactly the total for a wallet."""
    total = bill.total_due
    if not bill.unpaid:
        raise NothingToPay(department=bill.department)
    tendered = total if intent.amount_paid is None else intent.amount_paid
    if tendered < total:
        raise Underpayment(
            f"{with_currency(total)} is due; {with_currency(tendered)} is not enough.",
            total_due=money_text(total),
            amount_paid=money_text(tendered),
        )
    if intent.payment_method == PaymentMethod.WALLET:
        return total
    if tendered > total and intent.payment_method != PaymentMethod.CASH:
        raise Overpayment(total_due=money_text(total), amount_paid=money_text(tendered))
    return tendered


def _settle(
    intent: PaymentIntent,
    consultation: Consultation,
    bill: Bill,
    act: Act,
    day: date,
    receipt_number: str,
) -> _Settled:
    """Post the entry: the wallet or the till against the revenue of each department."""
    departments = {item.department.code: item.department.name for item in bill.unpaid}
    ledger.revenue_accounts(departments)
    credits = [
        Line(f"{ledger.REVENUE}-{due.department}", due.total_due)
        for due in bill.departments
        if due.department in departments
    ]
    if intent.payment_method == PaymentMethod.WALLET:
        debited = debit_wallet(
            patient_id=consultation.patient_id,
            amount=bill.total_due,
            credits=credits,
            act=act,
            memo=receipt_number,
            business_date=day,
        )
        return _Settled(debited.posted, debited.wallet)
    posted = ledger.post(
        act,
        kind=JournalEntry.Kind.PAYMENT,
        business_date=day,
        debits=[Line(TILLS[intent.payment_method], bill.total_due)],
        credits=credits,
        memo=receipt_number,
    )
    return _Settled(posted)


def _only_tender(payment: DepositReceiving) -> PaymentTender:
    return PaymentTender(
        payment=payment,
        payment_method=payment.payment_method,
        amount=payment.total_due,
        tendered=payment.amount_paid,
        change_given=payment.change_given,
        wallet=payment.wallet,
        external_reference=payment.external_reference,
    )


_MARK_PAID = Statement(
    "mark_items_paid",
    """
    WITH tenders AS (
        INSERT INTO invoicing_app_paymenttender
               (payment_id, payment_method, amount, tendered, change_given, wallet_id,
                external_reference)
        SELECT %(payment_id)s::bigint, *
          FROM unnest(%(methods)s::text[], %(amounts)s::numeric[], %(tendered)s::numeric[],
                      %(changes)s::numeric[], %(wallets)s::uuid[], %(references)s::text[])),
    settled AS (
        SELECT * FROM unnest(%(items)s::bigint[], %(lab_results)s::bigint[], %(shares)s::numeric[])
            AS settled (id, lab_result_id, payer_share)),
    marked AS (
        UPDATE invoicing_app_billitem item
           SET status = 'PAID', receipt_number = %(receipt_number)s::text,
               lab_result_id = settled.lab_result_id
          FROM settled
         WHERE item.id = settled.id AND item.status = 'UNPAID'
        RETURNING item.id, item.line_total, item.waived, settled.payer_share),
    lines AS (
        INSERT INTO invoicing_app_paymentline
               (payment_id, bill_item_id, amount, payer_amount, waived)
        SELECT %(payment_id)s::bigint, id, line_total - waived - payer_share, payer_share, waived
          FROM marked ORDER BY id)
    SELECT count(*) FROM marked""",
)


def _mark_paid(
    payment: DepositReceiving, tenders: Sequence[PaymentTender], bill: Bill
) -> list[ShownItem]:
    """
    Link tenders and items to the payment, and write that the items are paid: receipt number and lab
    result.
    """
    settled = [(item, bill.payer_share(item)) for item in bill.unpaid]
    marked = run(
        [_MARK_PAID],
        {
            "payment_id": payment.pk,
            "receipt_number": payment.receipt_number,
            "methods": [str(tender.payment_method) for tender in tenders],
            "amounts": [tender.amount for tender in tenders],
            "tendered": [tender.tendered for tender in tenders],
            "changes": [tender.change_given for tender in tenders],
            "wallets": [tender.wallet_id for tender in tenders],
            "references": [tender.external_reference for tender in tenders],
            "items": [item.pk for item, _ in settled],
            "lab_results": [item.lab_result_id for item, _ in settled],
            "shares": [share for _, share in settled],
        },
    )
    if marked != (len(settled),):
        raise RuntimeError(f"{len(settled)} items were to be paid, {marked} were unpaid")
    for item, _ in settled:
        item.status = BillItem.Status.PAID
        item.receipt_number = payment.receipt_number
    return settled


def payment_facts(payment: DepositReceiving) -> PaymentTaken:
    """Return a stored payment as it is shown; from ``with_details()``, so no query runs."""
    postings = payment.entry.postings.all() if payment.entry else []
    of_wallet = [posting.balance_after for posting in postings]
    items = [(item, item.payment_line.payer_amount) for item in payment.items.all()]
    return _answer(payment, payment.tenders.all(), items, of_wallet[0] if of_wallet else None)


def _answer(
    payment: DepositReceiving,
    tenders: Iterable[PaymentTender],
    items: Iterable[ShownItem],
    wallet_balance: Decimal | None,
) -> PaymentTaken:
    return PaymentTaken(
        payment_id=payment.pk,
        receipt_number=payment.receipt_number,
        consultation_id=payment.consultation_id,
        department=payment.department,
        payment_method=str(payment.payment_method),
        total_due=money_text(payment.total_due),
        amount_paid=money_text(payment.amount_paid),
        change_given=money_text(payment.change_given),
        rounding=money_text(payment.rounding),
        tenders=[_tender_facts(tender) for tender in tenders],
        items=[item_facts(item, share) for item, share in items],
        wallet_balance=None if wallet_balance is None else money_text(wallet_balance),
        created_at=wire_time(payment.created_at),
    )


def _tender_facts(tender: PaymentTender) -> dict[str, str]:
    return {
        "payment_method": str(tender.payment_method),
        "amount": money_text(tender.amount),
        "tendered": money_text(tender.tendered),
        "change_given": money_text(tender.change_given),
        "external_reference": tender.external_reference,
    }
