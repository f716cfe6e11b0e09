"""From a batch to the patients and receipts it went to: on the page, over REST, as CSV."""

from typing import Any

import pytest
from django.urls import reverse

from invoicing_app.owed import bring_back, take_back
from invoicing_app.recalls import HEADINGS
from smcapp1.models import StockBatch
from tests.admin_pages import signed_in, text_of
from tests.api import client_as, problem_of
from tests.factories import PatientFactory, UserFactory, make_drug, make_stock
from tests.invoicing_app.stock.drugs import hand_out, paid_drug
from tests.rows import statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch():
    drug = make_drug(name="Amoxicillin")
    make_stock(drug, 100, batch="CX-17")
    return StockBatch.objects.get()


def facts(item, **counts):
    patient = item.consultation.patient
    return {
        "bill_item_id": item.pk,
        "consultation_id": item.consultation_id,
        "patient_id": patient.pk,
        "hospital_number": patient.hospital_number,
        "patient": patient.full_name,
        "phone": patient.phone,
        "receipt_number": item.receipt_number,
        **counts,
    }


def shown(row):
    return {name: value for name, value in row.items() if name not in {"id", "dispensed_at"}}


def test_a_recall_names_everybody_who_got_some_and_where_it_is(batch):
    other = make_drug(holding=5)
    one, two = paid_drug(10, batch.service_item), paid_drug(4, batch.service_item)
    paid_drug(1, other)
    hand_out(one, 6)
    bring_back({one.pk: 2})
    take_back({two.pk: 4})

    found = client_as("Pharmacist").get(f"/api/stock/batches/{batch.pk}/recall/").json()["results"]

    none = {"handed_out": 0, "owed": 0, "taken_back": 0, "brought_back": 0, "in_hands": 0}
    assert [shown(row) for row in found] == [
        facts(two, **{**none, "dispensed": 4, "taken_back": 4}),
        facts(
            one,
            dispensed=10,
            handed_out=6,
            owed=4,
            taken_back=0,
            brought_back=2,
            in_hands=4,
        ),
    ]


def test_the_file_has_the_same_and_no_formula(batch):
    patient = PatientFactory(first_name="=1+1", last_name="Sule", phone="+234 1")
    item = paid_drug(3, batch.service_item, patient)

    file: Any = client_as("Auditor").get(f"/api/stock/batches/{batch.pk}/recall/csv/")
    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()

    assert file["Content-Disposition"] == f'attachment; filename="recall-{batch.pk}-CX-17.csv"'
    assert lines[0] == ",".join(HEADINGS)
    assert lines[1].startswith(
        f"{patient.hospital_number},'=1+1 Sule,'+234 1,{item.receipt_number}"
    )
    assert lines[1].endswith(",3,0,3,0,0,0")


def test_the_page_shows_it_and_leads_to_the_file(batch):
    item = paid_drug(3, batch.service_item)
    hand_out(item, 2)
    url = reverse("admin:smcapp1_stockbatch_recall", args=[batch.pk])
    client = signed_in(UserFactory(role="Pharmacist"))

    page = text_of(client.get(url))

    assert "Still on the shelf 97 In patients’ hands 2 Paid, not handed out yet 1" in page
    assert item.consultation.patient.full_name in page
    assert item.receipt_number in page
    file: Any = client.get(f"{url}?as=csv")
    assert file["Content-Type"] == "text/csv; charset=utf-8"
    assert item.receipt_number in b"".join(file.streaming_content).decode()


def test_a_batch_that_nobody_got_says_so(batch):
    url = reverse("admin:smcapp1_stockbatch_recall", args=[batch.pk])

    page = text_of(signed_in(UserFactory(role="Auditor")).get(url))

    assert "Nobody got any of this batch." in page


def test_a_batch_that_is_not_there_is_not_found():
    client = client_as("Auditor")

    assert problem_of(client.get("/api/stock/batches/999999/recall/")) == (404, "not-found")
    assert problem_of(client.get("/api/stock/batches/999999/recall/csv/")) == (404, "not-found")


def test_the_queries_do_not_grow_with_the_rows(batch):
    client, desk = client_as("Auditor"), signed_in(UserFactory(role="Auditor"))
    url = reverse("admin:smcapp1_stockbatch_recall", args=[batch.pk])
    paid_drug(1, batch.service_item)
    few = statements(lambda: client.get(f"/api/stock/batches/{batch.pk}/recall/"))
    few_on_the_page = statements(lambda: desk.get(url))
    paid_drug(1, batch.service_item)
    paid_drug(1, batch.service_item)

    assert statements(lambda: client.get(f"/api/stock/batches/{batch.pk}/recall/")) == few
    assert statements(lambda: desk.get(url)) == few_on_the_page
