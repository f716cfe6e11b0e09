"""A person at a browser: signed in, watched, and able to look."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page

from tests.browser.looking import Album, Troubles, findings

PATIENCE_MILLISECONDS = 30_000
BETWEEN_CLICKS = 40  # milliseconds; at none Chromium sends a form once, however often it is pressed


@dataclass
class Desk:
    """One person's browser window."""

    page: Page
    troubles: Troubles
    album: Album

    def go(self, path: str) -> None:
        """Open a page of the hospital."""
        self.page.goto(f"{self.troubles.address}{path}")

    def look(self) -> None:
        """Look at the page in all its variants; nothing may be wrong with it, nor have been."""
        wrong = self.findings() + self.troubles.seen
        if wrong:
            pytest.fail("\n".join([f"At {self.page.url}:", *wrong]))

    def findings(self) -> list[str]:
        return findings(self.page, self.album.next_page())


@contextmanager
def desk(browser: Browser, address: str, album: Album, user: Any = None) -> Iterator[Desk]:
    """Open a window, signed in as a user; it is the reader's clock and language that count."""
    context = browser.new_context(
        base_url=address,
        viewport={"width": 1280, "height": 900},
        locale="en-GB",
        timezone_id=settings.TIME_ZONE,
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    troubles = Troubles(address)
    troubles.watch(context)
    if user is not None:
        context.add_cookies(
            [
                {"name": name, "value": value, "url": address}
                for name, value in _session_of(user).items()
            ]
        )
    try:
        yield Desk(context.new_page(), troubles, album)
    finally:
        context.close()


def _session_of(user: Any) -> dict[str, str]:
    client = Client()
    client.force_login(user)
    cookies: SimpleCookie = client.cookies
    return {name: morsel.value for name, morsel in cookies.items()}
