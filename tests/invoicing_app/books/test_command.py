"""``check_books`` as it is called: what it prints, and how it ends."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from client_wallet.models import Posting
from invoicing_app.books import CHECKS
from tests.invoicing_app.books.breaks import BREAKS


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def run_command(*arguments: str, out: StringIO | None = None) -> tuple[str, CommandError | None]:
    out = out or StringIO()
    try:
        call_command("check_books", *arguments, stdout=out)
    except CommandError as error:
        return out.getvalue(), error
    return out.getvalue(), None


@pytest.fixture
def broken_entry(owner: Any) -> str:
    owner.execute(BREAKS["entries-balance"][0])
    return str(owner.fetchone()[0])


def test_the_command_prints_each_check_and_how_many_rows_it_saw(owner):
    text, error = run_command()

    *lines, summary = text.splitlines()
    assert error is None
    assert [line.split()[:2] for line in lines] == [["ok", check.name] for check in CHECKS]
    assert lines[0].split()[2:4] == [str(Posting.objects.count()), "rows"]
    assert summary.startswith(f"The books are sound: {len(CHECKS)} checks in ")


def test_the_command_names_the_offending_ids_and_ends_with_1(broken_entry):
    text, error = run_command()

    assert error is not None
    assert error.returncode == 1
    assert "checks found something (entries-balance, " in str(error)
    assert text.startswith("WRONG  entries-balance ")
    assert f"\n       {broken_entry}: debits " in text


def test_of_very_many_ids_the_first_are_printed(owner):
    owner.execute(
        "INSERT INTO smcapp1_labresult (consultation_id, test_id, status, result, requested_at)"
        " SELECT 1, 1, 'PENDING', '', now() FROM generate_series(1, 30)"
    )

    text, _ = run_command()

    assert ", 10 more (--json lists them): belongs to no bill item\n" in text


def test_on_a_terminal_the_command_shows_a_table(broken_entry):
    text, error = run_command(out=Terminal())

    assert error is not None
    assert "accounts-are-known" in text
    assert f"entries-balance: {broken_entry}: debits " in text


def test_the_command_speaks_json(broken_entry):
    text, error = run_command("--json")

    answer = json.loads(text)
    found = {check["name"]: check["findings"] for check in answer["checks"]}
    assert error is not None
    assert not answer["sound"]
    assert found["entries-balance"][0]["ids"] == [broken_entry]
    assert found["stock-equals-movements"] == []
