"""The page that lists what the bank paid."""

import re
from pathlib import Path

from tests.sandbox.banks import DESTINATION, RunningBank, running


def rows(page: str) -> list[str]:
    return re.findall(r"<tr><td.*?</tr>", page, re.DOTALL)


def test_it_shows_payments_newest_first_with_amounts(data: Path):
    with running(data, "--not-idempotent", "--finality-seconds", "20") as bank:
        nothing = bank.call("GET", "/").body.decode()
        bank.pay("WD-1", amount="1234567.50")
        bank.pay("WD-2", amount="0.05", destination={**DESTINATION, "account_name": "<script>A&B"})
        bank.pay("WD-1")
        page = bank.call("GET", "/").body.decode()

    again, second, first = rows(page)
    assert "Nothing was paid yet." in nothing
    assert ("NGN 1,500.00" in again, "paid again" in again) == (True, True)
    assert ("NGN 0.05" in second, "&lt;script&gt;A&amp;B" in second) == (True, True)
    assert ("NGN 1,234,567.50" in first, "paid again" in first) == (True, False)
    assert "NGN 1,236,067.55" in page
    assert "<dt>Finality</dt><dd>20 s</dd>" in page


def test_it_has_no_script_and_allows_none(bank: RunningBank, reference: str):
    bank.pay(reference)

    page = bank.call("GET", "/")

    assert page.headers["Content-Security-Policy"].startswith("default-src 'none';")
    assert re.findall(rb"<script|\son\w+=|style=|https?:", page.body) == []
    addresses = re.findall(r'(?:href|src)="([^"]*)"', page.body.decode())
    files = {address: bank.call("GET", address).status for address in addresses}
    assert files == dict.fromkeys(addresses, 200)
    assert {"/page.css", "/icon.svg"} <= set(files)


def test_it_has_pages(data: Path):
    with running(data) as bank:
        for number in range(51):
            bank.pay(f"WD-{number}")
        newest = bank.call("GET", "/").body.decode()
        older = re.findall(r'<a href="([^"]*)">Older', newest)
        oldest = bank.call("GET", older[0]).body.decode()
        odd = bank.call("GET", "/?before=%C2%B2").body.decode()

    assert (len(rows(newest)), len(rows(oldest)), odd) == (50, 1, newest)
    assert "<code>WD-0</code>" in oldest
    assert "Older" not in oldest
    assert '<a href="/">Newest</a>' in oldest
