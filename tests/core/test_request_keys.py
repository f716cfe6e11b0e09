"""The header ``Idempotency-Key``: one that cannot be read is refused, never taken for none."""

import pytest

from client_wallet.models import WalletDeposit
from tests.api import client_as, problem_of
from tests.factories import PatientFactory

DEPOSIT = "/invoicing_app/wallet/deposit/"


@pytest.mark.parametrize("key", ["", "   ", "été", "☃", "\x7f"])
def test_a_key_that_cannot_be_told_from_another_is_refused(db, key):
    """A server gives on a key that is not ASCII as "": taken for none, money would be doubled."""
    body = {"patient_id": PatientFactory().pk, "amount": "1"}

    response = client_as("Cashier").post(DEPOSIT, body, format="json", HTTP_IDEMPOTENCY_KEY=key)

    assert problem_of(response) == (400, "invalid-request")
    assert list(response.json()["errors"]) == ["Idempotency-Key"]
    assert not WalletDeposit.objects.exists()
