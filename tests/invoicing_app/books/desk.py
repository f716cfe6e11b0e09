"""What the tests of the books share."""

from decimal import Decimal
from typing import Any

from client_wallet.services import deposit_to_wallet
from hospital.core.acts import Act
from smcapp1.models import PatientProfile


def take_deposit(patient: PatientProfile, cashier: Any, amount: str) -> int:
    return deposit_to_wallet(
        patient_id=patient.pk, amount=Decimal(amount), act=Act(cashier)
    ).deposit_id
