"""One calm bank for all tests that leave it calm; the others start their own."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.sandbox.banks import RunningBank, running

_references = count(1)


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBank]:
    """Calm and idempotent."""
    data = tmp_path_factory.mktemp("bank") / "bank.db"
    with running(data) as started:
        yield started


@pytest.fixture(scope="session")
def careless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBank]:
    """Calm; pays a reference as often as it is told to."""
    data = tmp_path_factory.mktemp("careless") / "bank.db"
    with running(data, "--not-idempotent") as started:
        yield started


@pytest.fixture
def reference() -> str:
    """One that no other test uses."""
    return f"WD-{next(_references)}"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Where a bank of the test's own keeps its payments."""
    return tmp_path / "bank.db"
