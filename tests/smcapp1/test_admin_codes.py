"""Codes at the desk: printed once, for the right purpose, by those who may."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from hospital.core.acts import Act
from smcapp1.models import PatientCode, PatientProfile
from smcapp1.services import claim_patient
from tests.admin_pages import open_form, page_of, signed_in, text_of
from tests.factories import PatientFactory, UserFactory
from tests.smcapp1.online import PASSWORD, make_code, make_online

LIST = reverse("admin:smcapp1_patientcode_changelist")


@pytest.fixture
def patient(db) -> PatientProfile:
    patient = PatientFactory(first_name="Ada", last_name="Obi")
    patient.refresh_from_db()
    return patient


def patient_page(patient):
    return page_of("smcapp1_patientprofile", patient.pk)


def code_page(patient):
    return reverse("admin:smcapp1_patientprofile_print_code", args=[patient.pk])


def printed(client, patient, key=""):
    return client.post(
        code_page(patient), {"one_time_key": key or open_form(client, code_page(patient))}
    )


def code_on(paper):
    return str(paper.context["code"])


def test_a_cashier_prints_a_code_that_opens_the_account(patient, cashier):
    paper = printed(signed_in(cashier), patient)

    words = text_of(paper)
    assert "Open an online account, for Ada Obi." in words
    assert f"Hospital number {patient.hospital_number} Code {code_on(paper)}" in words
    assert "http://testserver/accounts/claim/" in words
    assert "no-store" in paper["Cache-Control"]
    account = claim_patient(
        hospital_number=patient.hospital_number,
        code=code_on(paper),
        username="ada",
        password=PASSWORD,
        act=Act(cashier),
    )
    assert account.patient_id == patient.pk


def test_for_who_has_an_account_it_sets_a_password(cashier, db):
    paper = text_of(printed(signed_in(cashier), make_online()))

    assert "Set a new password, for" in paper
    assert "Username ada" in paper
    assert "/accounts/reset/" in paper


def test_the_paper_is_shown_once_and_the_history_says_who_printed_it(patient, cashier):
    client = signed_in(cashier)
    key = open_form(client, code_page(patient))
    code = code_on(printed(client, patient, key))

    again = printed(client, patient, key)

    assert (again.status_code, again["Location"]) == (
        302,
        patient_page(patient),
    )
    assert code not in text_of(client.get(again["Location"]))
    assert PatientCode.objects.count() == 1
    log = LogEntry.objects.get()
    assert (log.user, log.change_message) == (
        cashier,
        "A one-time code was printed: open an online account.",
    )


def test_for_staff_none_is_printed(cashier):
    staff = PatientFactory(user=UserFactory(role="Supervisor"))

    page = printed(signed_in(cashier), staff)

    assert "This patient signs in as staff" in text_of(page)
    assert PatientCode.objects.count() == 0


@pytest.mark.parametrize(
    ("role", "may"),
    [("Supervisor", True), ("Pharmacist", False), ("Accountant", False), ("Auditor", False)],
)
def test_who_prints_codes(patient, role, may):
    client = signed_in(UserFactory(role=role))

    offered = code_page(patient) in client.get(patient_page(patient)).content.decode()

    assert offered == may
    assert client.get(code_page(patient)).status_code == (200 if may else 403)


def test_the_list_says_who_printed_which_and_what_became_of_it_but_no_code(patient, cashier):
    code = make_code(patient)

    page = text_of(signed_in(UserFactory(role="Auditor")).get(LIST))

    assert f"{patient} Open an online account" in page
    assert "can be used until" in page
    assert code not in page


def test_a_patients_page_says_who_signed_up_online(cashier):
    patients = [PatientFactory(is_self_registered=is_so) for is_so in (True, False)]
    client = signed_in(cashier)

    pages = [text_of(client.get(patient_page(one))) for one in patients]

    assert ["· signed up online" in page for page in pages] == [True, False]
