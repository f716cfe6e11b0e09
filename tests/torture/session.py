"""One run: load, faults and kills; then calm; then everything is compared."""

import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from signal import SIGTERM

from django.db import connection

from client_wallet.models import BankAnswer, BankCall, Withdrawal
from tests.benchmarks.ground import durability
from tests.sandbox.banks import RunningBank
from tests.torture.acknowledged import Acknowledged
from tests.torture.clients import Crowd, crowd
from tests.torture.ground import ROOT, Ground
from tests.torture.killer import Killer, killing
from tests.torture.plan import REQUIRED_FAULTS, Plan, Victim
from tests.torture.populate import Population, populate
from tests.torture.programs import Hospital, free_port, running_hospital
from tests.torture.progress import Tell
from tests.torture.verdict import Books, command_fault, decide_what_is_in_review, paid_by

OVERTIME = 2.0  # a slow machine may take so many times as long to do what is planned
LATER_SECONDS = 60.0
EXPECTED = {"409 not-cancellable", "409 insufficient-funds"}
NO_DATABASE = "The database cannot be reached"
OPEN = ["SCHEDULED", "PROCESSING", "UNKNOWN"]


@dataclass
class Outcome:
    """What was done, and what was wrong afterwards."""

    durability: str = ""
    log: Acknowledged = field(default_factory=Acknowledged)
    kills: Counter[str] = field(default_factory=Counter)
    ended_alone: Counter[str] = field(default_factory=Counter)
    bank_calls: int = 0
    faulted_calls: int = 0
    faults: Mapping[str, int] = field(default_factory=dict)
    calls_cut_off: int = 0  # a worker died between its call and the record of the answer
    late_answers: int = 0
    told_to_pay: int = 0  # withdrawals that reached the bank
    statuses: Counter[str] = field(default_factory=Counter)
    reviews: Counter[str] = field(default_factory=Counter)
    settled_after: float = 0.0
    wrong: list[str] = field(default_factory=list)


def torture(
    plan: Plan, ground: Ground, bank: RunningBank, environ: Mapping[str, str], tell: Tell
) -> Outcome:
    """Do all of it. Whatever runs ends with its block, however that is left."""
    outcome = Outcome(durability=durability())
    tell("people, wallets and things to order", 0.0)
    population = populate(plan)
    port = free_port()
    with crowd(plan, population, port, outcome.log) as clients:
        tell("the web server and the workers", 0.0)
        with running_hospital(ground, plan, environ, port) as hospital:
            with killing(hospital, plan) as killer:
                _load(plan, clients, killer, bank, outcome, tell)
                _settle(plan, outcome, tell)
            outcome.wrong += [*clients.trouble, *killer.trouble, *_stopped(hospital)]
            outcome.kills, outcome.ended_alone = hospital.kills, hospital.ended_alone
    tell("comparing journal, bank and clients", 1.0)
    time.sleep(plan.finality)  # what hangs at the bank is paid by then, or never
    _compare(population, bank, environ, outcome)
    return outcome


def required(plan: Plan, outcome: Outcome) -> list[tuple[str, float, float]]:
    """What was done, how much, and how much of it makes a run count."""
    faulted = outcome.faulted_calls / (outcome.bank_calls or 1)
    return [
        ("withdrawals that the bank was told of", outcome.told_to_pay, plan.required_withdrawals),
        ("% of the bank's calls faulted", 100 * faulted, 100 * REQUIRED_FAULTS),
        *(
            (f"{victim} kills", outcome.kills[victim], plan.required_kills(victim))
            for victim in Victim
        ),
        ("calls to the bank cut off by a kill", outcome.calls_cut_off, plan.required_cut_off),
    ]


def _load(
    plan: Plan, clients: Crowd, killer: Killer, bank: RunningBank, outcome: Outcome, tell: Tell
) -> None:
    """Load, faults and kills at once, until all that is planned is done."""
    bank.switch("hostile")
    clients.start()
    killer.begin()
    until = time.monotonic() + OVERTIME * plan.seconds + LATER_SECONDS
    while clients.are_at_work or not killer.is_done:
        tell(f"{clients.done} acts, {killer.said}", clients.share_done)
        if time.monotonic() > until:
            outcome.wrong.append("not all that was planned was done in time")
            break
        time.sleep(0.25)
    injected = bank.faults()
    bank.switch("calm")
    outcome.bank_calls = sum(injected["calls"].values())
    outcome.faulted_calls, outcome.faults = injected["faulted_calls"], injected["faults"]


def _settle(plan: Plan, outcome: Outcome, tell: Tell) -> None:
    """Wait until no withdrawal is open any more; the workers go on, nothing fails."""
    began = time.monotonic()
    while (left := _open_withdrawals()) and time.monotonic() < began + plan.settling_seconds:
        tell(f"the faults have stopped; {left} withdrawals are open", 1.0)
        time.sleep(0.5)
    outcome.settled_after = time.monotonic() - began
    if left:
        outcome.wrong.append(
            f"{left} withdrawals are still open {outcome.settled_after:.0f} s after the faults"
        )


def _open_withdrawals() -> int:
    connection.close()  # its server may have been killed since
    return Withdrawal.objects.filter(status__in=OPEN).count()


def _stopped(hospital: Hospital) -> list[str]:
    codes = Counter(hospital.stop_workers())
    bad = {code: number for code, number in codes.items() if code not in (0, 128 + SIGTERM)}
    return [f"workers did not stop cleanly: exit codes {bad}"] if bad else []


def _compare(
    population: Population, bank: RunningBank, environ: Mapping[str, str], outcome: Outcome
) -> None:
    payments = paid_by(bank)
    outcome.statuses = Counter(Withdrawal.objects.values_list("status", flat=True))
    outcome.reviews = decide_what_is_in_review(population, payments)
    withdrawals = list(Withdrawal.objects.all())
    outcome.told_to_pay = sum(one.attempts > 0 for one in withdrawals)
    outcome.calls_cut_off = BankCall.objects.filter(answer=None).count()
    outcome.late_answers = BankAnswer.objects.filter(is_late=True).count()
    outcome.wrong += Books(population, outcome.log, payments, withdrawals).faults()
    for refusal in outcome.log.refused.keys() - EXPECTED:
        outcome.wrong.append(f"refused: {refusal}, {outcome.log.refused[refusal]} times")
    for who, times in outcome.ended_alone.items():
        if NO_DATABASE not in who:  # whoever is started at that moment may say so and end
            outcome.wrong.append(f"ended by itself: {who}, {times} times")
    if reasonless := outcome.reviews["no reason"]:
        outcome.wrong.append(f"{reasonless} in review without a reason")
    for command in _proofs():
        outcome.wrong += command_fault(
            sys.executable, "manage.py", *command, cwd=ROOT, env=dict(environ)
        )


def _proofs() -> list[list[str]]:
    """The hospital's own proofs; a run over midnight has withdrawals of two days."""
    days = Withdrawal.objects.dates("created_at", "day")
    return [["check_books"], *(["reconcile_bank", day.isoformat()] for day in days)]
