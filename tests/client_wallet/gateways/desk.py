"""Short ways to online payments, for tests that are about something else."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from client_wallet.gateways import Notice
from client_wallet.models import GatewayEvent, OnlinePayment, WalletAccount
from client_wallet.online_payments import (
    Heard,
    PayoutRecorded,
    ask_for_online_payment,
    credit_online_payment,
    record_gateway_payout,
)
from hospital.core.acts import Act
from hospital.core.system_users import system_user
from tests.factories import UserFactory, make_wallet

State = GatewayEvent.State


def ask(amount: str = "500.00", *, wallet: WalletAccount | None = None, **more: Any) -> Any:
    """Return a payment into a wallet of its own that no gateway has been told of."""
    wallet = wallet or make_wallet()
    asked = ask_for_online_payment(
        patient_id=wallet.patient_id,
        amount=Decimal(amount),
        gateway=more.pop("gateway", "sandbox"),
        act=more.pop("act", None) or Act(UserFactory()),
    )
    return OnlinePayment.objects.select_related("wallet").get(pk=asked.id)


def paid(payment: OnlinePayment, **more: Any) -> Notice:
    """Return what a gateway says when the whole payment has arrived."""
    notice = Notice(
        State.PAID,
        reference=payment.reference,
        payment_reference="pay-1",
        amount=payment.amount,
        currency=payment.currency,
    )
    return replace(notice, **more)


def hear(notice: Notice, source: str = "WEBHOOK") -> Heard:
    return credit_online_payment(
        gateway="sandbox",
        notice=notice,
        source=GatewayEvent.Source(source),
        actor=system_user("gateway"),
    )


def state_of(payment: OnlinePayment) -> tuple[str, Decimal]:
    """Return a payment's status, and what its wallet holds."""
    payment.refresh_from_db()
    wallet = WalletAccount.objects.get(pk=payment.wallet_id)
    return payment.status, wallet.account_balance


def pay_out(supervisor: Any, reference: str) -> PayoutRecorded:
    """Record that the gateway paid 9.00 out and kept 1.00."""
    return record_gateway_payout(
        gateway="sandbox",
        reference=reference,
        amount=Decimal("9.00"),
        fee_amount=Decimal("1.00"),
        act=Act(supervisor),
    )
