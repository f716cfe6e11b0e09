"""``import_price_list FILE --department CODE``: a published price list becomes the catalogue's."""

from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from hospital.core.acts import Act
from hospital.core.errors import DomainError
from hospital.core.money import money_text
from hospital.core.progress import progress_bar
from smcapp1.price_lists.applying import RowsRejected, import_price_list, preview_price_list
from smcapp1.price_lists.columns import OPTIONS, WHAT, Chosen
from smcapp1.price_lists.planning import Plan
from smcapp1.price_lists.reading import read_file, read_price_list

INTERRUPTED = 130  # as a shell reports SIGINT
MOST_NEW_LISTED = 20  # -v 2 lists all


class Command(BaseCommand):
    help = (
        "Imports a price list into one department: all of it, or nothing where a row is rejected."
        " A second run changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--department", required=True, metavar="CODE")
        for role, option in OPTIONS.items():
            parser.add_argument(
                option, default="", metavar="HEADING", help=f"Where {WHAT[role]} stands."
            )
        parser.add_argument(
            "--effective-from",
            metavar="YYYY-MM-DD",
            help="First day of the prices: today (the default) or later.",
        )
        parser.add_argument(
            "--user", metavar="NAME", help="Who sets the prices, by login; else a system user does."
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="Show what would be done, write nothing."
        )
        parser.add_argument(
            "--skip-rejected", action="store_true", help="Import the other rows all the same."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._import(options)
        except DomainError as refusal:
            raise CommandError(refusal.detail) from refusal
        except KeyboardInterrupt:
            message = "Stopped, with nothing half done."
            raise CommandError(message, returncode=INTERRUPTED) from None

    def _import(self, options: dict[str, Any]) -> None:
        try:
            plan = _run(options)
        except RowsRejected as refusal:
            self._show(refusal.plan, options)
            message = f"{refusal.detail} Mend the list, or leave them out with --skip-rejected."
            raise CommandError(message) from refusal
        self._show(plan, options)

    def _show(self, plan: Plan, options: dict[str, Any]) -> None:
        for line in _lines(plan, lists_all=options["verbosity"] > 1):
            self.stdout.write(line)
        self.stdout.write(plan.counts)


def _run(options: dict[str, Any]) -> Plan:
    chosen = Chosen(options["name_column"], options["price_column"], options["code_column"])
    wanted = {
        "department_code": options["department"],
        "effective_from": _day(options["effective_from"]),
    }
    path: Path = options["file"]
    with progress_bar() as track:
        listed = read_price_list(read_file(path), path.name, chosen, track)
        if options["dry_run"]:
            return preview_price_list(listed, **wanted)
        return import_price_list(
            listed,
            **wanted,
            skip_rejected=options["skip_rejected"],
            act=_act(options["user"]),
            track=track,
        )


def _act(name: str | None) -> Act | None:
    if name is None:
        return None
    user = get_user_model().objects.filter(username=name, is_active=True).first()
    if user is None:
        raise CommandError(f"--user: nobody signs in as {name!r}.")
    return Act(user)


def _day(given: str | date | None) -> date:
    if given is None or isinstance(given, date):
        return given or timezone.localdate()
    try:
        return date.fromisoformat(given)
    except ValueError:
        message = f"--effective-from: {given!r} is no day written as 2026-01-31."
        raise CommandError(message) from None


def _lines(plan: Plan, *, lists_all: bool) -> Iterator[str]:
    """Yield a line per rejected and changed row, and for the new ones or the first of them."""
    new = [f"new: {one.entry.name} ({one.code}) {money_text(one.entry.price)}" for one in plan.new]
    yield from new if lists_all else _first(new)
    for change in plan.changed:
        old = "no price" if change.old is None else money_text(change.old)
        yield f"changed: {change.entry.name} {old} -> {money_text(change.entry.price)}"
    for rejected in plan.rejected:
        yield f"rejected: {rejected}"


def _first(lines: Sequence[str]) -> list[str]:
    more = len(lines) - MOST_NEW_LISTED
    return [*lines[:MOST_NEW_LISTED], *([f"new: and {more} more (-v 2)"] if more > 0 else [])]
