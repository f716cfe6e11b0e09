"""The pharmacy's window: paid drugs wait, and are handed out through real requests."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from hospital.core.acts import Act
from invoicing_app.hand_outs import hand_out_drugs
from invoicing_app.models import BillItem, DrugHandOut
from tests import rows
from tests.admin_pages import said, signed_in, text_of
from tests.factories import (
    PatientFactory,
    UserFactory,
    add_to_bill,
    make_bill,
    make_drug,
    make_item,
    make_stock,
)
from tests.invoicing_app.desk import items_of, pay

WAITING = reverse("admin:invoicing_app_drughandout_waiting")
HANDED_OUT = reverse("admin:invoicing_app_drughandout_changelist")


@pytest.fixture
def pharmacist(db):
    return UserFactory(role="Pharmacist")


def paid_bill(*drugs, **patient):
    bill = make_bill(*(drugs or [make_drug(holding=50)]), patient=PatientFactory(**patient))
    pay(bill, UserFactory(role="Cashier"), "CASH", "5000.00")
    return bill


def waiting_on(page):
    return [
        (visit.consultation.pk, [drug.item for drug in visit.drugs])
        for visit, _ in page.context["visits"]
    ]


def form_of(page, bill, *items) -> dict[str, Any]:
    """Return what the button of a visit sends, with these items left checked."""
    (key,) = [key for visit, key in page.context["visits"] if visit.consultation.pk == bill.pk]
    return {"consultation": bill.pk, "one_time_key": key, "items": [item.pk for item in items]}


def test_paid_drugs_wait_visit_by_visit_longest_first(pharmacist):
    first, second = paid_bill(), make_bill(make_drug(holding=5), make_item("LABORATORY"))
    third = paid_bill(make_drug(holding=9), make_drug(holding=9))
    pay(second, UserFactory(role="Cashier"), "CASH", "200.00")
    (unpaid,) = add_to_bill(first, make_drug(holding=5))

    page = signed_in(pharmacist).get(WAITING)

    assert waiting_on(page) == [
        (first.pk, items_of(first)[:1]),
        (third.pk, items_of(third)),
        (second.pk, items_of(second)[:1]),
    ]
    assert unpaid.status == "UNPAID"


def test_each_drug_names_the_batches_to_take_it_from(pharmacist):
    drug = make_drug(name="Amoxicillin")
    make_stock(drug, 2, days_left=20, batch="OLD")
    make_stock(drug, 9, days_left=200, batch="NEW")
    paid_bill((drug, 5))

    page = text_of(signed_in(pharmacist).get(WAITING))

    assert "5 × Amoxicillin 2 from OLD, expires" in page
    assert "3 from NEW, expires" in page


def test_a_batch_that_expired_meanwhile_is_marked(pharmacist, monkeypatch):
    drug = make_drug()
    make_stock(drug, 2, days_left=1, batch="OLD")
    paid_bill((drug, 1))
    later = timezone.localdate() + timedelta(days=2)
    monkeypatch.setattr("invoicing_app.admin.pharmacy.timezone.localdate", lambda: later)

    assert "1 from OLD, expired" in text_of(signed_in(pharmacist).get(WAITING))


@pytest.mark.parametrize("found_by", ["Obi", "0803", "HN", "receipt"])
def test_a_visit_is_found_by_its_patient_or_receipt(pharmacist, found_by):
    paid_bill(first_name="Bola", last_name="Ade", phone="99")
    bill = paid_bill(first_name="Ada", last_name="Obi", phone="0803")
    words = {"HN": bill.patient.hospital_number, "receipt": items_of(bill)[0].receipt_number}

    page = signed_in(pharmacist).get(WAITING, {"q": words.get(found_by, found_by)})

    assert [visit for visit, _ in waiting_on(page)] == [bill.pk]


@pytest.mark.parametrize("search", ["nobody", "\0", "%"])
def test_a_search_that_finds_nothing_says_so(pharmacist, search):
    paid_bill()

    page = signed_in(pharmacist).get(WAITING, {"q": search})

    assert (page.status_code, waiting_on(page)) == (200, [])
    assert "No paid drugs wait for" in text_of(page)


def test_an_empty_window_says_so(pharmacist):
    page = signed_in(pharmacist).get(WAITING)

    assert "No paid drugs wait to be handed out." in text_of(page)


def test_all_of_a_visit_is_handed_out_once(real_commits):
    bill, pharmacist = paid_bill(make_drug(holding=5), make_drug(holding=5)), None
    pharmacist = UserFactory(role="Pharmacist")
    client = signed_in(pharmacist)
    form = form_of(client.get(WAITING), bill, *items_of(bill))

    first, second = client.post(WAITING, form), client.post(WAITING, form)

    assert (first["Location"], second["Location"]) == (WAITING, WAITING)
    by_whom = DrugHandOut.objects.values_list("bill_item", "quantity", "handed_out_by")
    assert list(by_whom.order_by("pk")) == [(item.pk, 1, pharmacist.pk) for item in items_of(bill)]
    assert said(client, WAITING) == [
        f"2 drugs handed out to {bill.patient}.",
        f"2 drugs handed out to {bill.patient}. (This was done before; nothing was done again.)",
    ]


def test_one_drug_of_a_visit_is_handed_out_and_the_other_waits(pharmacist):
    bill = paid_bill(make_drug(holding=5), make_drug(holding=5))
    one, other = items_of(bill)
    client = signed_in(pharmacist)

    client.post(WAITING, form_of(client.get(WAITING), bill, one))

    assert waiting_on(client.get(WAITING)) == [(bill.pk, [other])]


def test_what_a_colleague_handed_out_meanwhile_is_refused_in_words(pharmacist):
    bill = paid_bill(make_drug(holding=5), make_drug(holding=5, name="Ibuprofen"))
    one, other = items_of(bill)
    client = signed_in(pharmacist)
    form = form_of(client.get(WAITING), bill, one, other)
    hand_out_drugs(consultation_id=bill.pk, bill_item_ids=[other.pk], act=Act(pharmacist))
    before = rows.everything()

    page = client.post(WAITING, form)

    assert page.context["refused"] == ["Ibuprofen was already handed out."]
    assert waiting_on(page) == [(bill.pk, [one])]
    assert rows.everything() == before


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"items": []}, "Choose what was handed out."),
        ({"items": ["x"]}, "There is no such item. Open this page again."),
        ({"items": ["9" * 30]}, "There is no such item. Open this page again."),
        ({"items": ["999999"]}, "There is no such item on this bill."),
        ({"consultation": "999999"}, "There is no consultation with this id."),
        ({"consultation": "x"}, "Enter a whole number."),
    ],
    ids=str,
)
def test_a_form_that_names_nothing_is_refused_without_a_trace(pharmacist, wrong, why):
    bill, client = paid_bill(), signed_in(pharmacist)
    form = form_of(client.get(WAITING), bill, *items_of(bill))
    before = rows.everything()

    page = client.post(WAITING, {**form, **wrong})

    assert page.context["refused"] == [why]
    assert rows.everything() == before


@pytest.mark.parametrize("role", ["Cashier", "Supervisor", "Accountant", "Auditor"])
def test_others_see_what_waits_and_hand_out_nothing(db, role):
    bill, client = paid_bill(), signed_in(UserFactory(role=role))
    page = client.get(WAITING)

    answer = client.post(WAITING, form_of(page, bill, *items_of(bill)))

    assert (page.status_code, answer.status_code) == (200, 403)
    assert 'type="checkbox" name="items"' not in page.content.decode()
    assert DrugHandOut.objects.count() == 0


def test_the_laboratory_has_nothing_to_do_with_it(db):
    assert signed_in(UserFactory(role="Laboratory")).get(WAITING).status_code == 403


def test_the_window_costs_the_same_with_one_visit_and_with_three(pharmacist):
    client = signed_in(pharmacist)
    paid_bill()
    client.get(WAITING)
    few = rows.statements(lambda: client.get(WAITING))

    paid_bill(make_drug(holding=5), make_drug(holding=5))
    paid_bill()

    assert rows.statements(lambda: client.get(WAITING)) == few


def test_many_visits_come_in_pages(pharmacist, monkeypatch):
    monkeypatch.setattr("invoicing_app.panels.drugs.VISITS_SHOWN", 2)
    bills = [paid_bill() for _ in range(3)]

    pages = [signed_in(pharmacist).get(WAITING, {"page": page}) for page in ("1", "2", "x")]

    shown = [[visit for visit, _ in waiting_on(page)] for page in pages]
    assert shown == [[bills[0].pk, bills[1].pk], [bills[2].pk], [bills[0].pk, bills[1].pk]]


def test_what_was_handed_out_is_listed_with_who_and_when(pharmacist):
    bill = paid_bill((make_drug(holding=5, name="Ibuprofen"), 2))
    (item,) = items_of(bill)
    hand_out_drugs(consultation_id=bill.pk, bill_item_ids=[item.pk], act=Act(pharmacist))

    page = text_of(signed_in(UserFactory(role="Auditor")).get(HANDED_OUT, {"q": "ibuprofen"}))

    assert f"Ibuprofen 2 {bill.patient}" in page
    assert pharmacist.username in page
    assert not BillItem.objects.to_hand_out().exists()
