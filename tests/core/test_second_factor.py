"""A second factor: set up by its owner, asked for at both doors, spent once, or wanted of all."""

import time
from base64 import b32decode
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice
from rest_framework.test import APIClient

from hospital.core.models import User
from hospital.core.second_factor import (
    device_to_set_up,
    new_recovery_codes,
    recovery_codes_left,
    turn_on,
)
from tests.admin_pages import signed_in, text_of
from tests.api import client_of, make_patient_user, problem_of
from tests.factories import UserFactory
from tests.rows import everything

PASSWORD = "correct horse"
PAGE = "/admin/core/user/second-factor/"
PATIENTS = "/admin/smcapp1/patientprofile/"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The time of codes: each look at the phone moves it on."""
    now = [time.time()]
    monkeypatch.setattr(time, "time", lambda: now[0])
    return now


@pytest.fixture
def ada(db: None) -> User:
    user: User = UserFactory(username="ada", role="Cashier", password=PASSWORD, is_staff=True)
    return user


def code_of(key: bytes, clock: list[float]) -> str:
    app = TOTP(key)
    app.time = clock[0]
    return f"{app.token():06d}"


class Codes:
    """The codes of a user's app; time goes on with each, as no code is accepted twice."""

    def __init__(self, user: User, clock: list[float]) -> None:
        self.device, self.clock = device_to_set_up(user), clock

    def __call__(self) -> str:
        self.clock[0] += 30
        return code_of(self.device.bin_key, self.clock)


@pytest.fixture
def codes(ada, clock, settings):
    """Ada's app, after she has set it up; a wrong code makes nobody wait."""
    settings.OTP_TOTP_THROTTLE_FACTOR = 0
    codes = Codes(ada, clock)
    assert turn_on(ada, codes()) is not None
    return codes


def log_in(code="", password=PASSWORD, browser=None):
    form = {"username": "ada", "password": password, "code": code}
    return (browser or Client()).post(reverse("admin:login"), form)


def token(**body):
    wanted = {"username": "ada", "password": PASSWORD, **body}
    return APIClient().post("/api/token/", wanted, format="json")


def confirm(browser, code, **more):
    return browser.post(PAGE, {"password": PASSWORD, "code": code, **more})


def test_staff_set_it_up_by_a_picture_or_a_secret_and_get_recovery_codes_once(ada, clock):
    browser = signed_in(ada)
    page = browser.get(PAGE)
    secret = page.context["secret"].replace(" ", "")
    clock[0] += 30

    answer = confirm(browser, code_of(b32decode(secret), clock))

    assert page.context["qr_code"].startswith("<svg")
    assert "no-store" in answer["Cache-Control"]
    assert len(set(answer.context["codes"])) == 10
    assert "10 recovery codes left" in text_of(browser.get(PAGE))
    assert answer.context["codes"][0] not in browser.get(PAGE).content.decode()
    assert LogEntry.objects.get(object_id=ada.pk).change_message == "Second factor turned on."


@pytest.mark.parametrize(
    ("password", "field"), [("wrong", "password"), (PASSWORD, "code")], ids=["password", "code"]
)
def test_a_wrong_password_or_code_turns_nothing_on(ada, clock, password, field):
    browser = signed_in(ada)
    browser.get(PAGE)

    answer = browser.post(PAGE, {"password": password, "code": "000000"})

    assert list(answer.context["form"].errors) == [field]
    assert TOTPDevice.objects.get().confirmed is False


def test_setting_it_up_ends_sign_ins_that_were_had_without_it(ada, clock):
    mine, other = signed_in(ada), signed_in(ada)
    before = client_of(ada)
    codes = Codes(ada, clock)

    confirm(mine, codes())

    assert mine.get(PATIENTS).status_code == 200
    assert other.get(PATIENTS).status_code == 302
    assert before.get("/api/patients/").status_code == 401


def test_the_page_is_for_staff_and_shows_only_the_own_secret(ada, clock):
    patient, obi = make_patient_user(), UserFactory(role="Cashier")
    theirs = signed_in(obi).get(PAGE).context["secret"]

    assert signed_in(patient).get(PAGE).status_code == 302
    assert signed_in(ada).get(PAGE).context["secret"] != theirs


def test_the_desk_asks_for_a_code_and_takes_each_once(ada, codes):
    without, wrong = log_in(), log_in("000000")
    code = codes()

    answers = [log_in(code).status_code for _ in range(2)]

    assert "Type the code of your app" in text_of(without)
    assert "The code is wrong" in text_of(wrong)
    assert answers == [302, 200]


def test_the_api_asks_for_a_code_too(ada, codes):
    missing, wrong = token(), token(otp="000000")
    code = codes()

    right, again = token(otp=code), token(otp=code)

    assert problem_of(missing) == (400, "invalid-request")
    assert list(missing.json()["errors"]) == ["otp"]
    assert problem_of(wrong) == (401, "not-authenticated")
    assert (right.status_code, again.status_code) == (200, 401)


def test_a_refused_code_gives_no_token_and_no_session(ada, codes):
    browser = Client()
    log_in("000000", browser=browser)
    rows = everything()["token_blacklist_outstandingtoken"]

    token(otp="000000")

    assert "_auth_user_id" not in browser.session
    assert everything()["token_blacklist_outstandingtoken"] == rows


def test_a_recovery_code_signs_in_once(ada, codes):
    first, *_ = new_recovery_codes(ada)

    answers = [log_in(f" {first.upper()[:4]}-{first[4:]} ").status_code, log_in(first).status_code]

    assert answers == [302, 200]
    assert recovery_codes_left(ada) == 9


def test_guessing_codes_is_locked_like_guessing_passwords(ada, codes, settings):
    settings.AXES_FAILURE_LIMIT = 3
    guesses = [token(otp="000000").status_code for _ in range(3)]

    assert guesses == [401, 401, 401]
    assert token(otp=codes()).status_code == 429
    assert "Too many failed attempts" in text_of(log_in(codes()))


def test_a_wrong_code_makes_the_right_one_wait(ada, codes, settings):
    settings.OTP_TOTP_THROTTLE_FACTOR = 60

    assert [token(otp="000000").status_code, token(otp=codes()).status_code] == [401, 401]


def test_who_has_none_signs_in_as_before(ada):
    assert (log_in().status_code, token().status_code) == (302, 200)


def test_its_owner_makes_new_recovery_codes_and_turns_it_off_by_password_and_code(ada, codes):
    browser = Client()
    log_in(codes(), browser=browser)
    old = new_recovery_codes(ada)

    new = confirm(browser, codes(), act="codes").context["codes"]
    refused = browser.post(PAGE, {"password": "wrong", "code": codes(), "act": "off"})
    still_on = TOTPDevice.objects.count()
    confirm(browser, codes(), act="off")

    assert (len(new), set(new) & set(old)) == (10, set())
    assert list(refused.context["form"].errors) == ["password"]
    assert (still_on, TOTPDevice.objects.count(), recovery_codes_left(ada)) == (1, 0, 0)
    assert log_in().status_code == 302


def test_a_superuser_removes_a_lost_device_and_says_why(ada, codes):
    new_recovery_codes(ada)
    chief = signed_in(UserFactory(is_superuser=True))
    url = f"/admin/core/secondfactor/{codes.device.pk}/remove/"
    key = chief.get(url).context["form"]["one_time_key"].value()

    answer = chief.post(url, {"reason": "Phone lost", "one_time_key": key})

    assert answer.status_code == 302
    assert (TOTPDevice.objects.count(), recovery_codes_left(ada)) == (0, 0)
    entry = LogEntry.objects.get(object_id=ada.pk)
    assert entry.change_message == "The second factor of ada was removed. Phone lost"
    assert log_in().status_code == 302


@pytest.mark.parametrize("role", ["Auditor", "Accountant"])
def test_readers_see_that_there_is_one_and_no_secret(ada, codes, role):
    secret_codes = new_recovery_codes(ada)
    reader = signed_in(UserFactory(role=role))
    pages = [
        reader.get("/admin/core/secondfactor/").content.decode(),
        reader.get(f"/admin/core/secondfactor/{codes.device.pk}/change/").content.decode(),
    ]

    assert ["ada" in page for page in pages] == [True, True]
    secrets = [codes.device.key, codes.device.config_url.split("secret=")[1][:32], *secret_codes]
    assert [secret for secret in secrets if any(secret in page for page in pages)] == []
    assert reader.get(f"/admin/core/secondfactor/{codes.device.pk}/remove/").status_code == 403
    assert reader.get("/admin/otp_totp/totpdevice/").status_code == 404
    assert reader.get("/admin/otp_static/staticdevice/").status_code == 404


@pytest.fixture
def _wanted(settings):
    settings.SECOND_FACTOR_REQUIRED = True


HTML = {"accept": "text/html"}


@pytest.mark.usefixtures("_wanted")
def test_staff_without_one_are_led_to_it_and_do_nothing_else(ada, clock):
    browser = Client()
    log_in(browser=browser)
    rows = everything()

    led = [
        browser.get(PATIENTS, headers=HTML),
        browser.post(f"{PATIENTS}add/", {"first_name": "Ada"}, headers=HTML),
        browser.get("/admin/password_change/", headers=HTML),
    ]
    page = browser.get(PAGE, headers=HTML)

    assert [(answer.status_code, answer["Location"]) for answer in led] == [(302, PAGE)] * 3
    assert "Set up your second factor first" in text_of(page)
    made = {table for table, held in everything().items() if held != rows[table]}
    assert made == {"otp_totp_totpdevice"}


@pytest.mark.usefixtures("_wanted")
def test_a_program_without_one_gets_a_problem_at_every_door(ada):
    browser = Client()
    log_in(browser=browser)

    answers = [token(), client_of(ada).get("/api/patients/"), browser.get("/api/patients/")]

    assert [problem_of(answer) for answer in answers] == [(403, "second-factor-required")] * 3


@pytest.mark.usefixtures("_wanted")
def test_who_has_set_it_up_works_on_at_once_and_signs_in_by_code(ada, clock):
    browser = Client()
    log_in(browser=browser)
    codes = Codes(ada, clock)
    confirm(browser, codes())
    at_once = browser.get(PATIENTS, headers=HTML).status_code

    later = Client()
    log_in(codes(), browser=later)
    access = token(otp=codes()).json()["access"]
    program = APIClient(headers={"Authorization": f"Bearer {access}"})

    assert at_once == 200
    assert later.get(PATIENTS, headers=HTML).status_code == 200
    assert program.get("/api/patients/").status_code == 200


@pytest.mark.usefixtures("_wanted")
def test_a_session_whose_device_was_removed_is_led_to_a_new_one(ada, codes):
    browser = Client()
    log_in(codes(), browser=browser)
    TOTPDevice.objects.all().delete()

    assert browser.get(PATIENTS, headers=HTML)["Location"] == PAGE


@pytest.mark.usefixtures("_wanted")
def test_patients_need_none(db):
    patient = make_patient_user()
    patient.set_password(PASSWORD)
    patient.save()

    assert token(username=patient.username).status_code == 200
    assert client_of(patient).get("/api/patients/").status_code == 200
    assert signed_in(patient).get("/api/patients/").status_code == 200
