"""``import_synthea DIR``: a Synthea export becomes patients, consultations and bills."""

from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hospital.core.errors import DomainError
from hospital.core.money import ZERO, parse_amount, with_currency
from hospital.core.progress import progress_bar
from invoicing_app.synthea.export import KINDS, LABORATORY_PRICE, Charge, Export, read_export
from invoicing_app.synthea.importing import Added, import_export
from invoicing_app.synthea.paying import (
    METHODS,
    Paid,
    Settlement,
    pay_and_check,
    unpaid_consultations,
)

INTERRUPTED = 130  # as a shell reports SIGINT
MOST_LISTED = 20


class Command(BaseCommand):
    help = (
        "Imports patients.csv, encounters.csv, procedures.csv, medications.csv, immunizations.csv"
        " and the laboratory rows of observations.csv: all of it, or nothing where a row is wrong."
        " A second run adds nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path)
        parser.add_argument(
            LABORATORY_PRICE, default="25.00", help="Price of a laboratory test (default: 25.00)."
        )
        parser.add_argument(
            "--pay", action="store_true", help="Then pay what is unpaid, and check the books."
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="Check and count everything, write nothing."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._import(options)
            if options["pay"]:
                self._pay(options)
        except DomainError as refusal:
            raise CommandError(refusal.detail) from refusal
        except KeyboardInterrupt:
            message = "Stopped, with nothing half done. Run it again to go on."
            raise CommandError(message, returncode=INTERRUPTED) from None

    def _import(self, options: dict[str, Any]) -> None:
        lab_price = parse_amount(options["lab_price"], LABORATORY_PRICE)
        with progress_bar() as track:
            export = read_export(options["folder"], lab_price=lab_price, track=track)
            added = import_export(export, track=track, dry_run=options["dry_run"])
        for line in sums(export):
            self.stdout.write(line)
        self.stdout.write(_summary(export, added, dry_run=options["dry_run"]))

    def _pay(self, options: dict[str, Any]) -> None:
        if options["dry_run"]:
            self.stdout.write(f"Would pay what is new, and {len(unpaid_consultations()):,} before.")
            return
        with progress_bar() as track:
            settlement = pay_and_check(track=track)
        self.stdout.write(_payments(settlement.paid))
        self.stdout.write(
            f"Revenue in the journal {settlement.revenue:,.2f}, paid items"
            f" {settlement.items:,.2f}; {len(settlement.findings)} findings in the books."
        )
        if not settlement.is_sound:
            raise CommandError("\n".join(_complaints(settlement)))


def sums(export: Export) -> Iterator[str]:
    """Yield a table: bill items and their sum per department, per kind where it has two, in all."""
    yield _line("department", "items", "sum")
    for department in sorted({kind.department for kind in KINDS}):
        kinds = [kind for kind in KINDS if kind.department == department]
        of_department = [one for one in export.charges if one.kind.department == department]
        yield _sum_line(str(department), of_department)
        if len(kinds) > 1:
            for kind in kinds:
                of_kind = [one for one in of_department if one.kind == kind]
                yield _sum_line(f"  {kind.name}", of_kind)
    yield _sum_line("all", export.charges)


def _sum_line(name: str, charges: Sequence[Charge]) -> str:
    total = sum((charge.line_total for charge in charges), ZERO)
    return _line(name, f"{len(charges):,}", f"{total:,.2f}")


def _line(name: str, count: str, total: str) -> str:
    return f"{name:<18}{count:>8}{total:>16}"


def _summary(export: Export, added: Added, *, dry_run: bool) -> str:
    there = Added(
        patients=len(export.people) - added.patients,
        consultations=len(export.visits) - added.consultations,
        items=len(export.charges) - added.items,
    )
    if added == Added(0, 0, 0):
        return f"Nothing to add: {_counts(there)} are there already."
    before = "" if there == Added(0, 0, 0) else f" {_counts(there)} were there already."
    return f"{'Would add' if dry_run else 'Added'} {_counts(added)}.{before}"


def _counts(added: Added) -> str:
    return (
        f"{added.patients:,} patients, {added.consultations:,} consultations"
        f" and {added.items:,} bill items"
    )


def _payments(paid: Paid) -> str:
    count = sum(paid.methods.values())
    if not count:
        return "Nothing was paid."
    methods = ", ".join(f"{method} {paid.methods[method]:,}" for method in METHODS)
    return f"Paid {count:,} consultations, {with_currency(paid.total)}: {methods}."


def _complaints(settlement: Settlement) -> list[str]:
    """Return the refusals and findings, the first of many."""
    refused = [f"Refused: {refusal}" for refusal in settlement.paid.refusals]
    complaints = [*refused, *map(str, settlement.findings)]
    if settlement.revenue != settlement.items:
        complaints.append("Revenue in the journal is not what the paid items come to.")
    more = [f"and {len(complaints) - MOST_LISTED} more"] if len(complaints) > MOST_LISTED else []
    return [*complaints[:MOST_LISTED], *more]
