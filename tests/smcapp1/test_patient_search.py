"""Which patients a typed text finds, however it is spaced, ordered or cased."""

import pytest
from django.db import connection

from smcapp1.models import PatientProfile
from smcapp1.patient_search import exact_hospital_number
from tests.factories import PatientFactory


@pytest.fixture
def ada(db: None) -> PatientProfile:
    """Ada among others whose numbers and names are near hers."""
    PatientFactory(first_name="Ben", last_name="Eze", phone="+234 809 5550000")
    ada = PatientFactory(first_name="Ada Ngozi", last_name="O'Brien-Obi", phone="+234 801 5550000")
    PatientFactory(first_name="Adamu", last_name="Bello", phone="")
    ada.refresh_from_db()
    return ada


@pytest.mark.parametrize(
    "text",
    ["ada obi", "OBI ada", "  ngozi   o'brien ", "+234 801 5550000", "+2348015550000"]
    + ["08015550000", "0801 555 0000", "(0801) 555-0000", "8015550", "00234 801 5550000"]
    + ["obi 0801", "obi 801", "obi +234"],
)
def test_a_patient_is_found_by_names_and_phone(ada, text):
    assert list(PatientProfile.objects.found_by(text)) == [ada]


def test_a_local_phone_is_found_by_its_international_form(db):
    ben = PatientFactory(phone="0801-555-0000")
    PatientFactory(phone="0802-555-0000")

    assert list(PatientProfile.objects.found_by("+234 801 555 0000")) == [ben]


def test_a_hospital_number_is_found_with_and_without_its_letters_and_zeros(ada):
    number = ada.hospital_number
    short = number.removeprefix("HN").lstrip("0")

    found = [
        ada in PatientProfile.objects.found_by(text)
        for text in (number, number.lower(), number.removeprefix("HN"), short, f"hn{short}")
    ]

    assert found == [True] * 5


@pytest.mark.parametrize("text", ["obi ben", "%", "_", "\\", "obi\0", "ada 0809", "²"])
def test_what_no_patient_has_finds_nobody(ada, text):
    assert list(PatientProfile.objects.found_by(text)) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", "HN0000012"), ("HN12", "HN0000012"), (" hn0000012 ", "HN0000012")]
    + [("0", None), ("ada", None), ("12345678", None), ("+234 801 5550000", None), ("", None)],
)
def test_what_can_be_one_hospital_number_is_told(text, number):
    assert exact_hospital_number(text) == number


@pytest.mark.parametrize("text", ["obi ngozi", "HN0000012", "0801 555 0000", "obi 0801", "o'brien"])
def test_the_search_goes_along_its_index(db, text):
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_extension WHERE extname = 'pg_trgm'")
        if cursor.fetchone() is None:
            pytest.skip("this PostgreSQL has no pg_trgm: the search reads every patient")
        cursor.execute("SET LOCAL enable_seqscan = off")  # a table of few rows is read whole

    plan = PatientProfile.objects.found_by(text).explain()

    assert "patient_by_trigrams" in plan
    assert "Seq Scan" not in plan
