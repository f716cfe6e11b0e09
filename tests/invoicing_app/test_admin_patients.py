"""A patient's page at the desk: wallet, what is due, visits, and what was taken."""

import re
from decimal import Decimal

import pytest

from client_wallet.models import WalletDeposit
from client_wallet.services import deposit_to_wallet
from hospital.core.acts import Act
from invoicing_app.models import DepositReceiving
from smcapp1.models import Consultation, PatientProfile
from tests.admin_pages import page_of, receipt_page, signed_in, text_of
from tests.factories import (
    ConsultationFactory,
    PatientFactory,
    UserFactory,
    make_bill,
    make_item,
    make_wallet,
)
from tests.invoicing_app.desk import pay
from tests.rows import statements

PATIENTS = "smcapp1_patientprofile"
PAY = "/admin/invoicing_app/depositreceiving/add/?consultation="


@pytest.fixture
def ada(db: None) -> PatientProfile:
    """Ada: money in her wallet, one visit paid, two that owe, one of them closed."""
    ada = PatientFactory(first_name="Ada", last_name="Obi", date_of_birth="1990-02-03", sex="F")
    make_wallet(patient=ada, holding="1250.00")
    paid = make_bill(make_item(price="30.00"), patient=ada)
    pay(paid, UserFactory(role="Cashier"), "CASH", "30.00")
    make_bill(make_item("LABORATORY", "700.00"), make_item("RADIOLOGY", "300.50"), patient=ada)
    closed = make_bill(make_item("LABORATORY", "9.00"), patient=ada)
    Consultation.objects.filter(pk=closed.pk).update(status="CLOSED")
    ada.refresh_from_db()
    return ada


def test_the_page_shows_wallet_dues_by_department_and_who_it_is(ada):
    page = text_of(signed_in(UserFactory(role="Cashier")).get(page_of(PATIENTS, ada.pk)))

    assert f"Ada Obi {ada.hospital_number} · born 3 February 1990 · female" in page
    assert "Due in open visits NGN 1,000.50 Laboratory 700.00 Radiology 300.50" in page
    assert "Wallet holds NGN 1,250.00" in page


def test_a_frozen_wallet_is_called_so_and_offers_no_withdrawal(db):
    patients = [make_wallet(status=status).patient for status in ("ACTIVE", "FROZEN")]
    client = signed_in(UserFactory(role="Supervisor"))

    active, frozen = [text_of(client.get(page_of(PATIENTS, one.pk))) for one in patients]

    assert "Wallet holds NGN 0.00 Take deposit Withdraw Movements" in active
    assert "Wallet holds NGN 0.00 It is frozen and pays nothing. Take deposit Movements" in frozen


def test_each_visit_that_owes_leads_to_its_payment(ada):
    html = signed_in(UserFactory(role="Cashier")).get(page_of(PATIENTS, ada.pk)).content.decode()

    owing = [visit.pk for visit in Consultation.objects.order_by("-pk")[:2]]
    assert re.findall(rf'href="{re.escape(PAY)}(\d+)"', html) == [str(pk) for pk in owing]
    assert f'href="/admin/client_wallet/walletdeposit/add/?patient={ada.pk}"' in html
    assert f'href="/admin/smcapp1/consultation/add/?patient={ada.pk}"' in html


def test_what_was_taken_stands_there_with_its_receipts(ada):
    deposit, payment = WalletDeposit.objects.get(), DepositReceiving.objects.get()

    answer = signed_in(UserFactory(role="Cashier")).get(page_of(PATIENTS, ada.pk))

    taken = [line.document for line in answer.context["receipts"]]
    assert taken == [payment, deposit]
    assert f'href="{receipt_page(deposit)}"' in answer.content.decode()
    assert f'href="{receipt_page(payment)}"' in answer.content.decode()


def test_only_the_ten_newest_are_shown_and_the_way_to_all(ada):
    cashier = UserFactory(role="Cashier")
    for _ in range(11):
        deposit_to_wallet(patient_id=ada.pk, amount=Decimal("1.00"), act=Act(cashier))
        ConsultationFactory(patient=ada)

    answer = signed_in(cashier).get(page_of(PATIENTS, ada.pk))

    number = ada.hospital_number
    assert len(answer.context["receipts"]) == 10
    assert len(answer.context["visits"]) == 10
    for model in ("invoicing_app/depositreceiving", "client_wallet/walletdeposit"):
        assert f'href="/admin/{model}/?q={number}"' in answer.content.decode()
    assert f'href="/admin/smcapp1/consultation/?q={number}"' in answer.content.decode()


def test_a_patient_without_anything_is_told_what_to_do(db):
    page = text_of(
        signed_in(UserFactory(role="Cashier")).get(page_of(PATIENTS, PatientFactory().pk))
    )

    assert "Nothing is to be paid." in page
    assert "No visit yet. Open a consultation to order and bill something." in page
    assert "Nothing was taken yet." in page


@pytest.mark.parametrize("role", ["Pharmacist", "Laboratory"])
def test_who_takes_no_money_sees_visits_and_dues_only(ada, role):
    answer = signed_in(UserFactory(role=role)).get(page_of(PATIENTS, ada.pk))

    assert "Due in open visits NGN 1,000.50" in text_of(answer)
    assert "Wallet holds" not in text_of(answer)
    assert PAY not in answer.content.decode()
    assert "receipts" not in answer.context


def test_the_page_costs_the_same_with_one_visit_and_with_three(ada):
    client = signed_in(UserFactory(role="Cashier"))
    page = page_of(PATIENTS, ada.pk)
    client.get(page)  # what is looked up once per process
    few = statements(lambda: client.get(page))

    for _ in range(2):
        visit = make_bill(make_item(price="30.00"), patient=ada)
        pay(visit, UserFactory(role="Cashier"), "WALLET")
        make_bill(make_item("RADIOLOGY", "5.00"), patient=ada)

    assert statements(lambda: client.get(page)) == few
