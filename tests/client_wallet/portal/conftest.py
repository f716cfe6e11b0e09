"""A patient who is signed in, with a wallet of 100.00."""

from typing import Any

import pytest
from django.test import Client

from client_wallet.models import WalletAccount
from smcapp1.models import PatientProfile
from tests.admin_pages import signed_in
from tests.api import make_patient_user
from tests.factories import make_wallet


@pytest.fixture
def user(db: None) -> Any:
    return make_patient_user()


@pytest.fixture
def patient(user: Any) -> PatientProfile:
    profile: PatientProfile = user.patient
    return profile


@pytest.fixture
def client(user: Any) -> Client:
    return signed_in(user)


@pytest.fixture
def wallet(patient: PatientProfile) -> WalletAccount:
    return make_wallet(holding="100.00", patient=patient)
