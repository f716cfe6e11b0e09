"""A bank for the tests of withdrawals: the sandbox's own program, calm unless a test orders it."""

from collections.abc import Iterator

import pytest

from client_wallet.bank.rest_bank import RestBank
from tests.sandbox.banks import RunningBank, running

DEADLINE, FINALITY = 0.5, 1


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBank]:
    data = tmp_path_factory.mktemp("bank") / "bank.db"
    with running(data, "--finality-seconds", str(FINALITY)) as started:
        yield started


@pytest.fixture
def bank(sandbox: RunningBank) -> RestBank:
    """The way to it; impatient, so that tests need not be patient."""
    return RestBank(
        f"http://127.0.0.1:{sandbox.port}",
        deadline_seconds=DEADLINE,
        finality_seconds=FINALITY,
    )
