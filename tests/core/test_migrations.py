"""Migrations can be undone, and done again."""

import pytest
from django.core.management import call_command
from django.db import connection

from hospital.core.database_roles import OWNER, changeable_journal_tables
from hospital.core.health import what_is_missing
from tests.databases import pointing_at


@pytest.mark.slow
@pytest.mark.parametrize(
    ("app", "name"),
    [
        ("client_wallet", "0001"),  # tables that lack columns which the application may update
        ("smcapp1", "zero"),
        ("core", "zero"),
    ],
)
def test_an_app_migrates_back_and_forth_again(app, name, real_commits):
    with pointing_at(real_commits, OWNER):
        call_command("migrate", app, name, verbosity=0)
        undone = _applied(app)
        call_command("migrate", verbosity=0)

    assert undone == ([] if name == "zero" else [name])
    assert (what_is_missing(), changeable_journal_tables()) == ("", [])


def _applied(app: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT left(name, 4) FROM django_migrations WHERE app = %s", [app])
        return [name for (name,) in cursor.fetchall()]
