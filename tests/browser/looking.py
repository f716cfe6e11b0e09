"""Looks at a page as a demanding user would: in light and dark, on a telephone and at a desk."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response, WebError

Scheme = Literal["light", "dark"]
HEIGHTS = {360: 740, 1280: 900}
VARIANTS: tuple[tuple[int, Scheme], ...] = (
    (360, "light"),
    (360, "dark"),
    (1280, "dark"),
    (1280, "light"),  # last, since it is how the page was before
)
OF_COLOURS = ["color-contrast", "link-in-text-block"]  # axe's rules that the dark can break anew
RUN_AXE = """
async (only) => {
  const options = { resultTypes: ["violations"], iframes: false, preload: false };
  const { violations } = await axe.run(only.length ? { ...options, runOnly: only } : options);
  return violations
    .filter((rule) => ["serious", "critical"].includes(rule.impact))
    .flatMap((rule) => rule.nodes.map((node) =>
      `${rule.id} (${rule.impact}): ${node.html.slice(0, 200)} ${node.failureSummary}`));
}
"""
TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`CSP: ${event.violatedDirective} refuses ${event.blockedURI || event.sample}`);
});
"""
CHOOSE_THEME = """
(scheme) => {
  const admin = window.Alpine?.$data(document.documentElement);
  if (admin && "adminTheme" in admin) admin.adminTheme = scheme;  // unfold asks once, at the start
}
"""
STAND_STILL = """
() => Promise.all(
  document.getAnimations()
    .filter((one) => Number.isFinite(one.effect.getComputedTiming().endTime))
    .map((one) => one.finished.catch(() => null))
)
"""


@dataclass
class Troubles:
    """What went wrong in a person's browser, as it happens."""

    address: str  # the only one that may be asked for anything
    expected: set[int] = field(default_factory=set)  # HTTP statuses that a test brings about
    seen: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        context.add_init_script(TELL_VIOLATIONS)
        context.on("console", self._said)
        context.on("weberror", self._crashed)
        context.on("request", self._asked)
        context.on("requestfailed", self._failed)
        context.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not self._is_expected(message.text):
            self.seen.append(f"console: {message.text}")

    def _crashed(self, error: WebError) -> None:
        self.seen.append(f"script: {error.error}")

    def _is_expected(self, text: str) -> bool:
        """Whether Chromium only repeats that an answer had a status which the test expects."""
        status = re.search(r"responded with a status of (\d+)", text)
        return status is not None and int(status[1]) in self.expected

    def _asked(self, request: Request) -> None:
        asked = urlsplit(request.url)
        if asked.scheme not in {"data", "blob"} and f"http://{asked.netloc}" != self.address:
            self.seen.append(f"another host: {request.url}")

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # the page itself had no more use for it
            self.seen.append(f"failed: {request.url} {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.seen.append(f"answered {response.status}: {response.url}")


@dataclass
class Album:
    """Where pictures of what was looked at go, if they are wanted."""

    folder: Path | None
    title: str
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def keep(self, page: Page, variant: str) -> None:
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=self.folder / f"{self.title}-{variant}.png", full_page=True)

    def next_page(self) -> "Album":
        return Album(self.folder, f"{self.title}-{next(self._numbers):02}")


def findings(page: Page, album: Album) -> list[str]:
    """Return what is wrong with a page, in each of its variants."""
    found = []
    page.wait_for_load_state()
    for width, scheme in VARIANTS:
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.evaluate(CHOOSE_THEME, scheme)
        page.evaluate(STAND_STILL)
        variant = f"{width}-{scheme}"
        album.keep(page, variant)
        found += [f"{variant} {one}" for one in [*_inaccessible(page, scheme), *_wide(page)]]
    page.evaluate(CHOOSE_THEME, "auto")
    return found


def _inaccessible(page: Page, scheme: Scheme) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[str] = page.evaluate(RUN_AXE, OF_COLOURS if scheme == "dark" else [])
    return found


def _wide(page: Page) -> list[str]:
    over: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return [f"scrolls {over} px to the side"] if over > 0 else []
