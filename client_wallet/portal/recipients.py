"""Who can be meant by a number that a patient types: found without letting anybody be looked up."""

from typing import Any

from client_wallet.models import WalletAccount
from client_wallet.wallet_names import wallet_named
from hospital.core.errors import InvalidRequest
from hospital.core.throttling import allowed_per_minute, count_request
from smcapp1.models import PatientProfile

NOBODY = (
    "There is no wallet of this number that takes money. Ask whom you want to pay for the hospital "
    "number or the wallet’s id."
)
TOO_MANY = "You have tried many numbers in a short time. Wait a minute, then try again."


def find_recipient(number: str, asker: Any) -> WalletAccount:
    """
    Return the wallet that a hospital number or a wallet's id means, with its patient.

    Every question of the asker is counted, the answered ones too: an answer tells initials. A
    number of nobody, of a patient without a wallet and of a closed one get the same words.

    :raises InvalidRequest: if there is none that takes money, or too much was asked
    """
    if count_request(f"recipient:{asker.pk}") > allowed_per_minute("recipient"):
        raise InvalidRequest("to_wallet", TOO_MANY)
    wallets = WalletAccount.objects.exclude(status=WalletAccount.Status.CLOSED)
    wallet = wallets.filter(wallet_named(number)).select_related("patient").first()
    if wallet is None:
        raise InvalidRequest("to_wallet", NOBODY)
    return wallet


def initials(patient: PatientProfile) -> str:
    """Return what somebody who pays a patient may see of the name: ``"A. O."``."""
    return f"{patient.first_name[0]}. {patient.last_name[0]}."
