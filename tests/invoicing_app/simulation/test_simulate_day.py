"""A small day is right, and whatever is wrong with one ends the command with an error."""

import os
import signal
import subprocess
import sys
import time
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from client_wallet.models import HandOver, Shift, WalletDeposit, Withdrawal
from hospital.core.models import User
from invoicing_app.models import DepositReceiving
from invoicing_app.simulation.comparison import lost_or_doubled, marks, unequal_reports
from invoicing_app.simulation.day import ONE_AT_A_TIME
from invoicing_app.simulation.messages import Done
from invoicing_app.simulation.plan import Cast, Plan
from invoicing_app.simulation.tally import Tally
from smcapp1.models import PatientProfile
from tests import databases
from tests.benchmarks.ground import dsn
from tests.factories import make_drug, make_item, make_wallet
from tests.rows import everything
from tests.sandbox.banks import running

WRONG = "tests.invoicing_app.simulation.wrong_visits"


@pytest.fixture
def hospital(real_commits: str, settings: Any) -> str:
    """A demo with something to order; real commits, since other processes read them."""
    settings.DEMO = True
    for code, price in (("CONSULTATION", "5000.00"), ("LABORATORY", "1999.99")):
        make_item(code, price)
    make_item("PROCEDURE", "333.33")
    make_drug(price="650.50")
    return real_commits


def simulate(*options: str, **more: Any) -> str:
    out = StringIO()
    call_command("simulate_day", *options, stdout=out, **more)
    return out.getvalue()


def test_a_small_day_with_faults_is_right(hospital):
    said = simulate("--cashiers", "2", "--patients", "6", "--acts", "60", "--seed", "4", "--faults")

    states = set(Shift.objects.values_list("status", flat=True))
    assert "All is right" in said
    assert states == {Shift.Status.CLOSED}
    assert DepositReceiving.objects.exists()
    assert not HandOver.objects.filter(status=HandOver.Status.GIVEN).exists()


def test_withdrawals_are_paid_by_a_bank_that_fails(hospital, settings, tmp_path):
    options = ("--profile", "flaky", "--finality-seconds", "2")
    with running(tmp_path / "bank.db", *options) as bank:
        settings.BANK_URL = f"http://127.0.0.1:{bank.port}"
        settings.BANK_DEADLINE_SECONDS, settings.BANK_FINALITY_SECONDS = 2, 2
        settings.BANK_RETRY_SECONDS = 1
        said = simulate("--cashiers", "2", "--patients", "16", "--seed", "4")
        paid = {payment["reference"] for payment in bank.payments()}

    settled = Withdrawal.objects.filter(status=Withdrawal.Status.COMPLETED)
    assert "All is right" in said
    assert paid == set(settled.values_list("bank_reference", flat=True)) != set()


def test_what_the_bank_paid_and_nobody_asked_for_is_wrong(hospital, settings, tmp_path):
    out = StringIO()
    with running(tmp_path / "bank.db") as bank:
        settings.BANK_URL = f"http://127.0.0.1:{bank.port}"
        bank.pay("WD-OF-NOBODY")
        with pytest.raises(CommandError, match="The day is wrong in 1 ways."):
            call_command("simulate_day", "--cashiers", "1", "--patients", "1", stdout=out)

    assert "WD-OF-NOBODY: the bank paid it, and there is no such withdrawal" in out.getvalue()


def test_every_patient_comes_once_where_no_number_of_acts_is_said(hospital):
    simulate("--cashiers", "2", "--patients", "5", "--seed", "2")

    assert PatientProfile.objects.count() == 5


def test_what_was_read_outlives_every_kill(hospital, monkeypatch):
    monkeypatch.setattr("invoicing_app.simulation.crew.KILLS", 1.0)
    monkeypatch.setattr("invoicing_app.simulation.crew.LONGEST_PAUSE", 0.8)
    options = ("--cashiers", "1", "--patients", "1", "--faults")

    said = simulate(*options, visit=f"{WRONG}.takes_its_time")

    assert "3 killed worker" in said
    assert PatientProfile.objects.count() == 1


def test_a_second_day_uses_the_same_people(hospital):
    simulate("--cashiers", "1", "--patients", "1")
    people = User.objects.count()

    said = simulate("--cashiers", "1", "--patients", "1")

    assert "All is right" in said
    assert User.objects.count() == people


@pytest.mark.parametrize(
    ("visit", "says"),
    [
        ("expects_a_refusal_that_does_not_come", "passed, and should be refused as wallet-frozen"),
        ("expects_to_pass_what_is_refused", "refused as not-found"),
        ("breaks", "ZeroDivisionError"),
        ("dies", "The process of desk 0 ended with 3."),
    ],
)
def test_what_is_wrong_at_a_desk_ends_the_command_with_an_error(hospital, visit, says):
    out = StringIO()

    with pytest.raises(CommandError, match="The day is wrong in"):
        call_command(
            "simulate_day",
            "--cashiers",
            "1",
            "--patients",
            "1",
            stdout=out,
            visit=f"{WRONG}.{visit}",
        )

    assert says in out.getvalue()


def test_a_desk_that_forgets_its_keys_is_found_out(hospital):
    out = StringIO()

    with pytest.raises(CommandError, match="The day is wrong in"):
        call_command(
            *("simulate_day", "--cashiers", "1", "--patients", "1", "--faults"),
            stdout=out,
            visit=f"{WRONG}.forgets_its_keys",
        )

    assert WalletDeposit.objects.count() == 2
    assert "AnswersDiffer" in out.getvalue()
    assert "is there and was not answered" in out.getvalue()


def test_an_answer_without_a_row_is_found_and_a_row_without_an_answer(db):
    since = marks()
    wallet = make_wallet(holding="70.00")
    deposit = WalletDeposit.objects.get(wallet=wallet)
    cast = Cast([deposit.taken_by_id], [], 0, 0, [])

    wrong = lost_or_doubled({("payment", 12, "5.00")}, since, cast)

    assert wrong == [
        "The payment 12 of 5.00 was answered and is not there.",
        f"The deposit {deposit.pk} of 70.00 is there and was not answered.",
    ]
    assert lost_or_doubled({("deposit", deposit.pk, "70.00")}, since, cast) == []


def test_a_report_that_differs_from_the_journal_is_named(db, monkeypatch):
    make_wallet(holding="70.00")
    assert unequal_reports(timezone.localdate()) == []

    monkeypatch.setattr("invoicing_app.simulation.comparison._AT_TILLS", [])
    monkeypatch.setattr("invoicing_app.simulation.comparison._DRAWERS", "NONE-%")

    assert unequal_reports(timezone.localdate()) == [
        "Collections: the report says 70.00, the journal 0.00.",
        "Collections of cashiers: the report says 70.00, the journal 0.00.",
    ]


def test_an_act_that_a_repeated_visit_sends_again_counts_once():
    tally = Tally()
    for done in (Done(0, "deposit", "key"), Done(0, "deposit", "key", fault="lost answer")):
        tally.count(done)

    assert (tally.acts, dict(tally.faults)) == (1, {"lost answer": 1})


def test_patients_and_acts_are_shared_among_the_desks():
    plan = Plan(cashiers=3, patients=8, seed=1, started_at=timezone.now(), acts=10)

    assert [plan.patients_of(desk) for desk in range(3)] == [3, 3, 2]
    assert [plan.acts_of(desk) for desk in range(3)] == [4, 3, 3]


def test_a_dry_run_changes_nothing(hospital):
    before = everything()

    said = simulate("--cashiers", "3", "--patients", "7", "--acts", "90", "--dry-run")

    assert said == "Would play 3 desks, 7 patients, about 90 acts, without faults, from seed 1.\n"
    assert everything() == before


def test_only_a_demo_is_played_in(db, settings):
    settings.DEMO = False

    with pytest.raises(CommandError, match="runs without DEMO=1"):
        simulate("--cashiers", "1", "--patients", "1")


def test_a_second_simulation_at_the_same_time_is_refused(hospital):
    with databases.owner_cursor(hospital) as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])

        with pytest.raises(CommandError, match="Another simulation is running."):
            simulate("--cashiers", "1", "--patients", "1")

    assert not PatientProfile.objects.exists()


def test_an_empty_catalogue_is_a_sentence(real_commits, settings):
    settings.DEMO = True

    with pytest.raises(CommandError, match="The catalogue is empty: run seed_demo first."):
        simulate("--cashiers", "1", "--patients", "1")


@pytest.mark.parametrize("option", ["--cashiers", "--patients", "--acts"])
def test_nothing_is_no_number(option):
    with pytest.raises(CommandError, match="it is a number above zero"):
        simulate(option, "0")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_told_to_stop_it_closes_the_shifts_and_leaves_no_process(hospital, number):
    command = [sys.executable, "-m", "django", "simulate_day", "--cashiers", "2", "--acts", "5000"]
    environ = {**os.environ, "DATABASE_URL": dsn(hospital), "DEMO": "1"}
    started = subprocess.Popen(  # noqa: S603 - our own interpreter
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    _wait_for(DepositReceiving.objects.exists)

    started.send_signal(number)
    _, error = started.communicate(timeout=60)

    assert (started.returncode, error) == (
        130,
        "CommandError: Stopped; the shifts are closed, and nothing was checked.\n",
    )
    assert not Shift.objects.exclude(status=Shift.Status.CLOSED).exists()


def _wait_for(is_there: Any) -> None:
    deadline = time.monotonic() + 60
    while not is_there():
        assert time.monotonic() < deadline
        time.sleep(0.1)
