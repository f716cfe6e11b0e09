"""Payers over REST: shapes, codes, keys, pages that cost the same, files."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from invoicing_app.payers.models import Claim
from tests.api import client_as, client_of, make_patient_user, post, problem_of
from tests.factories import DepartmentFactory, PatientFactory
from tests.invoicing_app.payers.desk import (
    cover,
    covered_bill,
    make_claim,
    make_payer,
    remit,
    send,
    sent_claim,
)
from tests.rows import statements

pytestmark = pytest.mark.usefixtures("db")

TODAY = str(timezone.localdate())


@pytest.fixture
def accountant(db):
    return client_as("Accountant")


def test_a_payer_is_added_renamed_and_told_what_it_covers(accountant):
    DepartmentFactory(code="PHARMACY")
    body = {"code": "AXA", "name": "AXA", "kind": "HMO"}

    added = post(accountant, "/api/payers/", body, "k")
    again = post(accountant, "/api/payers/", body, "k")
    payer = added.json()["id"]
    changes = {"name": "AXA Mansard", "kind": "INSURER", "is_active": True}
    post(accountant, f"/api/payers/{payer}/change/", changes)
    terms = {
        "department": "PHARMACY",
        "percent": "80",
        "limit_amount": "5000",
        "limit_per": "YEAR",
    }
    told = post(accountant, f"/api/payers/{payer}/covers/", terms)

    assert (added.status_code, again.status_code) == (201, 200)
    assert again["Idempotent-Replayed"] == "true"
    expected = {
        "id": payer,
        "code": "AXA",
        "name": "AXA Mansard",
        "kind": "INSURER",
        "is_active": True,
        "covers": [
            {
                "department": "PHARMACY",
                "percent": "80.00",
                "limit_amount": "5000.00",
                "limit_per": "YEAR",
                "is_active": True,
            }
        ],
    }
    assert (told.status_code, told.json()) == (200, expected)
    assert accountant.get("/api/payers/").json()["results"] == [expected]
    other = {**body, "name": "Other"}
    assert problem_of(post(accountant, "/api/payers/", other)) == (409, "payer-exists")


def test_a_cover_is_recorded_listed_and_ended():
    desk, patient, payer = client_as("Cashier"), PatientFactory(), make_payer()
    path = f"/api/patients/{patient.pk}/covers/"
    body = {"payer_id": payer.pk, "member_number": "A/17", "valid_from": "2026-01-01"}

    recorded = post(desk, path, body)
    ended = post(desk, f"{path}{recorded.json()['id']}/end/", {"last_day": "2026-06-30"})

    assert (recorded.status_code, ended.status_code) == (201, 200)
    (listed,) = desk.get(path).json()["results"]
    created_at = listed.pop("created_at")
    assert created_at.endswith("Z")
    assert listed == {
        "id": recorded.json()["id"],
        "patient_id": patient.pk,
        "payer": "AXA",
        "payer_name": "AXA Health",
        "member_number": "A/17",
        "valid_from": "2026-01-01",
        "valid_until": "2026-06-30",
    }
    overlapping = {**body, "valid_from": "2026-06-30"}
    assert problem_of(post(desk, path, overlapping)) == (409, "already-covered")
    other = f"/api/patients/{PatientFactory().pk}/covers/{listed['id']}/end/"
    assert problem_of(post(desk, other, {"last_day": TODAY})) == (404, "not-found")


def test_a_patient_sees_the_own_covers():
    user = make_patient_user()
    cover(make_payer(), user.patient)

    own = client_of(user).get(f"/api/patients/{user.patient.pk}/covers/")

    assert [one["payer"] for one in own.json()["results"]] == ["AXA"]


def test_a_bill_and_its_payment_show_both_shares():
    desk, bill = client_as("Cashier"), covered_bill(make_payer(PROCEDURE="80"), "100.00")

    shown = desk.get(f"/invoicing_app/consultations/{bill.pk}/bill/").json()
    body = {
        "consultation_id": bill.pk,
        "department": "ALL",
        "payment_method": "CASH",
        "amount_paid": "20.00",
    }
    paid = post(desk, "/invoicing_app/payments/create/", body)

    assert (shown["total_due"], shown["payer"], shown["payer_total"]) == ("20.00", "AXA", "80.00")
    (item,) = shown["items"]
    assert (item["line_total"], item["payer_share"], item["patient_due"]) == (
        "100.00",
        "80.00",
        "20.00",
    )
    assert (paid.status_code, paid.json()["items"][0]["payer_share"]) == (201, "80.00")


def test_claims_are_sent_in_a_batch_with_a_file(accountant):
    payer = make_payer(PROCEDURE="80")
    claim = make_claim(payer)
    body = {"payer_id": payer.pk, "period_from": TODAY, "period_to": TODAY}

    made = post(accountant, "/invoicing_app/claim-batches/", body)
    batch = made.json()
    file = accountant.get(
        f"/invoicing_app/claim-batches/{batch['id']}/csv/", headers={"Accept": "text/csv"}
    )

    assert made.status_code == 201
    assert {**batch, "id": 0, "created_at": ""} == {
        "id": 0,
        "number": "AXA-0001",
        "payer": "AXA",
        "period_from": TODAY,
        "period_to": TODAY,
        "claims": 1,
        "total_amount": "80.00",
        "created_at": "",
    }
    assert accountant.get("/invoicing_app/claim-batches/").json()["results"] == [batch]
    assert accountant.get(f"/invoicing_app/claim-batches/{batch['id']}/").json() == batch
    headings, line = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
    assert headings.startswith("batch,claim,member number,patient,name,date")
    patient = claim.cover.patient
    assert line.split(",")[:5] == [
        "AXA-0001",
        str(claim.pk),
        "M-1",
        patient.hospital_number,
        f"{patient.first_name} {patient.last_name}",
    ]
    assert line.endswith(",100.00,0.00,20.00,80.00,0.00,80.00")
    assert file["Content-Disposition"] == 'attachment; filename="claims-AXA-0001.csv"'
    again = problem_of(post(accountant, "/invoicing_app/claim-batches/", body))
    assert again == (409, "nothing-to-claim")
    missing = accountant.get("/invoicing_app/claim-batches/99/csv/", headers={"Accept": "text/csv"})
    assert problem_of(missing) == (404, "not-found")


def test_what_a_payer_paid_is_recorded_and_shown_at_the_claim(accountant):
    payer = make_payer(PROCEDURE="80")
    claim = sent_claim(payer)
    body = {
        "payer_id": payer.pk,
        "reference": "TRF 17",
        "amount": "50.00",
        "received_on": TODAY,
        "allocations": [{"claim_id": claim.pk, "amount": "50.00"}],
    }

    recorded = post(accountant, "/invoicing_app/remittances/", body, "k")
    again = post(accountant, "/invoicing_app/remittances/", body, "k")

    assert (recorded.status_code, again.status_code, again.json()) == (201, 200, recorded.json())
    assert recorded.json()["allocations"] == [
        {"claim_id": claim.pk, "amount": "50.00", "open": "30.00"}
    ]
    assert accountant.get("/invoicing_app/remittances/").json()["results"] == [recorded.json()]
    shown = accountant.get(f"/invoicing_app/claims/{claim.pk}/").json()
    assert (shown["amount"], shown["settled_amount"], shown["open"], shown["settlements"]) == (
        "80.00",
        "50.00",
        "30.00",
        [
            {
                "kind": "REMITTED",
                "amount": "50.00",
                "business_date": TODAY,
                "remittance_id": recorded.json()["id"],
                "short_payment_id": None,
            }
        ],
    )
    part = {"claim_id": claim.pk, "amount": "30.00"}
    short = {**body, "reference": "TRF 18", "amount": "30.01", "allocations": [part]}
    assert problem_of(post(accountant, "/invoicing_app/remittances/", short)) == (
        422,
        "allocation-differs",
    )


def test_what_is_left_is_billed_back_and_written_off_by_two(accountant):
    claim = sent_claim(make_payer(PROCEDURE="80"))
    path = f"/invoicing_app/claims/{claim.pk}"
    boss = client_as("Supervisor")

    billed = post(accountant, f"{path}/bill-patient/", {"amount": "30.00", "reason": "Not covered"})
    asked = post(accountant, f"{path}/write-off/", {"amount": "50.00", "reason": "Late"})
    named = {"write_off_id": asked.json()["id"]}
    done = post(boss, f"{path}/write-off/approve/", named)

    assert (billed.status_code, billed.json()["claim_open"]) == (201, "50.00")
    assert (asked.status_code, asked.json()["status"]) == (201, "REQUESTED")
    assert (done.status_code, done.json()) == (
        200,
        {**asked.json(), "status": "APPROVED", "claim_open": "0.00"},
    )
    assert problem_of(post(boss, f"{path}/write-off/approve/", named)) == (
        409,
        "write-off-decided",
    )


def test_receivables_by_age(accountant):
    sent_claim(make_payer(PROCEDURE="80"))
    yesterday = timezone.localdate() - timedelta(days=1)

    shown = accountant.get("/invoicing_app/receivables/").json()
    before = accountant.get("/invoicing_app/receivables/", {"day": str(yesterday)}).json()

    assert shown == {
        "day": TODAY,
        "payers": [
            {
                "payer": "AXA",
                "name": "AXA Health",
                "claims": 1,
                "ages": [
                    {"age": "0 to 30 days", "amount": "80.00"},
                    {"age": "31 to 60 days", "amount": "0.00"},
                    {"age": "61 to 90 days", "amount": "0.00"},
                    {"age": "Older", "amount": "0.00"},
                ],
                "total": "80.00",
            }
        ],
        "total": "80.00",
    }
    assert before == {"day": str(yesterday), "payers": [], "total": "0.00"}


@pytest.mark.parametrize(
    ("narrowed", "number"),
    [
        ({}, 3),
        ({"is_open": "true"}, 2),
        ({"is_open": "false"}, 1),
        ({"is_sent": "true"}, 2),
        ({"is_sent": "false"}, 1),
        ({"payer_id": 0}, 0),
    ],
)
def test_claims_are_narrowed(accountant, narrowed, number):
    payer = make_payer(PROCEDURE="80")
    paid, _ = make_claim(payer), make_claim(payer)
    send(payer)
    make_claim(payer)
    remit(payer, (paid, "80.00"))

    found = accountant.get("/invoicing_app/claims/", narrowed).json()["results"]

    assert len(found) == number


@pytest.mark.parametrize("listed", ["claims", "claim-batches", "remittances"])
def test_a_list_costs_no_more_with_three_rows_than_with_one(accountant, listed):
    payer = make_payer(PROCEDURE="80")

    def grow(reference):
        claim = sent_claim(payer)
        remit(payer, (claim, "5.00"), reference=reference)

    def look():
        assert accountant.get(f"/invoicing_app/{listed}/").status_code == 200

    grow("R-1")
    look()
    few = statements(look)
    grow("R-2"), grow("R-3")

    assert statements(look) == few


BAD_BODIES = [
    ("/api/payers/", {"code": "AXA"}, ["kind", "name"]),
    ("/invoicing_app/claim-batches/", {"payer_id": 1, "period_from": "x"}, None),
    ("/invoicing_app/remittances/", {"payer_id": 1, "amount": "1.001"}, None),
]


@pytest.mark.parametrize(("path", "body", "fields"), BAD_BODIES)
def test_a_body_that_is_none_names_its_fields(accountant, path, body, fields):
    response = post(accountant, path, body)

    assert problem_of(response) == (400, "invalid-request")
    assert fields is None or sorted(response.json()["errors"]) == fields


def test_amounts_of_a_claim_are_what_its_payment_says(accountant):
    claim = make_claim(make_payer(PROCEDURE="80"))

    assert Claim.objects.get().amount == Decimal("80.00")
    shown = accountant.get("/invoicing_app/claims/").json()["results"][0]
    assert (shown["id"], shown["claimed_amount"], shown["batch_id"]) == (claim.pk, None, None)
