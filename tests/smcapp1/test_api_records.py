"""Patients, catalogue, consultations and stock over REST."""

from datetime import timedelta

import pytest
from django.utils import timezone

from smcapp1.models import PatientProfile, Price
from tests.api import client_of, make_patient_user, post, problem_of
from tests.factories import ConsultationFactory, PatientFactory, make_drug, make_item, make_stock

ADA = {
    "first_name": "Ada",
    "last_name": "Obi",
    "date_of_birth": "1990-01-31",
    "sex": "F",
    "phone": "+234 800 0000",
}


@pytest.fixture
def desk(cashier):
    return client_of(cashier)


def test_a_patient_is_registered_with_a_number_from_the_system(desk):
    response = post(desk, "/api/patients/", {**ADA, "hospital_number": "HN1"}, key="a")
    again = post(desk, "/api/patients/", ADA, key="a")

    patient = PatientProfile.objects.get()
    body = {**ADA, "id": patient.pk, "hospital_number": patient.hospital_number}
    assert (response.status_code, response.json()) == (201, body)
    assert (again.status_code, again.json()) == (200, body)
    assert patient.hospital_number != "HN1"
    assert desk.get(f"/api/patients/{patient.pk}/").json() == body


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("first_name", ""),
        ("last_name", None),
        ("date_of_birth", "31/01/1990"),
        ("date_of_birth", "2999-01-01"),
        ("sex", "W"),
        ("sex", ""),
        ("phone", "1" * 41),
    ],
)
def test_bad_input_names_its_field(desk, field, value):
    response = post(desk, "/api/patients/", {**ADA, field: value})

    assert problem_of(response) == (400, "invalid-request")
    assert list(response.json()["errors"]) == [field]
    assert not PatientProfile.objects.exists()


def test_patients_are_found_by_number_name_and_phone(desk):
    ada = PatientFactory(first_name="Ada", last_name="Obi", phone="0801")
    ben = PatientFactory(first_name="Ben", last_name="Adams", phone="0999")

    def found(text):
        results = desk.get("/api/patients/", {"search": text}).json()["results"]
        return [one["id"] for one in results]

    assert found(ada.hospital_number) == [ada.pk]
    assert found("obi ada") == [ada.pk]
    assert found("ada") == [ben.pk, ada.pk]
    assert found("0999") == [ben.pk]
    assert found("%") == []
    assert found("nobody") == []


def test_a_search_that_cannot_be_read_names_its_field(desk):
    response = desk.get("/api/patients/?search=%00")

    assert problem_of(response) == (400, "invalid-request")
    assert list(response.json()["errors"]) == ["search"]


def test_a_cursor_that_is_none_is_not_found(desk):
    assert problem_of(desk.get("/api/patients/?cursor=nonsense")) == (404, "not-found")


def test_service_items_show_todays_price_and_what_is_in_stock(desk):
    drug = make_drug(price="2.50", holding=7, name="Paracetamol 500 mg")
    make_stock(drug, 9, days_left=-1, batch="OLD")
    scan = make_item("RADIOLOGY", "80.00", name="Chest X-ray")
    today = timezone.localdate()
    Price.objects.create(service_item=scan, unit_price="90.00", effective_from=today)
    Price.objects.create(
        service_item=scan, unit_price="99.00", effective_from=today + timedelta(days=1)
    )

    listed = desk.get("/api/service-items/").json()["results"]
    of_pharmacy = desk.get("/api/service-items/?department=PHARMACY&search=paracet").json()

    shown_drug = {
        "id": drug.pk,
        "code": drug.code,
        "name": "Paracetamol 500 mg",
        "department": "PHARMACY",
        "unit_price": "2.50",
        "stock_available": 7,
    }
    assert listed == [
        {
            "id": scan.pk,
            "code": scan.code,
            "name": "Chest X-ray",
            "department": "RADIOLOGY",
            "unit_price": "90.00",
            "stock_available": None,
        },
        shown_drug,
    ]
    assert of_pharmacy["results"] == [shown_drug]
    assert problem_of(desk.get("/api/service-items/?department=NOWHERE")) == (
        400,
        "invalid-request",
    )


def test_departments_are_listed(desk):
    make_item("RADIOLOGY")

    listed = desk.get("/api/departments").json()["results"]

    assert listed == [{"code": "RADIOLOGY", "name": "Radiology", "kind": "RADIOLOGY"}]


def test_a_consultation_is_opened_for_a_patient(desk):
    patient = PatientFactory()
    ConsultationFactory()

    response = post(desk, "/api/consultations/", {"patient_id": patient.pk}, key="c")
    again = post(desk, "/api/consultations/", {"patient_id": patient.pk}, key="c")

    body = response.json()
    assert response.status_code == 201
    assert (again.status_code, again.json()) == (200, body)
    assert body == {
        "id": body["id"],
        "patient_id": patient.pk,
        "opened_at": body["opened_at"],
        "status": "OPEN",
    }
    assert body["opened_at"].endswith("Z")
    listed = desk.get(f"/api/consultations/?patient_id={patient.pk}").json()["results"]
    assert listed == [body]


def test_a_consultation_for_nobody_is_not_found(desk):
    response = post(desk, "/api/consultations/", {"patient_id": 987654})

    assert problem_of(response) == (404, "not-found")


def test_stock_is_listed_by_batch(desk):
    drug = make_drug(holding=7)
    make_drug(holding=5)

    (batch,) = desk.get(f"/api/stock/?service_item_id={drug.pk}").json()["results"]

    assert batch == {
        "id": drug.batches.get().pk,
        "service_item_id": drug.pk,
        "batch_number": "B1",
        "expires_on": (timezone.localdate() + timedelta(days=365)).isoformat(),
        "quantity_on_hand": 7,
    }


def test_a_patient_sees_the_own_record_alone(db):
    user = make_patient_user()
    PatientFactory()

    (own,) = client_of(user).get("/api/patients/").json()["results"]

    assert own["id"] == user.patient.pk
