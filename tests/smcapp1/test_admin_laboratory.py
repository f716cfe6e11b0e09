"""Paid tests at the laboratory's desk, through real requests."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from hospital.core.acts import Act
from smcapp1.models import LabResult
from smcapp1.services import enter_result
from tests import rows
from tests.admin_pages import errors, open_form, page_of, said, signed_in, text_of
from tests.factories import UserFactory, make_bill, make_item
from tests.invoicing_app.desk import pay

RESULTS = "smcapp1_labresult"
WAITING = reverse("admin:smcapp1_labresult_waiting")


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
    client.post(release_page(result), release_form(client, result))

    answer = client.post(page, {"result": "Positive", "one_time_key": "x"})

    assert (answer.status_code, LabResult.objects.get().result) == (403, "Negative")


# Waiting


def test_paid_tests_wait_oldest_first_until_they_are_released(real_commits):
    first, second = paid_test(), None
    make_bill(make_item("LABORATORY", name="Unpaid test"))
    pay(make_bill(make_item("LABORATORY")), UserFactory(role="Cashier"), "CASH", "100.00")
    second = LabResult.objects.latest("pk")
    client = signed_in(UserFactory(role="Laboratory"))
    enter_result(lab_result_id=first.pk, result="Negative", act=Act(UserFactory()))
    before = client.get(WAITING)

    client.post(release_page(first), release_form(client, first))

    assert list(before.context["cl"].result_list) == [first, second]
    assert "Paid and without a result: 1. With a result to be released: 1." in text_of(before)
    assert "Unpaid test" not in text_of(before)
    assert list(client.get(WAITING).context["cl"].result_list) == [second]


def test_an_empty_list_of_tests_says_so(db):
    page = signed_in(UserFactory(role="Laboratory")).get(WAITING)

    assert "No paid test is waiting" in text_of(page)


def test_the_list_costs_the_same_with_one_test_and_with_three(db):
    def paid():
        pay(make_bill(make_item("LABORATORY")), UserFactory(role="Cashier"), "CASH", "100.00")

    client = signed_in(UserFactory(role="Laboratory"))
    paid()
    client.get(WAITING)
    few = rows.statements(lambda: client.get(WAITING))

    paid()
    paid()

    assert rows.statements(lambda: client.get(WAITING)) == few


# Releasing


def release_page(result):
    return reverse("admin:smcapp1_labresult_release", args=[result.pk])


def release_form(client, result):
    """Open the page and return what pressing its button sends."""
    page = client.get(release_page(result))
    initial = page.context["form"].initial
    return {"one_time_key": initial["one_time_key"], "entered_at": initial["entered_at"]}


def resulted(text="Negative"):
    result = paid_test()
    return enter_result(lab_result_id=result.pk, result=text, act=Act(UserFactory()))


def test_a_result_is_released_once_and_leads_to_the_next_test(real_commits):
    result, chief = resulted(), UserFactory(role="Laboratory")
    client = signed_in(chief)
    assert release_page(result) in client.get(page_of(RESULTS, result.pk)).content.decode()
    form = release_form(client, result)

    first, second = (client.post(release_page(result), form) for _ in range(2))

    result.refresh_from_db()
    assert (first["Location"], second["Location"]) == (WAITING, WAITING)
    assert (result.status, result.released_by) == ("RELEASED", chief)
    assert said(client, WAITING)[0] == f"The result of {result.test} was released."
    assert LogEntry.objects.count() == 1


def test_the_page_shows_what_is_released(db):
    result = resulted("Hb 12.1 g/dL")

    page = text_of(signed_in(UserFactory(role="Laboratory")).get(release_page(result)))

    assert "Hb 12.1 g/dL" in page
    assert str(result.consultation.patient) in page
    assert "nobody can change it afterwards" in page


def test_a_result_corrected_meanwhile_is_not_released(db):
    result, client = resulted(), signed_in(UserFactory(role="Laboratory"))
    form = release_form(client, result)
    enter_result(lab_result_id=result.pk, result="Positive", act=Act(UserFactory()))
    before = rows.everything()

    answer = client.post(release_page(result), form)

    assert "Somebody corrected this result in the meantime." in text_of(answer)
    assert rows.everything() == before


def test_a_release_that_says_no_instant_is_refused(db):
    result, client = resulted(), signed_in(UserFactory(role="Laboratory"))
    form = {**release_form(client, result), "entered_at": "x"}
    before = rows.everything()

    answer = client.post(release_page(result), form)

    assert answer.status_code == 200
    assert rows.everything() == before


def test_a_test_without_a_result_has_nothing_to_release(db):
    result, client = paid_test(), signed_in(UserFactory(role="Laboratory"))

    assert client.get(release_page(result))["Location"] == page_of(RESULTS, result.pk)
    assert release_page(result) not in client.get(page_of(RESULTS, result.pk)).content.decode()


@pytest.mark.parametrize("role", ["Cashier", "Supervisor", "Pharmacist", "Accountant", "Auditor"])
def test_nobody_else_releases_results(db, role):
    result, client = resulted(), signed_in(UserFactory(role=role))

    answers = [client.get(release_page(result)), client.post(release_page(result), {})]

    assert [answer.status_code for answer in answers] == [403, 403]
