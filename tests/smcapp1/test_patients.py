"""Registering patients, and the numbers that the database gives them."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from hospital.core.acts import Act
from hospital.core.errors import InvalidRequest, KeyReused, NotFound
from smcapp1.errors import PatientChanged
from smcapp1.models import PatientProfile
from smcapp1.services import Registered, change_patient, register_patient
from tests.databases import owner_cursor
from tests.factories import PatientFactory
from tests.rows import everything

ADA: dict[str, Any] = {
    "first_name": "Ada",
    "last_name": "Obi",
    "date_of_birth": date(1990, 5, 17),
    "sex": "F",
    "phone": "+234 800 1234567",
}


def test_a_registered_patient_has_a_number_and_what_was_told(cashier):
    registered = register_patient(**ADA, act=Act(cashier))

    stored = PatientProfile.objects.get()
    assert registered == Registered(stored, replayed=False)
    assert registered.patient.hospital_number == stored.hospital_number
    assert {name: getattr(stored, name) for name in ADA} == ADA
    assert (stored.user, stored.external_id) == (None, None)


def test_a_phone_may_be_left_out(cashier):
    told = {name: value for name, value in ADA.items() if name != "phone"}

    registered = register_patient(**told, act=Act(cashier))

    assert registered.patient.phone == ""


def test_somebody_born_today_can_be_registered(cashier):
    today = timezone.localdate()

    registered = register_patient(**{**ADA, "date_of_birth": today}, act=Act(cashier))

    assert registered.patient.date_of_birth == today


def test_the_same_key_gives_the_same_patient_and_registers_nobody(cashier):
    first = register_patient(**ADA, act=Act(cashier, "tap-1"))
    before = everything()

    again = register_patient(**ADA, act=Act(cashier, "tap-1"))

    assert again == Registered(first.patient, replayed=True)
    assert everything() == before


def test_two_patients_may_be_told_alike(cashier):
    patients = {register_patient(**ADA, act=Act(cashier)).patient for _ in range(2)}

    assert len(patients) == 2


def test_somebody_born_tomorrow_is_refused_without_a_trace(cashier):
    tomorrow = timezone.localdate() + timedelta(days=1)
    before = everything()

    with pytest.raises(InvalidRequest) as refusal:
        register_patient(**{**ADA, "date_of_birth": tomorrow}, act=Act(cashier, "tap-1"))

    assert list(refusal.value.facts["errors"]) == ["date_of_birth"]
    assert everything() == before


@pytest.mark.parametrize(
    "other",
    [
        {"first_name": "Ada M."},
        {"last_name": "Obi-Eze"},
        {"date_of_birth": date(1990, 5, 18)},
        {"sex": "U"},
        {"phone": ""},
    ],
    ids=str,
)
def test_the_same_key_with_another_fact_is_refused(cashier, other):
    register_patient(**ADA, act=Act(cashier, "tap-1"))
    before = everything()

    with pytest.raises(KeyReused):
        register_patient(**{**ADA, **other}, act=Act(cashier, "tap-1"))

    assert everything() == before


# Hospital numbers


@pytest.mark.usefixtures("db")
def test_the_database_issues_hospital_numbers_one_after_the_other():
    first, second = PatientFactory(), PatientFactory()

    assert re.fullmatch("HN[0-9]{7}", first.hospital_number)
    assert int(second.hospital_number[2:]) == int(first.hospital_number[2:]) + 1


@pytest.mark.usefixtures("db")
def test_patients_made_in_bulk_get_numbers_of_their_own():
    wanted = [PatientFactory.build() for _ in range(5)]

    made = PatientProfile.objects.bulk_create(wanted)

    stored = PatientProfile.objects.order_by("pk").values_list("hospital_number", flat=True)
    assert [patient.hospital_number for patient in made] == list(stored)
    assert len(set(stored)) == 5


@pytest.mark.usefixtures("db")
def test_a_patient_written_in_plain_sql_gets_a_number():
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO smcapp1_patientprofile"
            " (first_name, last_name, date_of_birth, sex, phone, registered_at)"
            " VALUES ('Ada', 'Obi', '1990-05-17', 'F', '', now()) RETURNING hospital_number"
        )
        (number,) = cursor.fetchone()

    assert re.fullmatch("HN[0-9]{7}", number)


def test_hospital_numbers_grow_beyond_seven_digits(real_commits):
    with owner_cursor(real_commits) as cursor:
        cursor.execute("SELECT setval('smcapp1_hospital_number', 9999999, false)")

    numbers = [PatientFactory().hospital_number for _ in range(2)]

    assert numbers == ["HN9999999", "HN10000000"]


@pytest.mark.usefixtures("db")
def test_a_patient_changes_where_they_were_read_as_they_are():
    patient = PatientFactory(first_name="Ada", last_name="Obi", phone="0800")

    changed = change_patient(
        patient_id=patient.pk,
        seen={"first_name": "Ada", "last_name": "Obi", "phone": "0800"},
        wanted={"last_name": "Eze"},
    )

    assert changed == PatientProfile.objects.get()
    assert (changed.full_name, changed.phone) == ("Ada Eze", "0800")


@pytest.mark.usefixtures("db")
def test_a_change_over_somebody_elses_is_refused_and_leaves_no_trace():
    patient = PatientFactory(first_name="Ada", last_name="Obi")
    before = everything()

    with pytest.raises(PatientChanged):
        change_patient(
            patient_id=patient.pk,
            seen={"first_name": "Ada", "last_name": "Obie"},
            wanted={"first_name": "Adaeze"},
        )

    assert everything() == before


@pytest.mark.usefixtures("db")
def test_a_patient_who_does_not_exist_is_not_changed():
    with pytest.raises(NotFound):
        change_patient(patient_id=0, seen={}, wanted={"first_name": "Ada"})
