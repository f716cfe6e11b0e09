"""A session that nobody uses ends, and says so; what is sent afterwards is not done."""

from decimal import Decimal
from urllib.parse import quote

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from client_wallet.models import WalletDeposit
from hospital.core import idle_sessions
from tests.admin_pages import DEPOSITS, add_page, one_time_key, signed_in
from tests.api import make_patient_user, problem_of
from tests.factories import UserFactory, make_wallet
from tests.rows import statements_of

LIST = "/admin/smcapp1/patientprofile/?q=ada"


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def pass_minutes(self, minutes: float) -> None:
        self.now += minutes * 60


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(idle_sessions, "time", clock)
    return clock


@pytest.fixture
def desk(cashier, clock):
    """A cashier's browser that has just been used."""
    client = signed_in(cashier)
    assert client.get(LIST).status_code == 200
    return client


def test_a_session_lives_while_it_is_used_and_ends_when_it_is_not(desk, clock):
    used = []
    for _ in range(4):
        clock.pass_minutes(14)
        used.append(desk.get(LIST).status_code)

    clock.pass_minutes(15)
    late = desk.get(LIST)

    assert used == [200] * 4
    assert (late.status_code, late["Location"]) == (302, sign_in_page(LIST))


def test_who_comes_too_late_is_told_why_and_signs_in_to_the_same_page(desk, clock, cashier):
    cashier.set_password("demo")
    cashier.save()
    desk.force_login(cashier)
    desk.get(LIST)
    clock.pass_minutes(16)

    page = desk.get(LIST, follow=True)
    form = {"username": cashier.username, "password": "demo", "next": LIST}
    back = desk.post(page.redirect_chain[-1][0], form)

    words = "You were signed out: nothing was done here for 15 minutes."
    assert [str(message) for message in page.context["messages"]] == [words]
    assert words in page.content.decode()
    assert (back.status_code, back["Location"]) == (302, LIST)
    assert desk.get(LIST).status_code == 200


def test_a_copy_of_the_cookie_is_dead_too(desk, clock):
    copy = Client()
    copy.cookies = desk.cookies.copy()
    clock.pass_minutes(16)

    late = [copy.get(LIST).status_code, desk.get(LIST).status_code]

    assert late == [302, 302]
    assert Session.objects.count() == 0


def test_a_form_sent_too_late_is_not_done_and_says_so(desk, clock):
    wallet = make_wallet()
    url = f"{add_page(DEPOSITS)}?patient={wallet.patient_id}"
    page = f"{url}&one_time_key={one_time_key(desk.get(url).content.decode())}"
    form = {"patient": wallet.patient_id, "amount": "50.00", "payment_method": "CASH"}
    clock.pass_minutes(16)

    late = desk.post(url, form, headers={"referer": f"http://testserver{page}"})
    told = [str(message) for message in desk.get(late["Location"]).context["messages"]]

    assert (late.status_code, late["Location"]) == (302, sign_in_page(page))
    assert told == [
        "You were signed out: nothing was done here for 15 minutes.",
        "What you had just sent was not done. Sign in, and send it again.",
    ]
    wallet.refresh_from_db()
    assert (wallet.account_balance, WalletDeposit.objects.count()) == (Decimal("0.00"), 0)


def test_a_form_of_a_second_tab_is_told_too_after_the_first_was_signed_out(desk, clock):
    clock.pass_minutes(16)
    desk.get(LIST, follow=True)

    late = desk.post(
        add_page(DEPOSITS), {}, headers={"referer": "https://elsewhere.example/admin/x/"}
    )

    assert late["Location"] == sign_in_page("/admin/")
    told = [str(message) for message in desk.get(late["Location"]).context["messages"]]
    assert told == [idle_sessions.NOT_DONE]


def test_a_script_of_a_page_gets_an_answer_that_it_understands(desk, clock):
    clock.pass_minutes(16)
    script = {"Sec-Fetch-Dest": "empty", "Referer": f"http://testserver{LIST}"}

    late = desk.get("/admin/autocomplete/", headers=script)

    assert problem_of(late) == (401, "not-authenticated")
    assert late["HX-Redirect"] == sign_in_page(LIST)
    told = [str(message) for message in desk.get(sign_in_page(LIST)).context["messages"]]
    assert told == ["You were signed out: nothing was done here for 15 minutes."]


def test_no_session_outlives_the_day_however_much_it_is_used(desk, clock):
    for _ in range(12 * 6 - 1):
        clock.pass_minutes(10)
        assert desk.get("/admin/jsi18n/").status_code == 200

    clock.pass_minutes(10)
    page = desk.get(LIST, follow=True)

    told = [str(message) for message in page.context["messages"]]
    assert told == ["You were signed out: you had signed in 12 hours ago."]


def test_a_patients_session_may_be_idle_for_longer(clock, db):
    client = signed_in(make_patient_user())
    statuses = [client.get("/api/patients/").status_code]
    for minutes in (119, 120):
        clock.pass_minutes(minutes)
        statuses.append(client.get("/api/patients/").status_code)

    assert statuses == [200, 200, 401]


def test_a_session_begins_with_signing_in_not_with_its_first_page(db, clock):
    user = UserFactory(role="Cashier", password="demo")
    client = Client()
    form = {"username": user.username, "password": "demo"}
    assert client.post(reverse("admin:login"), form).status_code == 302

    clock.pass_minutes(15)

    assert client.get(LIST).status_code == 302


def test_a_use_is_written_at_most_twice_a_minute(desk, clock):
    def writes() -> int:
        sent = statements_of(lambda: desk.get(LIST))
        return sum(sql.startswith('UPDATE "django_session"') for sql in sent)

    clock.pass_minutes(0.4)
    soon = writes()
    clock.pass_minutes(0.4)

    assert (soon, writes()) == (0, 1)


def test_signing_out_late_says_nothing_of_forms(desk, clock):
    clock.pass_minutes(16)

    assert desk.post(reverse("admin:logout"), follow=True).status_code == 200


def sign_in_page(back: str) -> str:
    return f"/admin/login/?next={quote(back, safe='/')}"
