"""A REST client as an outside program has one: JSON in, JSON out, a bearer token."""

from typing import Any

from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import RefreshToken

from tests.factories import PatientFactory, UserFactory

CREATE_PAYMENT = "/invoicing_app/payments/create/"


def client_of(user: Any) -> APIClient:
    """Return a client that carries the user's access token."""
    client = APIClient(raise_request_exception=False)
    client.default_format = "json"
    token = RefreshToken.for_user(user).access_token
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def client_as(role: str) -> APIClient:
    return client_of(UserFactory(role=role))


def make_patient_user() -> Any:
    """Return a user of group Patient; ``user.patient`` is the profile."""
    user = UserFactory(role="Patient", is_staff=False)
    PatientFactory(user=user)
    return user


def post(client: APIClient, path: str, body: Any, key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(path, body, format="json", headers=headers)


def pay(
    client: APIClient,
    bill: Any,
    method: str = "CASH",
    amount: str | None = None,
    department: str = "ALL",
    key: str = "",
) -> Any:
    body = {"consultation_id": bill.pk, "department": department, "payment_method": method}
    if amount is not None:
        body["amount_paid"] = amount
    return post(client, CREATE_PAYMENT, body, key)


def problem_of(response: Any) -> tuple[int, str]:
    """Return status and problem code, after a look at the shape every problem has."""
    body = response.json()
    assert response["Content-Type"] == "application/problem+json"
    assert body["status"] == response.status_code
    assert {"type", "title", "detail", "code"} <= body.keys()
    return response.status_code, body["code"]
