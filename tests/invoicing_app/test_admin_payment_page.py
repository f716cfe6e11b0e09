"""What the page of a payment shows before anything is pressed."""

from typing import Any

import pytest

from smcapp1.models import Consultation
from tests import rows
from tests.admin_pages import signed_in, text_of
from tests.factories import (
    ConsultationFactory,
    PatientFactory,
    UserFactory,
    make_bill,
    make_item,
    make_wallet,
)
from tests.invoicing_app.desk import pay

ADD = "/admin/invoicing_app/depositreceiving/add/"


def form_of(bill: Consultation) -> str:
    return f"{ADD}?consultation={bill.pk}"


def test_the_form_shows_whose_visit_it_is_and_what_is_due_before_anything_is_pressed(db):
    wallet = make_wallet(holding="30.00")
    ada = wallet.patient
    bill = make_bill(
        make_item("LABORATORY", "1060.00"), make_item("RADIOLOGY", "100.00"), patient=ada
    )
    ada.refresh_from_db()

    page = signed_in(UserFactory(role="Cashier")).get(form_of(bill))

    shown = text_of(page)
    assert f"{ada.full_name} {ada.hospital_number} · born" in shown
    assert "Laboratory 1,060.00 Radiology 100.00 Total due NGN 1,160.00" in shown
    assert "Wallet holds NGN 30.00 . NGN 1,130.00 short of what is due." in shown
    assert choices_of(page) == [
        ("ALL", "All departments: NGN 1,160.00"),
        ("LABORATORY", "Laboratory: NGN 1,060.00"),
        ("RADIOLOGY", "Radiology: NGN 100.00"),
    ]
    assert f'name="consultation" value="{bill.pk}"' in page.content.decode()


def choices_of(page: Any) -> list[tuple[str, str]]:
    """Return the departments that a form offers."""
    department = page.context["adminform"].form.fields["department"]
    return list(department.widget.choices)


def test_a_wallet_that_suffices_is_said_to(db):
    wallet = make_wallet(holding="30.00")
    bill = make_bill(make_item(price="30.00"), patient=wallet.patient)

    page = signed_in(UserFactory(role="Cashier")).get(form_of(bill))

    assert "Wallet holds NGN 30.00 . It suffices for everything that is due." in text_of(page)


def test_a_frozen_wallet_is_said_to_pay_nothing(db):
    wallet = make_wallet(holding="30.00", status="FROZEN")
    bill = make_bill(make_item(price="30.00"), patient=wallet.patient)

    page = signed_in(UserFactory(role="Cashier")).get(form_of(bill))

    assert "Wallet holds NGN 30.00 . It is frozen and pays nothing." in text_of(page)


@pytest.mark.parametrize("odd", ["", "x", "999999", "9" * 40, "-1", "²"])
@pytest.mark.parametrize("asked", ["consultation", "patient"])
def test_without_a_visit_the_way_to_one_is_shown_and_no_button(db, asked, odd):
    page = signed_in(UserFactory(role="Cashier")).get(ADD, {asked: odd})

    assert "Who pays? Find the patient" in text_of(page)
    assert 'name="one_time_key"' not in page.content.decode()


def test_nothing_due_says_so_and_offers_no_button(db):
    bill = make_bill(make_item(price="30.00"))
    pay(bill, UserFactory(role="Cashier"), "CASH", "30.00")

    page = signed_in(UserFactory(role="Cashier")).get(form_of(bill))

    assert "Nothing is due on this visit." in text_of(page)
    assert 'name="one_time_key"' not in page.content.decode()


def test_the_only_visit_that_owes_is_the_patients_visit_to_pay(db):
    ada = PatientFactory()
    paid, owing = [make_bill(make_item(price="30.00"), patient=ada) for _ in range(2)]
    pay(paid, UserFactory(role="Cashier"), "CASH", "30.00")

    answer = signed_in(UserFactory(role="Cashier")).get(ADD, {"patient": ada.pk})

    assert (answer.status_code, answer["Location"]) == (302, form_of(owing))


def test_of_several_visits_that_owe_one_is_chosen(db):
    ada = PatientFactory()
    first, second = [make_bill(make_item(price=price), patient=ada) for price in ("30", "1040.50")]
    ConsultationFactory(patient=ada)

    page = signed_in(UserFactory(role="Cashier")).get(ADD, {"patient": ada.pk})

    assert "For which visit is paid?" in text_of(page)
    assert f"{second}, NGN 1,040.50" in text_of(page)
    assert f'href="?consultation={first.pk}"' in page.content.decode()
    assert page.content.decode().count('href="?consultation=') == 2
    assert 'name="one_time_key"' not in page.content.decode()


def test_a_closed_visit_is_paid_from_its_own_page_only(db):
    closed = make_bill(make_item(price="30.00"))
    Consultation.objects.update(status="CLOSED")
    client = signed_in(UserFactory(role="Cashier"))

    of_patient = client.get(ADD, {"patient": closed.patient_id})

    assert "Nothing is due in any open visit of this patient." in text_of(of_patient)
    assert "Total due NGN 30.00" in text_of(client.get(form_of(closed)))


def test_a_patient_who_owes_nothing_is_said_to(db):
    page = signed_in(UserFactory(role="Cashier")).get(ADD, {"patient": PatientFactory().pk})

    assert "Nothing is due in any open visit of this patient." in text_of(page)


def test_the_page_of_a_payment_costs_the_same_for_one_item_and_for_three(db):
    client = signed_in(UserFactory(role="Cashier"))
    one, three = [
        make_bill(*[make_item(f"WARD_{number}") for number in range(count)]) for count in (1, 3)
    ]
    client.get(form_of(one))  # what is looked up once per process

    few = rows.statements(lambda: client.get(form_of(one)))

    assert rows.statements(lambda: client.get(form_of(three))) == few
