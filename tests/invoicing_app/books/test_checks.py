"""Each check sees what was broken behind the application's back, and sound books are green."""

import pytest

from invoicing_app.books import CHECKS, Check, Finding, check_books, examination
from tests.invoicing_app.books.breaks import BREAKS


def things(findings: list[Finding], check: str) -> set[str]:
    return {thing for finding in findings if finding.check == check for thing in finding.ids}


def test_sound_books_are_green(owner):
    assert check_books() == []


@pytest.mark.parametrize(
    ("check", "statement"),
    [
        pytest.param(check, statement, id=f"{check}-{number}")
        for check, statements in BREAKS.items()
        for number, statement in enumerate(statements, 1)
    ],
)
def test_a_check_names_what_was_broken(owner, check, statement):
    owner.execute(statement)
    (broken,) = owner.fetchone()

    assert broken in things(check_books(), check)


def test_every_check_is_broken_here():
    assert set(BREAKS) == {check.name for check in CHECKS}


def test_a_change_shows_in_one_link_of_a_chain(owner):
    (statement, *_) = BREAKS["hash-chains-hold"]
    owner.execute(statement)
    (broken,) = owner.fetchone()

    assert things(check_books(), "hash-chains-hold") == {broken}


def test_of_many_faults_the_first_are_listed(owner, monkeypatch):
    faults = Check("many", "never holds", "django_migrations", lambda: iter([("x", "y")] * 1500))
    monkeypatch.setattr(examination, "CHECKS", [faults])

    listed, more = check_books()

    assert (listed.ids, more.detail) == (["x"] * 1000, "and more: only 1000 are listed")
