"""Fixtures that every test of wallets and their journal may ask for."""

import pytest

from client_wallet.models import JournalEntry
from tests.factories import make_wallet


@pytest.fixture
def entry_id() -> int:
    """An entry of two lines: a deposit of 100.00."""
    make_wallet(holding="100.00")
    return JournalEntry.objects.get().pk
