"""Opening and finding wallets."""

from decimal import Decimal
from uuid import UUID

import pytest

from client_wallet.models import WalletAccount
from client_wallet.services import lock_wallet, open_wallet, wallet_of_id
from hospital.core.errors import NotFound
from tests.factories import PatientFactory, make_wallet
from tests.rows import everything

pytestmark = pytest.mark.django_db


def test_a_new_wallet_is_empty_and_active():
    patient = PatientFactory()

    opened = open_wallet(patient_id=patient.pk)

    wallet = WalletAccount.objects.get(patient=patient)
    assert (opened.wallet, opened.created) == (wallet, True)
    assert (
        wallet.account_balance,
        wallet.status,
        wallet.last_sequence,
        wallet.chain_head,
        wallet.last_posted_at,
    ) == (Decimal("0.00"), "ACTIVE", 0, "", None)


@pytest.mark.parametrize("status", ["ACTIVE", "FROZEN", "CLOSED"])
def test_opening_a_wallet_again_changes_nothing(status):
    wallet = make_wallet(holding="10.00", status=status)
    before = everything()

    opened = open_wallet(patient_id=wallet.patient_id)

    assert (opened.wallet, opened.wallet.status, opened.created) == (wallet, status, False)
    assert everything() == before


@pytest.mark.parametrize("patient_id", [0, 999_999, 2**63])
def test_a_patient_who_does_not_exist_gets_no_wallet(patient_id):
    with pytest.raises(NotFound):
        open_wallet(patient_id=patient_id)

    assert WalletAccount.objects.count() == 0


def test_a_wallet_is_found_by_its_id():
    wallet = make_wallet(holding="10.00")

    assert wallet_of_id(wallet.pk).account_balance == Decimal("10.00")


def test_an_id_of_no_wallet_is_not_found():
    with pytest.raises(NotFound):
        wallet_of_id(UUID(int=0))


def test_a_patient_without_a_wallet_has_none_to_lock():
    assert lock_wallet(PatientFactory().pk) is None
