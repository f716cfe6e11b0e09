"""Patients, catalogue, stock and lab results at the desk, through real requests."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from invoicing_app.models import BillItem
from smcapp1.models import (
    Department,
    LabResult,
    PatientProfile,
    Price,
    ServiceItem,
    StockBatch,
    StockMovement,
)
from tests import rows
from tests.admin_pages import (
    CONSULTATIONS,
    add_page,
    errors,
    open_form,
    page_of,
    said,
    signed_in,
)
from tests.factories import (
    ConsultationFactory,
    PatientFactory,
    UserFactory,
    make_bill,
    make_drug,
    make_item,
)
from tests.invoicing_app.desk import pay

PATIENTS = "smcapp1_patientprofile"
BATCHES = "smcapp1_stockbatch"
RESULTS = "smcapp1_labresult"
ITEMS = "smcapp1_serviceitem"
DEPARTMENTS = "smcapp1_department"

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


def test_names_and_phone_change_and_nothing_else(real_commits):
    patient = PatientFactory(sex="F")
    login = UserFactory(is_staff=False, role="Patient")
    born = patient.date_of_birth
    client = signed_in(UserFactory(role="Cashier"))

    client.post(
        page_of(PATIENTS, patient.pk),
        {
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


def delivery(drug: ServiceItem, key: str, **other: Any) -> dict[str, Any]:
    return {
        "service_item": drug.pk,
        "batch_number": "B-7",
        "expires_on": (timezone.localdate() + timedelta(days=90)).isoformat(),
        "unit_cost": "2.50",
        "quantity": "40",
        "one_time_key": key,
        **other,
    }


def test_a_pharmacist_receives_stock_once(real_commits):
    drug, pharmacist = make_drug(), UserFactory(role="Pharmacist")
    client = signed_in(pharmacist)
    form = delivery(drug, open_form(client, add_page(BATCHES)))

    first, second = client.post(add_page(BATCHES), form), client.post(add_page(BATCHES), form)

    batch = StockBatch.objects.get()
    assert (first["Location"], second["Location"]) == (page_of(BATCHES, batch.pk),) * 2
    assert (batch.quantity_on_hand, batch.unit_cost) == (40, Decimal("2.50"))
    assert StockMovement.objects.values_list("kind", "quantity", "moved_by").get() == (
        "RECEIVED",
        40,
        pharmacist.pk,
    )


def test_a_second_delivery_of_a_batch_adds_to_it(real_commits):
    drug, client = make_drug(), signed_in(UserFactory(role="Pharmacist"))

    for _ in range(2):
        client.post(add_page(BATCHES), delivery(drug, open_form(client, add_page(BATCHES))))

    assert StockBatch.objects.get().quantity_on_hand == 80


def test_no_wheel_changes_a_quantity_or_a_price(db):
    item = make_item()
    visit = ConsultationFactory()
    accountant, pharmacist = (signed_in(UserFactory(role=r)) for r in ("Accountant", "Pharmacist"))

    pages = [
        accountant.get(page_of(ITEMS, item.pk)),
        pharmacist.get(add_page(BATCHES)),
        pharmacist.get(page_of(CONSULTATIONS, visit.pk)),
    ]

    assert ['type="number"' in page.content.decode() for page in pages] == [False] * 3


def test_an_expired_delivery_is_refused(db):
    drug, client = make_drug(), signed_in(UserFactory(role="Pharmacist"))
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    key = open_form(client, add_page(BATCHES))

    answer = client.post(add_page(BATCHES), delivery(drug, key, expires_on=yesterday))

    assert errors(answer) == {"expires_on": ["This batch has expired; it cannot go on the shelf."]}
    assert StockBatch.objects.count() == 0


@pytest.mark.parametrize("quantity", ["0", "-1", "x", ""])
def test_a_delivery_of_nothing_is_refused(db, quantity):
    drug, client = make_drug(), signed_in(UserFactory(role="Pharmacist"))
    key = open_form(client, add_page(BATCHES))
    before = rows.everything()

    answer = client.post(add_page(BATCHES), delivery(drug, key, quantity=quantity))

    assert list(errors(answer)) == ["quantity"]
    assert rows.everything() == before


def paid_test() -> LabResult:
    bill = make_bill(make_item("LABORATORY"))
    pay(bill, UserFactory(role="Cashier"), "CASH", "100.00")
    return LabResult.objects.get()


def test_the_laboratory_enters_a_result(real_commits):
    result, scientist = paid_test(), UserFactory(role="Laboratory")
    client = signed_in(scientist)
    page = page_of(RESULTS, result.pk)

    client.post(page, {"result": "Negative", "one_time_key": open_form(client, page)})

    result.refresh_from_db()
    assert (result.result, result.status, result.resulted_by) == (
        "Negative",
        "RESULTED",
        scientist,
    )


def test_an_empty_result_is_refused_beside_the_field(real_commits):
    result, client = paid_test(), signed_in(UserFactory(role="Laboratory"))
    page = page_of(RESULTS, result.pk)
    key = open_form(client, page)
    before = rows.everything()

    answer = client.post(page, {"result": "  ", "one_time_key": key})

    assert errors(answer) == {"result": ["Write the result."]}
    assert rows.everything() == before


def test_a_released_result_is_not_even_changed_by_a_superuser(real_commits):
    result = paid_test()
    client = signed_in(UserFactory(is_superuser=True))
    page = page_of(RESULTS, result.pk)
    client.post(page, {"result": "Negative", "one_time_key": open_form(client, page)})
    LabResult.objects.update(status="RELEASED")

    answer = client.post(page, {"result": "Positive", "one_time_key": "x"})

    assert (answer.status_code, LabResult.objects.get().result) == (403, "Negative")


def priced(item: ServiceItem, price: str, day: Any, **other: Any) -> dict[str, Any]:
    return {
        "name": item.name,
        "is_active": "on",
        "prices-TOTAL_FORMS": "2",
        "prices-INITIAL_FORMS": "1",
        "prices-0-id": item.prices.get().pk,
        "prices-0-service_item": item.pk,
        "prices-0-unit_price": "1.00",
        "prices-0-effective_from": "2019-01-01",
        "prices-1-service_item": item.pk,
        "prices-1-unit_price": price,
        "prices-1-effective_from": day.isoformat(),
        **other,
    }


def test_an_accountant_adds_a_price_and_the_past_one_stays(real_commits):
    item, client = make_item(price="100.00"), signed_in(UserFactory(role="Accountant"))
    today = timezone.localdate()

    client.post(page_of(ITEMS, item.pk), priced(item, "120.00", today))

    prices = Price.objects.filter(service_item=item).order_by("effective_from")
    assert list(prices.values_list("unit_price", flat=True)) == [
        Decimal("100.00"),
        Decimal("120.00"),
    ]
    assert prices[0].effective_from.year == 2020


def test_todays_price_is_replaced_by_another_of_today(real_commits):
    item, client = make_item(price="100.00"), signed_in(UserFactory(role="Accountant"))
    today = timezone.localdate()
    form = priced(item, "110.00", today)

    client.post(page_of(ITEMS, item.pk), form)
    client.post(page_of(ITEMS, item.pk), {**form, "prices-1-unit_price": "120.00"})

    prices = Price.objects.order_by("effective_from").values_list("unit_price", flat=True)
    assert list(prices) == [Decimal("100.00"), Decimal("120.00")]


def test_todays_price_is_replaced_from_a_page_that_shows_it(real_commits):
    item, client = make_item(price="100.00"), signed_in(UserFactory(role="Accountant"))
    today = timezone.localdate()
    client.post(page_of(ITEMS, item.pk), priced(item, "110.00", today))
    shown = {
        f"prices-{place}-{field}": value
        for place, price in enumerate(item.prices.order_by("-effective_from"))
        for field, value in {"id": price.pk, "service_item": item.pk}.items()
    }
    new = {
        "prices-TOTAL_FORMS": "3",
        "prices-INITIAL_FORMS": "2",
        "prices-2-service_item": item.pk,
        "prices-2-unit_price": "120.00",
        "prices-2-effective_from": today.isoformat(),
    }

    answer = client.post(
        page_of(ITEMS, item.pk), {"name": item.name, "is_active": "on", **shown, **new}
    )

    assert answer.status_code == 302
    prices = Price.objects.order_by("effective_from").values_list("unit_price", flat=True)
    assert list(prices) == [Decimal("100.00"), Decimal("120.00")]


def test_two_new_prices_of_one_day_are_refused(db):
    item, client = make_item(price="100.00"), signed_in(UserFactory(role="Accountant"))
    today = timezone.localdate()
    twice = {
        "prices-TOTAL_FORMS": "3",
        "prices-2-service_item": item.pk,
        "prices-2-unit_price": "130.00",
        "prices-2-effective_from": today.isoformat(),
    }
    before = rows.everything()

    answer = client.post(page_of(ITEMS, item.pk), priced(item, "120.00", today, **twice))

    formset = answer.context["inline_admin_formsets"][0].formset
    assert list(formset.non_form_errors()) == ["Write one new price for a day."]
    assert rows.everything() == before


@pytest.mark.parametrize(
    ("price", "days", "field"),
    [("0", 0, "unit_price"), ("-1", 0, "unit_price"), ("5.001", 0, "unit_price")]
    + [("5.00", -1, "effective_from")],
)
def test_a_wrong_price_is_refused_beside_its_field(db, price, days, field):
    item, client = make_item(price="100.00"), signed_in(UserFactory(role="Accountant"))
    day = timezone.localdate() + timedelta(days=days)
    before = rows.everything()

    answer = client.post(page_of(ITEMS, item.pk), priced(item, price, day))

    formset = answer.context["inline_admin_formsets"][0].formset
    assert [list(line.errors) for line in formset.extra_forms] == [[field]]
    assert rows.everything() == before


def test_a_new_item_gets_its_price_at_once(real_commits):
    client, department = signed_in(UserFactory(role="Accountant")), make_item().department
    today = timezone.localdate()

    client.post(
        add_page(ITEMS),
        {
            "code": "XR-1",
            "name": "X-ray",
            "department": department.pk,
            "is_active": "on",
            "prices-TOTAL_FORMS": "1",
            "prices-INITIAL_FORMS": "0",
            "prices-0-unit_price": "70.00",
            "prices-0-effective_from": today.isoformat(),
        },
    )

    item = ServiceItem.objects.priced(today).get(code="XR-1")
    assert item.unit_price == Decimal("70.00")


def test_a_department_keeps_its_code_and_kind(real_commits):
    department = make_item("RADIOLOGY").department
    client = signed_in(UserFactory(is_superuser=True))

    client.post(
        page_of(DEPARTMENTS, department.pk),
        {"code": "OTHER", "name": "Imaging", "kind": "LABORATORY"},
    )

    assert Department.objects.values_list("code", "name", "kind").get() == (
        "RADIOLOGY",
        "Imaging",
        "RADIOLOGY",
    )


@pytest.mark.parametrize("code", ["ALL", "lower", "1X", "A-B", "Ä"])
def test_a_department_code_is_checked_in_words(db, code):
    client = signed_in(UserFactory(role="Accountant"))

    answer = client.post(add_page(DEPARTMENTS), {"code": code, "name": "New", "kind": "OTHER"})

    assert list(errors(answer)) == ["code"]
    assert Department.objects.count() == 0


def test_an_item_that_is_off_is_not_offered_for_ordering(db):
    client = signed_in(UserFactory(role="Cashier"))
    item = make_item(name="Plaster")
    make_item(name="Plaster, old", is_active=False)
    field = BillItem._meta.get_field("service_item")

    answer = client.get(
        "/admin/autocomplete/",
        {
            "term": "plaster",
            "app_label": "invoicing_app",
            "model_name": "billitem",
            "field_name": field.name,
        },
    )

    assert [found["id"] for found in answer.json()["results"]] == [str(item.pk)]
