"""Patients who come online get a wallet with their account."""

from typing import Any

from django.db import transaction

from client_wallet.services import open_wallet
from smcapp1.services import OnlineAccount, claim_patient, sign_up_patient


@transaction.atomic
def sign_up(**wanted: Any) -> OnlineAccount:
    """Register a new patient with account and wallet; everything else as ``sign_up_patient``."""
    return _with_wallet(sign_up_patient(**wanted))


@transaction.atomic
def claim(**wanted: Any) -> OnlineAccount:
    """Open account and wallet of a known patient; everything else as ``claim_patient``."""
    return _with_wallet(claim_patient(**wanted))


def _with_wallet(account: OnlineAccount) -> OnlineAccount:
    open_wallet(patient_id=account.patient_id)
    return account
