"""``simulate_day``: many desks at work at once, and whether the books agree afterwards."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from client_wallet.management.commands.process_withdrawals import stopped_by_signals
from hospital.core.errors import DomainError
from invoicing_app.books import CHECKS
from invoicing_app.simulation.bank_desk import has_bank
from invoicing_app.simulation.day import Day
from invoicing_app.simulation.plan import Plan

INTERRUPTED = 130  # as a shell reports SIGINT
MOST_CASHIERS = 64
SHOWN = 20  # of what is wrong


class Command(BaseCommand):
    help = (
        "Play a day at the desk with one process for each cashier, through the services: patients,"
        " bills, payments, waivers, refunds, hand-overs. Then close the shifts, check the books and"
        " compare the day's reports with the journal. Ends with 1 if anything is wrong. Invents"
        " patients, so it is for the demo only."
    )
    stealth_options = ("visit",)  # tests play their own

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--cashiers", type=_cashiers, default=4, metavar="N", help="desks (4)")
        parser.add_argument("--patients", type=_number, default=40, metavar="M", help="people (40)")
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="what happens (1)")
        parser.add_argument(
            "--acts",
            type=_number,
            metavar="K",
            help="acts at all desks; without it each comes once",
        )
        parser.add_argument(
            "--faults",
            action="store_true",
            help="double clicks, lost answers, processes killed in the middle of an act",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be played, and change nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "A day is simulated in the demo only: this system runs without DEMO=1."
            )
        plan = Plan(
            cashiers=options["cashiers"],
            patients=options["patients"],
            seed=options["seed"],
            started_at=timezone.now(),
            acts=options["acts"],
            faults=options["faults"],
            has_bank=has_bank(),
            **_visit(options),
        )
        if options["dry_run"]:
            self.stdout.write(f"Would play {_said(plan)}.")
            return
        self._play(Day(plan))

    def _play(self, day: Day) -> None:
        self.stdout.write(f"Playing {_said(day.plan)}.")
        try:
            with stopped_by_signals() as stop, _progress() as progress:
                day.play(told=_shown(progress, day), stops=stop.is_set)
        except DomainError as refusal:
            raise CommandError(refusal.detail) from refusal
        self._tell(day)
        if day.is_stopped:
            raise CommandError(
                "Stopped; the shifts are closed, and nothing was checked.", returncode=INTERRUPTED
            )
        try:
            self._judge(day)
        except KeyboardInterrupt:
            raise CommandError(
                "Stopped; the shifts are closed, and not all was checked.", returncode=INTERRUPTED
            ) from None

    def _tell(self, day: Day) -> None:
        Console(file=self.stdout).print(day.tally.table())  # type: ignore[arg-type] # writes like a text file
        self.stdout.write(day.tally.summary)
        self.stdout.write(f"{day.closed} shifts were closed.")

    def _judge(self, day: Day) -> None:
        with _progress() as progress:
            task = progress.add_task("Checking the books", total=len(CHECKS))
            wrong = day.verdict(lambda _outcome: progress.advance(task))
        for text in _first(wrong):
            self.stdout.write(text)
        if wrong:
            raise CommandError(f"The day is wrong in {len(wrong)} ways.")
        self.stdout.write(
            f"All is right: every answer is in the books, {len(CHECKS)} checks found nothing, and"
            " the day's reports agree with the journal."
        )


def _visit(options: Any) -> dict[str, str]:
    """Return another visit to play, for whoever calls the command with one: the tests do."""
    return {"visit": options["visit"]} if options.get("visit") else {}


def _said(plan: Plan) -> str:
    acts = f"about {plan.acts} acts" if plan.acts else "a visit each"
    faults = "with faults" if plan.faults else "without faults"
    return (
        f"{plan.cashiers} desks, {plan.patients} patients, {acts}, {faults}, from seed {plan.seed}"
    )


def _progress() -> Progress:
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _shown(progress: Progress, day: Day) -> Callable[[], None]:
    """Return what shows how far the day is."""
    task = progress.add_task("The desks are opening", total=None)

    def show() -> None:
        tally = day.tally
        refused = sum(tally.refused.values())
        faults = sum(tally.faults.values())
        progress.update(
            task, description=f"{tally.acts} acts, {refused} refused, {faults} faults played"
        )

    return show


def _first(wrong: Sequence[str]) -> Sequence[str]:
    more = len(wrong) - SHOWN
    return wrong if more <= 0 else [*wrong[:SHOWN], f"{more} more"]


def _number(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise ArgumentTypeError("it is a number above zero")
    return int(text)


def _cashiers(text: str) -> int:
    if _number(text) > MOST_CASHIERS:
        raise ArgumentTypeError(f"it is a number from 1 to {MOST_CASHIERS}")
    return int(text)
