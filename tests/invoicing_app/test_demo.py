import os
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.db.models import Count, Q
from django.test import Client, override_settings
from django.utils import timezone

from client_wallet.models import BankAnswer, Withdrawal
from client_wallet.withdrawals.worker import WORKER
from hospital.core.models import User
from invoicing_app.books import check_books
from invoicing_app.demo.catalogue import EXPIRED, EXPIRING_SOON, NEARLY_OUT
from invoicing_app.models import BillItem, DepositReceiving
from smcapp1.models import (
    Consultation,
    Department,
    LabResult,
    PatientProfile,
    Price,
    ServiceItem,
    StockBatch,
    StockMovement,
)
from tests import databases
from tests.rows import everything

DEMO = {
    "DEMO": True,
    "DEMO_PASSWORD": "demo",
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],  # as in each test
}


def seed(*options: str) -> str:
    out = StringIO()
    call_command("seed_demo", *options, stdout=out)
    return out.getvalue()


@pytest.fixture(scope="module")
def demo(template_database: str, django_db_blocker: Any) -> Iterator[str]:
    """A database of its own with the demo in it, and what the command said."""
    name = f"{template_database}_{os.environ.get('PYTEST_XDIST_WORKER', 'gw')}_demo"
    with django_db_blocker.unblock():
        databases.clone(name)
        with databases.pointing_at(name), override_settings(**DEMO):
            yield seed()
            connections.close_all()
        databases.drop(name)


def test_the_demo_is_a_whole_small_hospital_with_sound_books(demo):
    states = Consultation.objects.annotate(
        paid=Count("bill_items", filter=Q(bill_items__status="PAID")),
        unpaid=Count("bill_items", filter=Q(bill_items__status="UNPAID")),
    )
    shelves = ServiceItem.objects.filter(department__code="PHARMACY").stocked(timezone.localdate())
    stock = {drug.name: drug.stock_available for drug in shelves}

    assert demo == (
        "Made 8 logins, 8 departments, 150 catalogue items, 40 patients and 240 bills.\n"
    )
    assert (
        Department.objects.count(),
        ServiceItem.objects.count(),
        PatientProfile.objects.count(),
        states.count(),
    ) == (8, 150, 40, 240)
    assert states.filter(paid=0).count() > 30
    assert states.filter(paid__gt=0, unpaid__gt=0).count() > 30
    assert states.filter(paid__gt=0, unpaid=0).count() > 100
    assert BillItem.objects.filter(status="VOID").count() > 20
    methods = set(DepositReceiving.objects.values_list("payment_method", flat=True))
    assert methods == {"CASH", "CARD", "TRANSFER", "WALLET"}
    assert (stock.pop(NEARLY_OUT), stock.pop(EXPIRED), stock[EXPIRING_SOON]) == (6, 0, 300)
    assert min(stock.values()) >= 200
    assert check_books() == []


def test_the_pharmacy_and_the_laboratory_have_something_to_do(demo):
    today = timezone.localdate()
    drugs = BillItem.objects.filter(status="PAID", department__code="PHARMACY")
    tests = LabResult.objects.values_list("status").annotate(Count("pk"))
    low = ServiceItem.objects.low(today).order_by("name").values_list("name", flat=True)

    assert 5 < BillItem.objects.to_hand_out().count() < drugs.count() / 2
    assert {status for status, count in tests if count > 5} == {"PENDING", "RESULTED", "RELEASED"}
    assert list(low) == [EXPIRED, NEARLY_OUT]
    assert StockBatch.objects.expiring_by(today).count() == 2
    assert StockBatch.objects.expiring_by(today + timedelta(days=30)).count() == 4
    assert StockMovement.objects.filter(kind="WRITTEN_OFF").count() == 1
    assert Price.objects.filter(effective_from__gt=today).count() == 3


def test_withdrawals_are_in_every_state_but_those_that_the_bank_brings_about(demo):
    of_status = Counter(Withdrawal.objects.values_list("status", "failure_code"))
    review = Withdrawal.objects.filter(status="NEEDS_REVIEW")
    due = Withdrawal.objects.due(timezone.now() + timedelta(minutes=2))

    assert of_status == {
        ("SCHEDULED", ""): 6,
        ("UNKNOWN", ""): 1,
        ("NEEDS_REVIEW", "still-unknown"): 2,
        ("FAILED", "bank-refused"): 1,
        ("FAILED", "insufficient-funds"): 1,
        ("FAILED", "still-unknown"): 1,
        ("CANCELLED", ""): 1,
    }
    assert set(review.values_list("requested_by__username", flat=True)) == {
        "cashier",
        "supervisor",
    }
    assert due.count() == 4  # the worker's that runs beside the server
    assert BankAnswer.objects.filter(outcome="PAID").count() == 0  # it would be in no bank's books


def test_everybody_can_sign_in_with_the_role_of_their_name(demo):
    people = User.objects.exclude(username=WORKER)  # nobody signs in as a worker
    logins = people.order_by("username").values_list(
        "username", "is_staff", "is_superuser", "groups__name"
    )

    assert list(logins) == [
        ("accountant", True, False, "Accountant"),
        ("admin", True, True, None),
        ("auditor", True, False, "Auditor"),
        ("cashier", True, False, "Cashier"),
        ("laboratory", True, False, "Laboratory"),
        ("patient", False, False, "Patient"),
        ("pharmacist", True, False, "Pharmacist"),
        ("supervisor", True, False, "Supervisor"),
    ]
    assert len(set(people.values_list("password", flat=True))) == 1
    assert User.objects.get(username="cashier").check_password("demo")


def test_a_second_run_adds_nothing(demo):
    before = everything()

    assert seed() == "Nothing to add: the demo is there already.\n"
    assert seed("--dry-run") == "Nothing to add: the demo is there already.\n"
    assert everything() == before


def test_the_demo_patient_can_pay_the_own_bill_from_the_wallet(demo):
    user = User.objects.get(username="patient")
    due = user.patient.consultations.filter(bill_items__status="UNPAID").distinct().get()
    browser = Client()
    browser.force_login(user)

    answer = browser.post(
        "/invoicing_app/payments/create/",
        {"consultation_id": due.pk, "department": "ALL", "payment_method": "WALLET"},
        content_type="application/json",
    )

    assert (answer.status_code, answer.json()["wallet_balance"]) == (201, "40200.00")


@pytest.mark.django_db
def test_outside_the_demo_nothing_is_made(settings):
    settings.DEMO = False
    before = everything()

    with pytest.raises(CommandError, match="demo only"):
        seed()

    assert everything() == before


@pytest.mark.django_db
def test_a_dry_run_makes_nothing(settings):
    settings.DEMO = True
    before = everything()

    assert seed("--dry-run").startswith("Would make 8 logins, 8 departments, 150 catalogue items")
    assert everything() == before
