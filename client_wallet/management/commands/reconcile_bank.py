"""``reconcile_bank``: a day's withdrawals against the bank's statement; 1 where they differ."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from client_wallet.bank import StatementUnavailable, configured_bank
from client_wallet.withdrawals.reconciliation import Reconciled, reconcile
from hospital.core.command_days import business_day


class Command(BaseCommand):
    help = (
        "Compare the withdrawals of a business day with the bank's own statement: what only one"
        " side has, what differs in amount or state, what was paid twice. Changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "day", type=business_day, metavar="DATE", help="the business day: 2026-01-31"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        day = options["day"]
        try:
            reconciled = reconcile(day, configured_bank())
        except (ImproperlyConfigured, StatementUnavailable) as trouble:
            raise CommandError(str(trouble)) from trouble
        for difference in reconciled.differences:
            self.stdout.write(f"{difference.reference}: {difference.says}")
        if reconciled.differences:
            raise CommandError(f"{_said(day, reconciled)} The two sides differ, as said above.")
        self.stdout.write(f"{_said(day, reconciled)} The two sides agree.")


def _said(day: date, reconciled: Reconciled) -> str:
    return (
        f"{day}: {reconciled.paid} payments by the bank, {reconciled.settled} withdrawals settled,"
        f" {len(reconciled.differences)} differences."
    )
