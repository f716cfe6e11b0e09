"""Two days of a small hospital, by whose figures every report has something to say."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.test import override_settings
from django.utils import timezone

from client_wallet.services import deposit_to_wallet, reverse_deposit
from client_wallet.withdrawals import cancel_withdrawal, schedule_withdrawal
from hospital.core.acts import Act
from invoicing_app.models import BillItem
from smcapp1.models import LabResult, ServiceItem
from smcapp1.services import enter_result
from tests.factories import (
    PatientFactory,
    UserFactory,
    make_bill,
    make_drug,
    make_item,
    make_stock,
    make_wallet,
)
from tests.invoicing_app.desk import pay, void
from tests.invoicing_app.tenders.desk import pay_by
from tests.invoicing_app.waivers.desk import ask, take_back

DESTINATION = {"bank_code": "058", "account_number": "0123456789", "account_name": "Ada Obi"}


@contextmanager
def business_day(day: date) -> Iterator[None]:
    """Let what is done now have that business date."""
    with pytest.MonkeyPatch.context() as clock:
        clock.setattr(timezone, "localdate", lambda: day)
        yield


def two_days(cashier: Any, supervisor: Any) -> None:
    """Work yesterday and today: every method, a reversal a day later, wallets, stock, bills."""
    today = timezone.localdate()
    with business_day(today - timedelta(days=1)):
        mistake = take(cashier, "25.00", "CASH")
        _work(cashier)
    reverse_deposit(deposit_id=mistake, reason="Miscounted", act=Act(supervisor))
    _work(supervisor)
    _overlap_at_midnight(cashier, today)
    make_stock(make_drug(name="Old drug"), 10, days_left=20, batch="NEAR")


def _overlap_at_midnight(cashier: Any, today: date) -> None:
    """Take money today and spend it in yesterday's name: an act that began before midnight."""
    patient = PatientFactory()
    take(cashier, "8.00", "CARD", patient)
    with business_day(today - timedelta(days=1)):
        bill = make_bill(make_item("RADIOLOGY", "8.00"), patient=patient)
        pay(bill, cashier, "WALLET")


def take(cashier: Any, amount: str, method: str, patient: Any = None) -> int:
    return deposit_to_wallet(
        patient_id=(patient or PatientFactory()).pk,
        amount=Decimal(amount),
        payment_method=method,
        act=Act(cashier),
    ).deposit_id


def _work(cashier: Any) -> None:
    wallet = make_wallet(holding="900.00")
    for amount, method in [("100.00", "CASH"), ("70.00", "CARD"), ("31.00", "TRANSFER")]:
        take(cashier, amount, method)
    drug = make_drug(price="12.00", holding=50)
    test = make_item("LABORATORY", "45.00")
    for method, handed in [("CASH", "200.00"), ("CARD", "69.00"), ("WALLET", None)]:
        pay(make_bill((drug, 2), test, patient=wallet.patient), cashier, method, handed)
    make_bill((drug, 3), make_item("RADIOLOGY", "300.00"))  # nothing of it is paid
    left = make_bill(test, make_item("RADIOLOGY", "80.00"))
    pay(left, cashier, "TRANSFER", "45.00", department="LABORATORY")
    void(BillItem.objects.get(consultation=make_bill(test)), cashier)
    _waive(cashier, test)
    _split(cashier, wallet.patient)
    for amount in ("40.00", "15.00"):
        asked = schedule_withdrawal(
            wallet_id=wallet.pk,
            amount=Decimal(amount),
            destination=DESTINATION,
            act=Act(cashier),
        )
    cancel_withdrawal(withdrawal_id=UUID(asked.id), act=Act(cashier))


def _split(cashier: Any, patient: Any) -> None:
    """Pay by several methods at once, of which the cash is rounded; and once in rounded cash."""
    with override_settings(CASH_SMALLEST_COIN=Decimal("0.05")):
        bill = make_bill(make_item("RADIOLOGY", "99.98"), make_item("PROCEDURE"), patient=patient)
        pay_by(bill, cashier, ("WALLET", "50.00"), ("CARD", "60.00"), ("CASH", "100.00"))
        pay(make_bill(make_item("RADIOLOGY", "19.97")), cashier, "CASH", "20.00")


def _waive(cashier: Any, test: ServiceItem) -> None:
    """Of one item paid, one unpaid, one void and one taken back; one only asked for."""
    waived = {"department": "LABORATORY"}
    pay_rest, owe_rest, gone, due_again = (make_bill(test) for _ in range(4))
    ask(pay_rest, cashier, "5.00", reason="STAFF", **waived)
    pay(pay_rest, cashier, "CASH", "40.00")
    ask(owe_rest, cashier, "6.00", **waived)
    ask(gone, cashier, "7.00", **waived)
    void(BillItem.objects.get(consultation=gone), cashier)
    take_back(ask(due_again, cashier, "8.00", **waived), cashier)
    ask(make_bill(make_item("RADIOLOGY", "99999.00")), cashier, "99999.00", department="RADIOLOGY")


def enter_first_result(laboratory: Any = None) -> LabResult:
    """Enter the result of the first test that waits for one."""
    waiting = LabResult.objects.in_progress().earliest("pk")
    actor = laboratory or UserFactory(role="Laboratory")
    enter_result(lab_result_id=waiting.pk, result="4.2", act=Act(actor))
    return waiting
