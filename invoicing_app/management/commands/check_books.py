"""``check_books``: proves the books on one snapshot; ends with 1 where anything is wrong."""

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import asdict
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from invoicing_app.books import CHECKS, Check, Outcome, check_books

SHOWN = 20  # findings of a check, and ids of a finding


class Command(BaseCommand):
    help = (
        "Prove from rows alone that every unit of money, every drug and every receipt is where it"
        " should be. Reads one snapshot and changes nothing; may run while payments are taken."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help="print one JSON document, with every offending id"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        started = monotonic()
        self.stdout.ending = ""  # rich ends its lines itself
        outcomes = self._outcomes(quiet=options["json"])
        seconds = monotonic() - started
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(outcomes), indent=2) + "\n")
        if broken := [outcome for outcome in outcomes if outcome.findings]:
            raise CommandError(
                f"The books are wrong: {len(broken)} of {len(outcomes)} checks found something"
                f" ({', '.join(outcome.check.name for outcome in broken)})."
            )
        if not options["json"]:
            self.stdout.write(f"The books are sound: {len(outcomes)} checks in {seconds:.1f} s.\n")

    def _outcomes(self, *, quiet: bool) -> Sequence[Outcome]:
        outcomes: list[Outcome] = []
        if quiet:
            check_books(done=outcomes.append)
        elif self.stdout.isatty():
            self._watched(outcomes)
        else:
            check_books(done=lambda outcome: self._line(outcome, outcomes))
        return outcomes

    def _line(self, outcome: Outcome, outcomes: list[Outcome]) -> None:
        outcomes.append(outcome)
        said = "WRONG" if outcome.findings else "ok"
        check = outcome.check
        self.stdout.write(f"{said:<5}  {check.name:<34} {outcome.rows:>12,} rows  {check.says}\n")
        for text in _findings(outcome):
            self.stdout.write(f"       {text}\n")

    def _watched(self, outcomes: list[Outcome]) -> None:
        """Show the check at work on a terminal, and a table at the end."""
        console = Console(file=self.stdout)  # type: ignore[arg-type] # writes like a text file
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        with Progress(*columns, console=console, transient=True) as progress:
            task = progress.add_task("", total=len(CHECKS))

            def starting(check: Check) -> None:
                progress.update(task, description=f"{len(outcomes) + 1}/{len(CHECKS)} {check.name}")

            check_books(starting=starting, done=outcomes.append)
        console.print(_table(outcomes))
        for outcome in outcomes:
            for text in _findings(outcome):
                console.print(
                    f"{outcome.check.name}: {text}", soft_wrap=True, markup=False, highlight=False
                )


def _table(outcomes: Sequence[Outcome]) -> Table:
    table = Table("check")
    table.add_column("rows", justify="right")
    table.add_column("seconds", justify="right")
    table.add_column("")
    for outcome in outcomes:
        said = "[red]WRONG" if outcome.findings else "[green]ok"
        rows, seconds = f"{outcome.rows:,}", f"{outcome.seconds:.1f}"
        table.add_row(outcome.check.name, rows, seconds, said)
    return table


def _findings(outcome: Outcome) -> list[str]:
    """Return a line per finding; where there are very many, the first."""
    lines = [
        f"{', '.join(_first(finding.ids))}: {finding.detail}" if finding.ids else finding.detail
        for finding in outcome.findings
    ]
    return _first(lines)


def _first(texts: list[str]) -> list[str]:
    more = len(texts) - SHOWN
    return texts if more <= 0 else [*texts[:SHOWN], f"{more} more (--json lists them)"]


def _as_json(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    return {
        "sound": not any(outcome.findings for outcome in outcomes),
        "checks": [
            {
                "name": outcome.check.name,
                "says": outcome.check.says,
                "rows": outcome.rows,
                "seconds": round(outcome.seconds, 3),
                "findings": [asdict(finding) for finding in outcome.findings],
            }
            for outcome in outcomes
        ],
    }
