"""The sweeper asks about what never called back, and credits what the gateway says arrived."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from client_wallet.gateways import GatewaySilent, Notice
from client_wallet.models import OnlinePayment
from client_wallet.online_payments import settle_due_payments
from tests.client_wallet.gateways.desk import State, ask, paid, state_of

pytestmark = pytest.mark.django_db


@dataclass
class FakeGateway:
    """Says what a test has it say of every payment; silent at None."""

    says: Sequence[Notice] | None = ()
    asked: list[tuple[str, str]] = field(default_factory=list)
    name: str = "sandbox"

    def find_payment(self, reference: str, gateway_reference: str) -> Sequence[Notice]:
        self.asked.append((reference, gateway_reference))
        if self.says is None:
            raise GatewaySilent("status 500")
        return self.says


def due(amount: str = "500.00", **columns: object) -> OnlinePayment:
    payment: OnlinePayment = ask(amount)
    past = timezone.now() - timedelta(seconds=1)
    OnlinePayment.objects.filter(pk=payment.pk).update(**{"next_ask_at": past, **columns})
    payment.refresh_from_db()
    return payment


def settle(gateway: FakeGateway) -> tuple[dict[str, int], int]:
    settled = settle_due_payments(gateway)  # type: ignore[arg-type] # it is only asked
    return dict(settled.statuses), settled.silences


def test_what_was_paid_without_a_webhook_is_credited():
    payment = due(gateway_reference="order-1")
    gateway = FakeGateway([paid(payment, state=State.FAILED), paid(payment)])

    assert settle(gateway) == ({"CREDITED": 1}, 0)

    assert gateway.asked == [(payment.reference, "order-1")]
    assert state_of(payment) == ("CREDITED", Decimal("500.00"))
    assert settle(gateway) == ({}, 0)


def test_what_is_not_due_or_of_another_gateway_is_not_asked_about():
    ask()
    due()
    gateway = FakeGateway(name="razorpay")

    assert settle(gateway) == ({}, 0)

    assert gateway.asked == []


def test_who_is_silent_is_asked_again_later_and_nothing_is_decided(settings):
    settings.GATEWAY_ABANDON_HOURS = 0
    payment = due()

    assert settle(FakeGateway(None)) == ({"STARTED": 1}, 1)

    payment.refresh_from_db()
    assert payment.asks == 1
    assert payment.next_ask_at is not None
    assert payment.next_ask_at > timezone.now() + timedelta(seconds=20)


def test_pauses_double_up_to_an_hour():
    payment = due(asks=40)

    settle(FakeGateway())

    payment.refresh_from_db()
    assert payment.next_ask_at is not None
    assert timedelta(minutes=59) < payment.next_ask_at - timezone.now() <= timedelta(hours=1)


def test_what_nobody_paid_for_long_is_given_up_and_still_credited_when_it_is_paid(settings):
    settings.GATEWAY_ABANDON_HOURS = 0
    payment = due()

    assert settle(FakeGateway()) == ({"FAILED": 1}, 0)

    payment.refresh_from_db()
    assert (payment.failure_code, payment.next_ask_at) == ("abandoned", None)
    OnlinePayment.objects.filter(pk=payment.pk).update(next_ask_at=timezone.now())
    assert settle(FakeGateway([paid(payment)])) == ({"CREDITED": 1}, 0)
    assert state_of(payment) == ("CREDITED", Decimal("500.00"))


def test_a_payment_that_failed_is_asked_about_until_it_is_given_up():
    payment = due()

    settle(FakeGateway([paid(payment, state=State.FAILED)]))

    payment.refresh_from_db()
    assert (payment.status, payment.failure_code) == ("FAILED", "not-paid")
    assert payment.next_ask_at is not None


def test_the_command_lists_what_is_due_and_asks_nobody():
    payment, out = due(), StringIO()

    call_command("settle_online_payments", "--dry-run", stdout=out)

    first, last = out.getvalue().splitlines()
    assert first.split()[:3] == [payment.reference, "STARTED", "500.00"]
    assert last == "1 online payments are due. Nothing was changed."


def test_without_a_gateway_the_command_says_what_is_missing(settings):
    settings.GATEWAY = ""

    with pytest.raises(CommandError, match="GATEWAY is not set"):
        call_command("settle_online_payments")


def test_a_gateway_that_is_away_makes_the_command_fail(settings):
    settings.GATEWAY, settings.GATEWAY_URL = "sandbox", "http://127.0.0.1:9"
    settings.GATEWAY_KEY_SECRET = settings.GATEWAY_WEBHOOK_SECRET = "secret"
    payment = due()

    with pytest.raises(CommandError, match="no answer about 1"):
        call_command("settle_online_payments", stdout=StringIO())

    assert state_of(payment)[0] == "STARTED"
