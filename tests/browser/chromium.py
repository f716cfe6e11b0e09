"""The browser that the tests drive: the system's Chromium, never one that Playwright downloads."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
MISSING = "no Chromium found: apt-get install chromium, or name one in CHROMIUM"


def program() -> str:
    """Return the browser to start; without one the tests are skipped, or fail where it must be."""
    named = os.environ.get("CHROMIUM", "")
    found = [path for name in ([named] if named else PROGRAMS) if (path := shutil.which(name))]
    if found:
        return found[0]
    if os.environ.get("BROWSER_REQUIRED") == "1":
        pytest.fail(MISSING, pytrace=False)
    pytest.skip(MISSING)


@contextmanager
def running() -> Iterator[Browser]:
    """Run one browser; each person at it gets a context of their own."""
    executable = program()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(QUIET))
        try:
            yield browser
        finally:
            browser.close()
