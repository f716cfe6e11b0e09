"""What happens to somebody who comes to the demo hospital: ordered, voided, paid or not."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_CEILING, Decimal
from random import Random

from django.utils import timezone

from client_wallet.models import PaymentMethod
from client_wallet.services import deposit_to_wallet
from hospital.core.acts import Act
from hospital.core.models import User
from invoicing_app.demo.visits import REASONS, RESULTS, VOID_REASONS, Reason
from invoicing_app.hand_outs import hand_out_drugs
from invoicing_app.models import ALL_DEPARTMENTS, BillItem
from invoicing_app.payment_services import (
    PaymentCalculationService,
    PaymentIntent,
    PaymentProcessingService,
)
from invoicing_app.services import void_item
from smcapp1.models import Consultation, LabResult, PatientProfile, ServiceItem
from smcapp1.services import enter_result, release_result
from tests.factories import ConsultationFactory, add_to_bill

METHODS = {  # how often of a hundred
    PaymentMethod.CASH: 45,
    PaymentMethod.CARD: 25,
    PaymentMethod.TRANSFER: 15,
    PaymentMethod.WALLET: 15,
}
NOTE = Decimal("1000.00")  # cash comes in such notes, and what is too much goes back
TOP_UP = Decimal("5000.00")  # wallets are filled by multiples of it


@dataclass(frozen=True)
class Desk:
    """Who works there."""

    cashier: User
    supervisor: User
    laboratory: User
    pharmacist: User


@dataclass(frozen=True)
class Day:
    """The hospital at work; ``chance`` decides, the same way each time."""

    catalogue: Mapping[str, ServiceItem]
    patients: Sequence[PatientProfile]
    desk: Desk
    chance: Random

    def receive_somebody(self) -> None:
        """Let a patient come, get a bill, and pay all, a department or nothing of it."""
        patient = self.chance.choice(self.patients)
        consultation: Consultation = ConsultationFactory(
            patient=patient,
            opened_at=timezone.now() - timedelta(minutes=self.chance.randrange(60, 60 * 24 * 60)),
            opened_by=self.desk.cashier,
        )
        items = add_to_bill(consultation, *self._orders(self._reason(patient)))
        if self._happens(12):
            self._void(self.chance.choice(items))
        if self._happens(25):
            self._pay(consultation, items[0].department.code)
        elif self._happens(70):
            self._pay(consultation, ALL_DEPARTMENTS)

    def report_results(self) -> None:
        """Enter the results of most tests that were paid."""
        for test in LabResult.objects.order_by("pk"):
            if self._happens(60):
                result = self.chance.choice(RESULTS)
                enter_result(lab_result_id=test.pk, result=result, act=Act(self.desk.laboratory))

    def release_results(self) -> None:
        """Release most results; the others wait for it."""
        for test in LabResult.objects.filter(status=LabResult.Status.RESULTED).order_by("pk"):
            if test.resulted_at and self._happens(80):
                release_result(
                    lab_result_id=test.pk,
                    entered_at=test.resulted_at,
                    act=Act(self.desk.laboratory),
                )

    def hand_out_drugs(self) -> None:
        """Hand out the drugs of most visits that paid for them."""
        waiting: dict[int, list[int]] = defaultdict(list)
        for item in BillItem.objects.to_hand_out().order_by("pk"):
            waiting[item.consultation_id].append(item.pk)
        for consultation_id, bill_item_ids in waiting.items():
            if self._happens(90):
                hand_out_drugs(
                    consultation_id=consultation_id,
                    bill_item_ids=bill_item_ids,
                    act=Act(self.desk.pharmacist),
                )

    def _happens(self, of_a_hundred: int) -> bool:
        return self.chance.randrange(100) < of_a_hundred

    def _reason(self, patient: PatientProfile) -> Reason:
        age = timezone.localdate().year - patient.date_of_birth.year
        suiting = [reason for reason in REASONS if reason.suits(patient.sex, age)]
        (reason,) = self.chance.choices(suiting, [one.share for one in suiting])
        return reason

    def _orders(self, reason: Reason) -> list[tuple[ServiceItem, int]]:
        some = self.chance.sample(reason.sometimes, self.chance.randrange(3))
        return [(self.catalogue[name], quantity) for name, quantity in (*reason.always, *some)]

    def _void(self, item: BillItem) -> None:
        reason = self.chance.choice(VOID_REASONS)
        void_item(bill_item_id=item.pk, reason=reason, act=Act(self.desk.supervisor))

    def _pay(self, consultation: Consultation, department: str) -> None:
        due = PaymentCalculationService.bill(consultation.pk, department).total_due
        (method,) = self.chance.choices(list(METHODS), list(METHODS.values()))
        if not due:
            return  # its only item was voided
        if method == PaymentMethod.WALLET:
            self._top_up(consultation, due)
        PaymentProcessingService(self.desk.cashier).process_transaction(
            PaymentIntent(
                consultation_id=consultation.pk,
                department=department,
                payment_method=method,
                amount_paid=_up_to(NOTE, due) if method == PaymentMethod.CASH else due,
                external_reference=self._slip(method),
            )
        )

    def _top_up(self, consultation: Consultation, due: Decimal) -> None:
        method = self.chance.choice((PaymentMethod.CASH, PaymentMethod.TRANSFER))
        deposit_to_wallet(
            patient_id=consultation.patient_id,
            amount=_up_to(TOP_UP, due),
            payment_method=method,
            external_reference=self._slip(method),
            act=Act(self.desk.cashier),
        )

    def _slip(self, method: str) -> str:
        """Return the number of a card or bank slip, none where the method has no slip."""
        if method not in {PaymentMethod.CARD, PaymentMethod.TRANSFER}:
            return ""
        return f"{method[:3]}-{self.chance.randrange(100_000, 999_999)}"


def _up_to(step: Decimal, amount: Decimal) -> Decimal:
    """Return the first multiple of ``step`` that is not below ``amount``."""
    return (amount / step).to_integral_value(ROUND_CEILING) * step
