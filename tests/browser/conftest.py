"""A hospital that is served and a browser that visits it, once for all tests of this package."""

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
def browser(clones: databases.Clones, django_db_blocker: Any) -> Iterator[tuple[Browser, str]]:
    """
    A Chromium and the address of a hospital of its own; what anybody does there is committed.

    Playwright keeps an event loop running in the tests' thread. Nothing of ours runs on it, but
    Django cannot know that, and is told so for as long as it is there.
    """
    with ExitStack() as stack:
        chromium.program()  # skipped without one, before anything is made
        name = clones.take()
        stack.callback(clones.give_back, name)
        stack.enter_context(django_db_blocker.unblock())
        stack.enter_context(databases.pointing_at(name))
        address = stack.enter_context(serving.serving())
        stack.enter_context(pytest.MonkeyPatch.context()).setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        running = stack.enter_context(chromium.running())
        stack.callback(connections.close_all)  # those that Django keeps for a running loop
        yield running, address


@pytest.fixture
def arrive(
    browser: tuple[Browser, str], request: pytest.FixtureRequest
) -> Iterator[Callable[..., Desk]]:
    """Return a function that opens a window, signed in as a user: ``arrive(role="Cashier")``."""
    album = Album(
        request.config.getoption("--screenshots", default=None),
        re.sub(r"\W+", "-", request.node.name.removeprefix("test_").partition("@")[0]),
    )
    with ExitStack() as stack:

        def arrive(user: Any = None, role: str = "") -> Desk:
            who = user or (UserFactory(role=role) if role else None)
            return stack.enter_context(desk(*browser, album, who))

        yield arrive
