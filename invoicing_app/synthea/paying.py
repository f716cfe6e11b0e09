"""Pays imported consultations, one transaction each, so that it can stop and go on at any point."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from client_wallet import ledger
from client_wallet.models import PaymentMethod, Posting
from client_wallet.services import deposit_to_wallet
from hospital.core.acts import Act
from hospital.core.errors import DomainError
from hospital.core.money import ZERO
from hospital.core.progress import Track
from hospital.core.transactions import retry_conflicts
from invoicing_app.books import Finding, check_books
from invoicing_app.books.snapshot import snapshot
from invoicing_app.models import BillItem
from invoicing_app.payment_services import (
    Bill,
    PaymentCalculationService,
    PaymentIntent,
    PaymentProcessingService,
)
from invoicing_app.synthea.importing import IMPORTER, importer
from smcapp1.models import Consultation
from smcapp1.services import lock_consultation

METHODS = (
    PaymentMethod.CASH,
    PaymentMethod.CARD,
    PaymentMethod.TRANSFER,
    PaymentMethod.WALLET,
)


@dataclass
class Paid:
    """What a run of ``pay_imported`` did."""

    methods: Counter[str] = field(default_factory=Counter)  # method → consultations paid by it
    total: Decimal = ZERO
    refusals: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Settlement:
    """What was paid, and whether the books bear it out."""

    paid: Paid
    findings: Sequence[Finding]
    revenue: Decimal  # of all departments, as the journal has it
    items: Decimal  # what all paid bill items come to

    @property
    def is_sound(self) -> bool:
        return not self.findings and not self.paid.refusals and self.revenue == self.items


def unpaid_consultations() -> list[int]:
    """Return the imported consultations with something unpaid, in id order."""
    unpaid = BillItem.objects.unpaid().filter(consultation__in=_imported())
    return sorted(unpaid.values_list("consultation_id", flat=True).distinct())


def pay_imported(*, track: Track) -> Paid:
    """
    Pay all that is unpaid on each imported consultation, by four methods in turn.

    A consultation keeps its method however often this is run. One that is refused is reported, and
    the next one is paid. Repeating it pays what is still unpaid.
    """
    actor = importer()
    method_of = {pk: METHODS[turn % 4] for turn, pk in enumerate(_imported())}
    paid = Paid()
    for consultation_id in track(unpaid_consultations(), "Paying"):
        method = method_of[consultation_id]
        try:
            amount = pay_consultation(consultation_id, method, actor)
        except DomainError as refusal:
            paid.refusals.append(f"consultation {consultation_id}: {refusal.detail}")
            continue
        if amount:
            paid.methods[method] += 1
            paid.total += amount
    return paid


@retry_conflicts
@transaction.atomic(durable=True)
def pay_consultation(consultation_id: int, method: str, actor: Any) -> Decimal:
    """
    Pay all that is unpaid on a consultation and return how much that was, 0.00 for nothing.

    For WALLET the money is first put into the patient's wallet, in the same transaction. Locks the
    consultation, then as ``deposit_to_wallet`` and ``process_transaction`` do; raises what they do.
    """
    ledger.hold_business_day()
    consultation = lock_consultation(consultation_id)
    bill = PaymentCalculationService.bill(consultation_id)
    if not bill.unpaid:
        return ZERO
    key = _key(consultation, bill)
    if method == PaymentMethod.WALLET:
        deposit_to_wallet(
            patient_id=consultation.patient_id, amount=bill.total_due, act=Act(actor, key)
        )
    intent = PaymentIntent(consultation_id, method, amount_paid=bill.total_due, key=key)
    PaymentProcessingService(actor).process_transaction(intent)
    return bill.total_due


def pay_and_check(*, track: Track) -> Settlement:
    """Pay as ``pay_imported`` does, then check the books and compare revenue and paid items."""
    paid = pay_imported(track=track)
    findings = check_books()
    with snapshot():  # payments may go on meanwhile
        return Settlement(paid, findings, _journal_revenue(), _paid_items_total())


def _journal_revenue() -> Decimal:
    postings = Posting.objects.filter(account__code__startswith=f"{ledger.REVENUE}-")
    sides = postings.aggregate(
        credited=Sum("amount", filter=Q(side=ledger.CREDIT), default=ZERO),
        debited=Sum("amount", filter=Q(side=ledger.DEBIT), default=ZERO),
    )
    return Decimal(sides["credited"] - sides["debited"])


def _paid_items_total() -> Decimal:
    paid = BillItem.objects.filter(status=BillItem.Status.PAID)
    return Decimal(paid.aggregate(total=Sum("line_total", default=ZERO))["total"])


def _imported() -> QuerySet[Consultation, int]:
    mine = Consultation.objects.filter(external_id__isnull=False, opened_by__username=IMPORTER)
    return mine.order_by("pk").values_list("pk", flat=True)


def _key(consultation: Consultation, bill: Bill) -> str:
    """An item is paid once, so the first unpaid one tells this payment from any later one."""
    return f"synthea:{consultation.external_id}:{bill.unpaid[0].pk}"
