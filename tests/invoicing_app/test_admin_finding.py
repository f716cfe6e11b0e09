"""The desk's search for patients: what it shows, to whom, and what it costs."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from smcapp1.models import Consultation
from tests.admin_pages import page_of, signed_in, text_of
from tests.factories import (
    PatientFactory,
    UserFactory,
    add_to_bill,
    make_bill,
    make_item,
    make_wallet,
)
from tests.rows import statements

FIND = "/admin/smcapp1/patientprofile/find/"
PATIENTS = "smcapp1_patientprofile"


def listed(client: Client, text: str, **more: Any) -> list[str]:
    """Return the words of each patient that the list of the search shows."""
    html = client.get(FIND, {"q": text, "part": "list", **more}).content.decode()
    found = re.findall(r'<a class="found-one".*?</a>', html, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", one).split()) for one in found]


def test_a_patient_is_shown_with_number_birth_phone_due_and_balance(db):
    ada = PatientFactory(
        first_name="Ada", last_name="Obi", date_of_birth="1990-02-03", phone="+234 801 5550000"
    )
    make_wallet(patient=ada, holding="1250.00")
    for price in ("700.00", "1000.50"):
        make_bill(make_item(price=price), patient=ada)
    closed = make_bill(make_item(price="9.00"), patient=ada)
    Consultation.objects.filter(pk=closed.pk).update(status="CLOSED")
    ada.refresh_from_db()

    assert listed(signed_in(UserFactory(role="Cashier")), "obi ada") == [
        f"Ada Obi {ada.hospital_number} · born 3 Feb 1990 · +234 801 5550000 "
        "Due NGN 1,700.50 Wallet NGN 1,250.00"
    ]


@pytest.mark.parametrize(
    ("act", "page"),
    [
        ("", "/admin/smcapp1/patientprofile/{}/change/"),
        ("deposit", "/admin/client_wallet/walletdeposit/add/?patient={}"),
        ("payment", "/admin/invoicing_app/depositreceiving/add/?patient={}"),
        ("nonsense", "/admin/smcapp1/patientprofile/{}/change/"),
    ],
)
def test_the_way_from_a_patient_leads_to_the_act_that_was_begun(db, act, page):
    ada = PatientFactory(first_name="Ada")
    client = signed_in(UserFactory(role="Cashier"))

    html = client.get(FIND, {"q": "ada", "act": act}).content.decode()

    assert f'href="{page.format(ada.pk)}"' in html


def test_whoever_has_the_typed_number_comes_first(db):
    other = PatientFactory(first_name="Aaron", last_name="Abel", phone="")
    wanted = PatientFactory(first_name="Zoe", last_name="Zuma")
    wanted.refresh_from_db()
    other.phone = wanted.hospital_number.removeprefix("HN").lstrip("0").rjust(3, "9") * 2
    other.save(update_fields=["phone"])

    first = listed(signed_in(UserFactory(role="Cashier")), wanted.hospital_number)[0]

    assert first.startswith(f"Zoe Zuma {wanted.hospital_number}")


def test_ten_are_shown_and_the_way_to_the_others(db):
    client = signed_in(UserFactory(role="Cashier"))
    for number in range(10):
        PatientFactory(first_name="Ada", last_name=f"Obi{number}")
    ten = client.get(FIND, {"q": "ada"}).content.decode()
    PatientFactory(first_name="Ada", last_name="Obi")

    eleven = client.get(FIND, {"q": "ada"}).content.decode()

    more = f'href="{reverse(f"admin:{PATIENTS}_changelist")}?q=ada"'
    assert len(listed(client, "ada")) == 10
    assert (more in ten, more in eleven) == (False, True)


@pytest.mark.parametrize("text", ["nobody", "<b>nobody</b>", "\0", "x" * 500])
def test_nobody_found_says_what_to_do(db, text):
    answer = signed_in(UserFactory(role="Cashier")).get(FIND, {"q": text})

    assert "No patient is found by" in text_of(answer)
    assert "Register a new patient" in text_of(answer)
    assert "<b>nobody" not in answer.content.decode()


def test_nothing_typed_finds_nobody_and_asks(db):
    PatientFactory()

    answer = signed_in(UserFactory(role="Cashier")).get(FIND)

    assert "found-one" not in answer.content.decode()
    assert "No patient is found" not in text_of(answer)


def test_the_search_without_its_script_is_a_page_of_its_own(db):
    ada = PatientFactory(first_name="Ada")
    client = signed_in(UserFactory(role="Cashier"))

    page = client.get(FIND, {"q": "ada"}).content.decode()

    assert f'<form class="find-patient" action="{FIND}" method="get"' in page
    assert f'href="{page_of(PATIENTS, ada.pk)}"' in page
    assert "<html" in page
    assert "<html" not in client.get(FIND, {"q": "ada", "part": "list"}).content.decode()


@pytest.mark.parametrize("role", ["Pharmacist", "Laboratory"])
def test_who_may_not_see_wallets_finds_patients_without_them(db, role):
    make_wallet(patient=PatientFactory(first_name="Ada"), holding="7.00")

    (ada,) = listed(signed_in(UserFactory(role=role)), "ada")

    assert ("Due NGN 0.00" in ada, "Wallet" in ada) == (True, False)


def test_only_staff_who_may_see_patients_search(db):
    found = {
        "nobody": Client().get(FIND).status_code,
        "patient": signed_in(UserFactory(is_staff=False, role="Patient")).get(FIND).status_code,
        "no role": signed_in(UserFactory()).get(FIND).status_code,
        "auditor": signed_in(UserFactory(role="Auditor")).get(FIND).status_code,
    }

    assert found == {"nobody": 302, "patient": 302, "no role": 403, "auditor": 200}


def test_the_search_costs_the_same_for_one_patient_and_for_three(db):
    client = signed_in(UserFactory(role="Cashier"))

    def one_more() -> None:
        patient = make_wallet(patient=PatientFactory(first_name="Ada"), holding="5.00").patient
        add_to_bill(make_bill(make_item(), patient=patient), make_item())

    one_more()
    listed(client, "ada")  # what is looked up once per process
    few = statements(lambda: listed(client, "ada"))
    one_more()
    one_more()

    assert statements(lambda: listed(client, "ada")) == few
    assert len(listed(client, "ada")) == 3
