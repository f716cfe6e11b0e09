"""A browser for all tests of this package, and for each of them a hospital that it visits."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Browser

from tests import databases
from tests.browser import chromium, serving
from tests.browser.desk import Desk, desk
from tests.browser.looking import Album
from tests.factories import UserFactory

HERE = Path(__file__).parent
ALWAYS = {"test_keyboard.py"}  # the others are slow: `run.py test -m browser`


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--screenshots", type=Path, help="keep a picture of every page looked at here")


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("browser")
            item.add_marker(pytest.mark.xdist_group("browser"))  # one worker, one Chromium
            if item.path.name not in ALWAYS:
                item.add_marker("slow")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """
    A running Chromium.

    Playwright keeps an event loop running in the tests' thread. Nothing of ours runs on it, but
    Django cannot know that, and is told so for as long as it is there.
    """
    with chromium.running() as running, pytest.MonkeyPatch.context() as patched:
        patched.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield running


@pytest.fixture
def hospital(browser: Browser, clones: databases.Clones, django_db_blocker: Any) -> Iterator[str]:
    """
    The address of a hospital of this test's own, on a fresh clone: what anybody does is committed.

    The browser comes first: without one the test is skipped before anything is made.
    """
    name = clones.take()
    with (
        django_db_blocker.unblock(),
        databases.pointing_at(name),
        serving.serving() as address,
    ):
        yield address
        connections.close_all()  # those that Django keeps for a running loop
    clones.give_back(name)


@pytest.fixture
def arrive(
    browser: Browser, hospital: str, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Desk]]:
    """Return a function that opens a window, signed in as a user: ``arrive(role="Cashier")``."""
    album = Album(
        request.config.getoption("--screenshots", default=None),
        re.sub(r"\W+", "-", request.node.name.removeprefix("test_").partition("@")[0]),
    )
    with ExitStack() as stack:

        def arrive(user: Any = None, role: str = "") -> Desk:
            who = user or (UserFactory(role=role) if role else None)
            return stack.enter_context(desk(browser, hospital, album, who))

        yield arrive
