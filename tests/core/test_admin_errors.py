"""What the admin says when something is closed, wrong, too old or broken."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.admin_pages import signed_in
from tests.factories import UserFactory, make_wallet


def test_a_closed_door_and_a_wrong_address_lead_back_to_the_desk(db):
    client = signed_in(UserFactory(role="Cashier"))

    closed, wrong = client.get(reverse("admin:core_user_changelist")), client.get("/admin/nowhere/")

    assert (closed.status_code, wrong.status_code) == (403, 404)
    assert "Your login may not open it." in closed.content.decode()
    assert "There is no such page" in wrong.content.decode()
    for answer in (closed, wrong):
        assert f'href="{reverse("admin:index")}"' in answer.content.decode()


def test_a_page_from_before_the_last_sign_in_says_that_nothing_was_done(db):
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory(role="Cashier"))

    answer = client.post(reverse("admin:client_wallet_walletdeposit_add"), {})

    assert answer.status_code == 403
    assert "Nothing was done: open the page again." in answer.content.decode()


def test_a_bug_at_the_desk_is_a_page_that_says_nothing_of_it(db, monkeypatch):
    def broken(*args, **kwargs):
        raise ValueError("secret detail")

    monkeypatch.setattr("invoicing_app.admin.patients.patient_panel", broken)
    client = signed_in(UserFactory(role="Cashier"))
    client.raise_request_exception = False
    patient = make_wallet().patient

    answer = client.get(reverse("admin:smcapp1_patientprofile_change", args=[patient.pk]))

    assert (answer.status_code, answer["Content-Type"]) == (500, "text/html; charset=utf-8")
    assert "look at the list of payments or deposits" in answer.content.decode()
    assert "secret" not in answer.content.decode()


@pytest.mark.parametrize(
    "asked",
    ["smcapp1/labresult/?status__exact=%00", "client_wallet/journalentry/?kind__exact=%00&q=x"]
    + ["core/user/?username=%00", "invoicing_app/billitem/?q=%00"]
    + ["invoicing_app/billitem/?status__exact=%00&status__exact=PAID"],
)
def test_a_filter_that_no_database_takes_is_no_bug(db, asked):
    client = signed_in(UserFactory(is_superuser=True))

    assert client.get(f"/admin/{asked}", follow=True).status_code == 200
