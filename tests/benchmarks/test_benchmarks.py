"""The benchmarks can still be run; their figures are nobody's business here."""

import io
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings
from rich.console import Console

from hospital.core.statements import Statement
from tests.benchmarks import limit
from tests.benchmarks.ground import dsn
from tests.benchmarks.report import Goal, compared

SETTINGS_NAME = "DJANGO_SETTINGS_MODULE"  # nobody who types the command has set it


def text_of(table: object) -> str:
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(table)
    return console.export_text()


def test_a_goal_is_reached_by_medians_and_not_by_one_good_round():
    results = {"ours": [90.0, 130.0, 500.0], "theirs": [100.0, 100.0, 101.0], "slow": [9.0]}

    goals = [
        Goal("ours", "theirs", 1.3),
        Goal("ours", "theirs", 1.4),
        Goal("slow", "ours", 0.05, at_most=True),
    ]

    assert [goal.is_reached(results) for goal in goals] == [True, False, False]


def test_what_has_no_goal_is_shown_and_missed_by_nothing():
    goal, results = Goal("ours", "theirs"), {"ours": [1.0], "theirs": [100.0]}

    assert "│ ours     │ theirs │ 0.01  │      │         │" in text_of(compared([goal], results))
    assert goal.is_reached(results)


def test_ratios_are_shown_with_what_was_to_be_reached():
    results = {"ours": [130.0], "theirs": [100.0]}

    shown = text_of(compared([Goal("ours", "theirs", 1.4)], results))

    assert "│ ours     │ theirs │ 1.30  │ at least 1.4 │ NO      │" in shown


def test_a_program_of_its_own_reaches_the_named_database():
    name = settings.DATABASES["default"]["USER"]

    assert {"dbname=elsewhere", f"user={name}"} <= set(dsn("elsewhere").split())


@pytest.mark.parametrize("statement", limit.statements(), ids=lambda one: one.name)
def test_pgbench_is_told_every_value_that_the_service_sends(statement: Statement):
    filled = limit.filled(statement)

    assert "%(" not in filled
    assert set(re.findall(r"(?<!:):(\w+)", filled)) <= {"patient", "actor", "key"}


@pytest.mark.slow
def test_a_quick_run_measures_everything():
    run = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", "--quick"],
        capture_output=True,
        text=True,
        check=False,
        env={name: value for name, value in os.environ.items() if name != SETTINGS_NAME},
    )

    assert (run.returncode, run.stdout.count("at least"), run.stdout.count("at most")) == (0, 3, 5)
