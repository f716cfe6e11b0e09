"""A gateway for the tests that need one: the sandbox's own program."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.banks import RunningBank, running

SECRET = "secret of the sandbox"  # noqa: S105 - of these tests


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBank]:
    data = tmp_path_factory.mktemp("gateway") / "bank.db"
    with running(data, gateway_secret=SECRET) as started:
        yield started


@pytest.fixture
def gateway(sandbox: RunningBank, settings: Any) -> RunningBank:
    """The sandbox's gateway, named by the settings."""
    settings.GATEWAY = "sandbox"
    settings.GATEWAY_URL = f"http://127.0.0.1:{sandbox.port}"
    settings.GATEWAY_KEY_SECRET = settings.GATEWAY_WEBHOOK_SECRET = SECRET
    return sandbox
