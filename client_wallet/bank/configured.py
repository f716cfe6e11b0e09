"""The bank that the settings name."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from client_wallet.bank.interface import Bank
from client_wallet.bank.rest_bank import RestBank


def configured_bank() -> Bank:
    """
    Return the bank at ``BANK_URL``.

    :raises ImproperlyConfigured: if none is named
    """
    if not settings.BANK_URL:
        raise ImproperlyConfigured("BANK_URL is not set: the address of the bank that pays out.")
    return RestBank(
        settings.BANK_URL,
        token=settings.BANK_TOKEN,
        deadline_seconds=settings.BANK_DEADLINE_SECONDS,
        finality_seconds=settings.BANK_FINALITY_SECONDS,
    )
