"""``record_gateway_payout``: posts what a gateway paid to the bank account, and the fee it kept."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from client_wallet.online_payments import PayoutRecorded, record_gateway_payout
from hospital.core.acts import Act
from hospital.core.errors import DomainError
from hospital.core.money import ZERO, parse_amount
from hospital.core.transactions import retry_conflicts

PERMISSION = "client_wallet.record_gatewaypayout"


class Command(BaseCommand):
    help = (
        "Post a payout of a payment gateway as it stands on the bank's statement: what arrived, and"
        " the fee that was kept. Doing it again with the same reference changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("gateway", help="its name, as in GATEWAY: razorpay")
        parser.add_argument("reference", help="of the payout, as the gateway has it")
        parser.add_argument("--amount", required=True, help="what arrived at the bank: 1200.50")
        parser.add_argument("--fee", default="0", help="what the gateway kept (0)")
        parser.add_argument("--by", required=True, help="the username of whoever records it")
        parser.add_argument("--dry-run", action="store_true", help="say it, and post nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            recorded = retry_conflicts(_record)(options)
        except DomainError as refusal:
            raise CommandError(refusal.detail) from refusal
        done = "Would be recorded" if options["dry_run"] else "Recorded"
        said = "Was recorded before" if recorded.replayed else done
        self.stdout.write(
            f"{said}: payout {options['reference']} of {options['gateway']}: {recorded.amount}"
            f" at the bank, {recorded.fee_amount} fee. The gateway holds"
            f" {recorded.clearing_balance}."
        )


def _record(options: dict[str, Any]) -> PayoutRecorded:
    fee = options["fee"]
    with transaction.atomic():
        recorded = record_gateway_payout(
            gateway=options["gateway"],
            reference=options["reference"],
            amount=parse_amount(options["amount"]),
            fee_amount=ZERO if fee.strip("0.") == "" else parse_amount(fee, "fee"),
            act=Act(_actor(options["by"])),
        )
        transaction.set_rollback(options["dry_run"])
    return recorded


def _actor(username: str) -> Any:
    user = get_user_model().objects.filter(username=username, is_active=True).first()
    if user is None or not user.has_perm(PERMISSION):
        raise CommandError(f"{username} may not record payouts of gateways.")
    return user
