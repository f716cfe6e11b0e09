"""``export_statement``: a wallet's statement of a period, for spreadsheets or for paper."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from client_wallet.models import WalletAccount
from client_wallet.statement_papers import statement_page, statement_rows
from client_wallet.statements import Statement, wallet_statement
from client_wallet.wallet_names import wallet_named
from hospital.core.command_days import business_day
from hospital.core.csv_writing import csv_lines
from hospital.core.errors import InvalidRequest
from hospital.core.money import plain_amount


class Command(BaseCommand):
    help = (
        "Write the statement of a wallet: what it held before the period, what moved, and what it"
        " held after. The numbers are those of the patient's own page. Changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("wallet", metavar="WALLET", help="its id, or the hospital number")
        for option, dest, words in (("--from", "first", "first"), ("--to", "last", "last")):
            parser.add_argument(
                option,
                dest=dest,
                type=business_day,
                required=True,
                metavar="DATE",
                help=f"the {words} business day of the period: 2026-01-31",
            )
        parser.add_argument("--format", choices=["csv", "html"], default="csv")
        parser.add_argument("--output", type=Path, metavar="FILE", help="instead of printing it")

    def handle(self, *args: Any, **options: Any) -> None:
        wallet = _find(options["wallet"])
        try:
            statement = wallet_statement(wallet, options["first"], options["last"])
        except InvalidRequest as refusal:
            raise CommandError(refusal.message) from None
        text = _written(statement, options["format"])
        if options["output"] is None:
            self.stdout.write(text, ending="")
        else:
            _keep(text, options["output"])
        self.stderr.write(_said(statement))


def _find(number: str) -> WalletAccount:
    wallet = WalletAccount.objects.select_related("patient").filter(wallet_named(number)).first()
    if wallet is None:
        raise CommandError(f"There is no wallet {number!r}. Name its id, or a hospital number.")
    return wallet


def _written(statement: Statement, form: str) -> str:
    if form == "html":
        return statement_page(statement)
    return "".join(csv_lines(statement_rows(statement)))


def _keep(text: str, path: Path) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from None


def _said(statement: Statement) -> str:
    """Return the summary: the three numbers that add up."""
    opening, money_in, money_out, closing = (
        plain_amount(amount)
        for amount in (
            statement.opening_balance,
            statement.total_in,
            statement.total_out,
            statement.closing_balance,
        )
    )
    return f"{len(statement.lines)} movements: {opening} + {money_in} - {money_out} = {closing}."
