"""What every address of the API has in common: sign-in, problems, health, schema, throttles."""

import json

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from hospital.core import health, throttling
from hospital.core.models import RequestCount
from tests.api import client_as, post, problem_of
from tests.databases import owner_cursor
from tests.factories import PatientFactory, UserFactory

TOKEN = "/api/token/"
PASSWORD = "correct horse"


@pytest.fixture
def signed_up(db):
    return UserFactory(username="ada", role="Cashier", password=PASSWORD)


def sign_in(password=PASSWORD, username="ada", client=None):
    body = {"username": username, "password": password}
    return (client or APIClient()).post(TOKEN, body, format="json")


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "options"])
@pytest.mark.parametrize(
    "path",
    ["/api/", "/api/nothing", "/wallets/x/y/", "/invoicing_app/nothing/", "/api/patients/x/"],
)
def test_an_address_that_leads_nowhere_is_a_json_404(db, method, path):
    assert problem_of(getattr(APIClient(), method)(path)) == (404, "not-found")


def test_a_method_that_an_address_does_not_know_is_405(db):
    response = client_as("Cashier").delete("/api/patients/")

    assert problem_of(response) == (405, "method-not-allowed")


@pytest.mark.parametrize("header", ["", "Bearer nonsense", "Bearer a.b.c", "Basic YTpi"])
def test_a_missing_or_bad_token_is_401_with_a_challenge(db, header):
    response = APIClient().get("/api/patients/", headers={"Authorization": header})

    assert problem_of(response)[0] == 401
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_a_pair_of_tokens_signs_in_and_is_rotated(signed_up):
    pair = sign_in().json()
    renewed = APIClient().post("/api/token/refresh/", {"refresh": pair["refresh"]}, format="json")
    spent = APIClient().post("/api/token/refresh", {"refresh": pair["refresh"]}, format="json")

    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {renewed.json()['access']}")
    assert client.get("/api/patients/").status_code == 200
    assert renewed.json()["refresh"] != pair["refresh"]
    assert problem_of(spent)[0] == 401


def test_a_changed_password_ends_every_token(signed_up):
    pair = sign_in().json()
    signed_up.set_password("another horse")
    signed_up.save()
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair['access']}")

    renewed = APIClient().post("/api/token/refresh/", {"refresh": pair["refresh"]}, format="json")

    assert problem_of(client.get("/api/patients/"))[0] == 401
    assert problem_of(renewed)[0] == 401


def test_a_wrong_password_and_an_unknown_user_look_alike(signed_up):
    wrong = sign_in("wrong")
    unknown = sign_in(username="nobody")

    assert problem_of(wrong) == (401, "not-authenticated")
    assert wrong.json() == unknown.json()


@pytest.fixture
def five_guesses(monkeypatch):
    """Five attempts a minute, in a minute that does not end."""
    monkeypatch.setattr(throttling, "time", lambda: 615.0)
    monkeypatch.setitem(settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], "login", "5/min")
    return 5


def test_guessing_a_password_is_slowed_down_and_signing_in_is_not(signed_up, five_guesses):
    limit = five_guesses

    many = [sign_in().status_code for _ in range(limit + 5)]
    guesses = [sign_in("wrong").status_code for _ in range(limit + 1)]
    late = sign_in()

    assert set(many) == {200}
    assert guesses == [401] * limit + [429]
    assert problem_of(late) == (429, "too-many-requests")
    assert late["Retry-After"] == "45"
    assert sign_in(username="somebody-else").status_code == 401


def test_a_forwarded_address_is_not_believed(signed_up, five_guesses):
    guesses = [
        APIClient()
        .post(
            TOKEN,
            {"username": "ada", "password": "wrong"},
            format="json",
            headers={"X-Forwarded-For": f"10.0.0.{number}"},
        )
        .status_code
        for number in range(five_guesses + 1)
    ]

    assert guesses[-1] == 429


def test_a_caller_above_the_limit_is_told_to_wait(db, monkeypatch):
    client = client_as("Cashier")
    rates = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]
    monkeypatch.setitem(rates, "caller", "3/min")
    monkeypatch.setattr(throttling, "time", lambda: 600.0)

    statuses = [client.get("/api/patients/").status_code for _ in range(4)]

    assert statuses == [200, 200, 200, 429]


def test_counts_are_shared_through_the_database_and_start_again_each_minute(db, monkeypatch):
    monkeypatch.setattr(throttling, "time", lambda: 600.0)
    assert [throttling.count_request("somebody") for _ in range(3)] == [1, 2, 3]

    monkeypatch.setattr(throttling, "time", lambda: 660.0)

    assert throttling.count_request("somebody") == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'core_requestcount'")
        assert cursor.fetchone() == ("u",)


def test_counts_of_callers_that_never_came_back_are_forgotten(db, monkeypatch):
    monkeypatch.setattr(throttling, "time", lambda: 600.0)
    throttling.count_request("made up")
    monkeypatch.setattr(throttling, "random", lambda: 0.0)
    monkeypatch.setattr(throttling, "time", lambda: 600.0 + 61 * 60)

    throttling.count_request("somebody")

    assert list(RequestCount.objects.values_list("caller", flat=True)) == ["somebody"]


def test_a_flood_elsewhere_leaves_signing_in_reachable(signed_up, monkeypatch):
    monkeypatch.setattr(throttling, "time", lambda: 600.0)
    monkeypatch.setitem(settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], "anonymous", "2/min")

    flood = [APIClient().get("/api/schema/").status_code for _ in range(3)]

    assert flood == [200, 200, 429]
    assert sign_in().status_code == 200


def test_a_body_in_chunks_is_asked_for_its_length(db):
    client = client_as("Cashier")

    response = client.post("/api/patients/", data=None, headers={"Transfer-Encoding": "chunked"})

    assert problem_of(response) == (411, "length-required")


def test_six_thousand_writes_a_minute_pass(db):
    assert throttling.allowed_per_minute("caller") > 6000 + 200


def test_the_session_cookie_signs_in_too_and_needs_a_csrf_token(signed_up):
    PatientFactory()
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(signed_up)

    read = browser.get("/api/patients/")
    write = browser.post("/api/patients/", "{}", content_type="application/json")

    assert len(read.json()["results"]) == 1
    assert problem_of(write) == (403, "permission-denied")


def test_live_and_ready_answer_anybody(db):
    client = APIClient()

    assert client.get("/health/live").json() == {"status": "ok"}
    assert client.get("/health/ready/").json() == {"status": "ok"}


def test_not_ready_while_a_migration_is_missing(db, monkeypatch):
    monkeypatch.setattr(health, "known_migrations", lambda: frozenset({("core", "9999_future")}))

    response = APIClient().get("/health/ready")

    assert problem_of(response) == (503, "not-ready")
    assert "migrate" in response.json()["detail"]


def test_not_ready_when_the_application_could_change_a_posting(real_commits):
    role = settings.DATABASES["default"]["USER"]
    with owner_cursor(real_commits) as cursor:
        cursor.execute(f'GRANT UPDATE (memo) ON client_wallet_journalentry TO "{role}"')

    response = APIClient().get("/health/ready")

    assert problem_of(response) == (503, "not-ready")
    assert "client_wallet_journalentry" in response.json()["detail"]


def test_a_database_that_is_away_is_503_with_a_word_to_try_again(db, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("connection refused")

    client = client_as("Cashier")
    monkeypatch.setattr("smcapp1.views.register_patient", away)

    response = post(
        client,
        "/api/patients/",
        {"first_name": "A", "last_name": "B", "date_of_birth": "1990-01-01", "sex": "F"},
    )

    assert problem_of(response) == (503, "busy")
    assert response["Retry-After"] == "1"


def test_a_bug_is_a_500_that_says_nothing(db, monkeypatch, caplog):
    def broken(*args, **kwargs):
        raise ValueError("secret detail")

    client = client_as("Cashier")
    monkeypatch.setattr("smcapp1.views.register_patient", broken)

    response = post(
        client,
        "/api/patients/",
        {"first_name": "A", "last_name": "B", "date_of_birth": "1990-01-01", "sex": "F"},
    )

    assert problem_of(response) == (500, "server-error")
    assert "secret" not in response.content.decode()
    assert "secret detail" in caplog.text


def test_the_schema_describes_every_operation_and_its_problems(db):
    schema = json.loads(APIClient().get("/api/schema/?format=json").content)

    paths = schema["paths"]
    assert "/invoicing_app/wallet/deposit/" in paths
    assert "/invoicing_app/payments/create/" in paths
    problem = paths["/invoicing_app/payments/create/"]["post"]["responses"]["default"]
    assert "application/problem+json" in problem["content"]


def test_the_docs_ask_no_other_host(db):
    page = APIClient().get("/api/docs/").content.decode()

    assert "swagger-ui" in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "https://" not in page


@pytest.mark.parametrize("name", ["token", "create_payment", "wallet-deposit"])
def test_addresses_can_be_made_from_their_names(name):
    assert reverse(name).startswith("/")
