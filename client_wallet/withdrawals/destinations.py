"""Accounts that money can be paid out to: named in the request, saved with the wallet, or set."""

from collections.abc import Mapping
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from client_wallet import ledger
from client_wallet.bank import Destination
from client_wallet.errors import NoDestination
from client_wallet.models import PayoutAccount, WalletAccount
from hospital.core.acts import Act
from hospital.core.errors import InvalidRequest, NotFound

Wanted = Destination | Mapping[str, object]
LONGEST: Mapping[str, int] = {"bank_code": 20, "account_number": 34, "account_name": 140}


def read_destination(wanted: Wanted) -> Destination:
    """
    Return an account in its proper shape; whether it exists only the bank knows.

    :raises InvalidRequest: naming ``destination``, or the first field of it that is malformed
    """
    if isinstance(wanted, Destination):
        wanted = vars(wanted)
    if not isinstance(wanted, Mapping):
        raise InvalidRequest("destination", "Name bank_code, account_number and account_name.")
    return Destination(**{name: _field(name, wanted.get(name)) for name in LONGEST})


def destination_for(wallet: WalletAccount, wanted: Destination | None) -> Destination:
    """
    Return the account named, else the one saved with the wallet, else the installation's.

    :raises NoDestination: if there is none of them
    """
    if wanted:
        return wanted
    if saved := PayoutAccount.objects.filter(wallet=wallet).first():
        return Destination(saved.bank_code, saved.account_number, saved.account_name)
    if settings.DEFAULT_PAYOUT_DESTINATION:
        return read_destination(settings.DEFAULT_PAYOUT_DESTINATION)
    raise NoDestination


@transaction.atomic
def save_payout_account(*, wallet_id: UUID, destination: Wanted, act: Act) -> Destination:
    """
    Save where the wallet's withdrawals go when nobody names another account. Locks the wallet.

    What was asked for before keeps the account it had. Repeating it changes nothing.

    :raises InvalidRequest: naming the field of the destination that is malformed
    :raises NotFound: if there is no such wallet
    """
    account = read_destination(destination)
    if wallet_id not in ledger.lock_wallets([wallet_id]):
        raise NotFound("There is no wallet with this id.")
    PayoutAccount.objects.update_or_create(
        wallet_id=wallet_id,
        defaults={**vars(account), "saved_by": act.actor, "saved_at": timezone.now()},
    )
    return account


def _field(name: str, text: object) -> str:
    longest = LONGEST[name]
    if not isinstance(text, str) or not 1 <= len(text.strip()) <= len(text) <= longest:
        raise InvalidRequest(f"destination.{name}", f"Write 1 to {longest} characters.")
    if not text.isprintable():
        raise InvalidRequest(f"destination.{name}", "Write no control characters.")
    return text.strip()
