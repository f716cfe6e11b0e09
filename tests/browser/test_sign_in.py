"""Signing in, being locked out, a second factor, and a session that ends by itself."""

import re
from base64 import b32decode

from django.contrib.sessions.backends.db import SessionStore
from django_otp.oath import TOTP

from client_wallet.models import WalletDeposit
from hospital.core.idle_sessions import USED
from tests.browser.cashier import button, make_patient
from tests.browser.desk import BETWEEN_CLICKS
from tests.factories import UserFactory

SECRET = "a long secret"


def sign_in(desk, username: str, password: str = SECRET, code: str = "") -> None:
    page = desk.page
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(password)
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Log in").click()


def leave_alone(desk, minutes: int) -> None:
    """Let nobody have used the session for so long."""
    (key,) = [one["value"] for one in desk.page.context.cookies() if one["name"] == "sessionid"]
    session = SessionStore(key)
    session[USED] -= minutes * 60
    session.save()


def test_guessing_a_password_locks_the_name(arrive, settings):
    settings.SIGN_IN_FAILURES = settings.AXES_FAILURE_LIMIT = 3
    UserFactory(username="musa", password=SECRET, role="Cashier")
    guesser = arrive()

    guesser.go("/admin/")
    for _ in range(3):
        sign_in(guesser, "musa", "wrong")
    guesser.page.get_by_text("Too many failed attempts.").wait_for()
    guesser.look()
    sign_in(guesser, "musa")

    guesser.page.get_by_text("Too many failed attempts.").wait_for()
    assert "/admin/login/" in guesser.page.url


def test_a_second_factor_is_turned_on_and_then_asked_for(arrive):
    user = UserFactory(username="ngozi", password=SECRET, role="Supervisor")
    here = arrive(user)
    page = here.page

    here.go("/admin/core/user/second-factor/")
    here.look()
    secret = page.get_by_text(re.compile(r"^([A-Z2-7]{4} ?){8}$")).inner_text()
    code = TOTP(b32decode(secret.replace(" ", "")))
    page.get_by_label("Your password").fill(SECRET)
    page.get_by_label("Code").fill(f"{code.token():06}")
    page.get_by_role("button").last.click()
    page.get_by_text("Your second factor is on").wait_for()
    here.look()

    elsewhere = arrive()
    elsewhere.go("/admin/")
    sign_in(elsewhere, "ngozi")
    elsewhere.page.get_by_text("Type the code of your app").wait_for()


def test_a_session_that_nobody_uses_ends_and_leads_back(arrive):
    UserFactory(username="bisi", password=SECRET, role="Cashier")
    patient = make_patient("Danjuma")
    cashier = arrive()
    page = cashier.page
    cashier.go("/admin/")
    sign_in(cashier, "bisi")
    page.get_by_role("combobox", name="Find a patient").wait_for()
    cashier.go(f"/admin/client_wallet/walletdeposit/add/?patient={patient.pk}")
    page.get_by_label("Amount").fill("5000")
    leave_alone(cashier, minutes=15)

    button(cashier, "Take deposit").click()

    page.get_by_text("was not done").wait_for()
    cashier.look()
    sign_in(cashier, "bisi")
    page.wait_for_url("**/walletdeposit/add/**")
    assert WalletDeposit.objects.filter(wallet__patient=patient).count() == 0
    page.get_by_label("Amount").fill("5000")
    button(cashier, "Take deposit").dblclick(delay=BETWEEN_CLICKS)
    page.wait_for_url("**/receipt/*/")
    assert WalletDeposit.objects.filter(wallet__patient=patient).count() == 1
