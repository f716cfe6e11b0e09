"""Patients at the desk, through real requests."""

import re
from datetime import timedelta

from django.contrib.admin.models import LogEntry
from django.utils import timezone

from smcapp1.models import PatientProfile
from tests import rows
from tests.admin_pages import add_page, errors, open_form, page_of, said, signed_in
from tests.factories import PatientFactory, UserFactory

PATIENTS = "smcapp1_patientprofile"

ADA = {
    "first_name": "Ada",
    "last_name": "Obi",
    "date_of_birth": "1990-02-03",
    "sex": "F",
    "phone": "",
}


def test_a_patient_is_registered_once_and_gets_a_number(real_commits):
    client = signed_in(UserFactory(role="Cashier"))
    form = {**ADA, "one_time_key": open_form(client, add_page(PATIENTS))}

    first, second = client.post(add_page(PATIENTS), form), client.post(add_page(PATIENTS), form)

    patient = PatientProfile.objects.get()
    assert (first["Location"], second["Location"]) == (page_of(PATIENTS, patient.pk),) * 2
    assert patient.hospital_number.startswith("HN")
    assert said(client, first["Location"])[0] == (
        f"Ada Obi was registered as {patient.hospital_number}."
    )
    assert LogEntry.objects.count() == 1


def test_nobody_is_born_tomorrow(db):
    client = signed_in(UserFactory(role="Cashier"))
    key = open_form(client, add_page(PATIENTS))
    tomorrow = timezone.localdate() + timedelta(days=1)

    answer = client.post(
        add_page(PATIENTS), {**ADA, "date_of_birth": tomorrow.isoformat(), "one_time_key": key}
    )

    assert errors(answer) == {"date_of_birth": ["A date of birth cannot lie in the future."]}
    assert PatientProfile.objects.count() == 0


def seen(patient: PatientProfile) -> dict[str, str]:
    """Return what a patient's form carries along: what stood in its fields when it was shown."""
    return {
        "initial-first_name": patient.first_name,
        "initial-last_name": patient.last_name,
        "initial-phone": patient.phone,
    }


def test_names_and_phone_change_and_nothing_else(real_commits):
    patient = PatientFactory(sex="F")
    login = UserFactory(is_staff=False, role="Patient")
    born = patient.date_of_birth
    client = signed_in(UserFactory(role="Cashier"))

    client.post(
        page_of(PATIENTS, patient.pk),
        {
            **seen(patient),
            "first_name": "Ada",
            "last_name": "Obi",
            "phone": "0800",
            "sex": "M",
            "date_of_birth": "1900-01-01",
            "hospital_number": "HN9",
            "user": login.pk,
        },
    )

    number = patient.hospital_number
    patient.refresh_from_db()
    assert (patient.full_name, patient.phone) == ("Ada Obi", "0800")
    assert (patient.sex, patient.date_of_birth, patient.user) == ("F", born, None)
    assert patient.hospital_number != "HN9"
    assert number is not None


def test_a_form_from_before_somebody_elses_change_is_refused_and_keeps_theirs(real_commits):
    patient = PatientFactory(first_name="Ada", last_name="Obi", phone="0800")
    client, page = signed_in(UserFactory(role="Cashier")), page_of(PATIENTS, patient.pk)
    stale = {**seen(patient), "first_name": "Ada", "last_name": "Obi-Eze", "phone": "0800"}
    client.post(page, {**stale, "first_name": "Adaeze", "last_name": "Obi"})
    before = rows.everything()

    answer = client.post(page, stale)

    assert errors(answer) == {
        "__all__": ["Somebody changed this patient in the meantime. Open the page again and look."]
    }
    assert rows.everything() == before
    assert PatientProfile.objects.get().full_name == "Adaeze Obi"


def test_the_form_of_a_patient_carries_along_what_stood_in_it(db):
    patient = PatientFactory(first_name="Ada", last_name="Obi", phone="0800")
    client = signed_in(UserFactory(role="Cashier"))

    page = client.get(page_of(PATIENTS, patient.pk)).content.decode()

    hidden = re.findall(r'<input type="hidden" name="(initial-\w+)" value="([^"]*)"', page)
    assert dict(hidden) == seen(patient)


def test_a_form_that_does_not_say_what_it_showed_changes_nothing(db):
    patient = PatientFactory(first_name="Ada", last_name="Obi")
    client = signed_in(UserFactory(role="Cashier"))

    client.post(
        page_of(PATIENTS, patient.pk), {"first_name": "Eve", "last_name": "Obi", "phone": ""}
    )

    patient.refresh_from_db()
    assert patient.first_name == "Ada"
