"""``settle_online_payments``: asks the gateway about payments that it has not called back about."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from client_wallet.gateways import Gateway, configured_gateway
from client_wallet.management.commands.process_withdrawals import stopped_by_signals
from client_wallet.models import OnlinePayment
from client_wallet.online_payments.settling import (
    PaymentsSettled,
    keep_settling_payments,
    settle_due_payments,
)
from hospital.core.errors import DomainError
from hospital.core.money import money_text


class Command(BaseCommand):
    help = (
        "Ask the payment gateway about online payments that it has not called back about, and"
        " credit what has arrived. May run any number of times at once, and be stopped at any"
        " moment."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--loop", action="store_true", help="go on until SIGTERM or Ctrl-C, which end it well"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="list what is due, and ask nobody"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"]:
            self._list()
            return
        gateway = _gateway()
        with stopped_by_signals() as stop:
            if options["loop"]:
                keep_settling_payments(gateway, stop)
                return
            try:
                settled = settle_due_payments(gateway, stopping=stop.is_set)
            except DomainError as trouble:
                raise CommandError(f"Not all was asked about: {trouble}") from trouble
        self.stdout.write(_summary(settled))
        if settled.silences:
            raise CommandError(f"The gateway gave no answer about {settled.silences} of them.")

    def _list(self) -> None:
        due = OnlinePayment.objects.due().order_by("next_ask_at", "pk")
        count = 0
        for payment in due.iterator():
            count += 1
            self.stdout.write(
                f"{payment.reference}  {payment.status:<8}  {money_text(payment.amount):>16}"
                f"  since {payment.next_ask_at:%F %T%z}"
            )
        self.stdout.write(f"{count} online payments are due. Nothing was changed.")


def _gateway() -> Gateway:
    try:
        gateway = configured_gateway()
    except ImproperlyConfigured as wrong:
        raise CommandError(str(wrong)) from wrong
    if gateway is None:
        raise CommandError("GATEWAY is not set: the payment gateway that would be asked.")
    return gateway


def _summary(settled: PaymentsSettled) -> str:
    said = [
        f"{settled.statuses[status]} {status.label.lower()}"
        for status in OnlinePayment.Status
        if settled.statuses[status]
    ]
    return f"Online payments: {', '.join(said) or 'none were due'}."
