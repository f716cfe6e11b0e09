"""A patient asks to add money: the payment's row comes first, then the gateway expects it."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from client_wallet import ledger
from client_wallet.errors import GatewayUnavailable, WalletFrozen
from client_wallet.gateways import Gateway, GatewaySilent, Order, Started
from client_wallet.models import OnlinePayment, WalletAccount
from client_wallet.services import open_wallet
from hospital.core.acts import Act, Answer
from hospital.core.idempotency import earlier_answer, keep_answer
from hospital.core.money import money_text, require_amount


@dataclass(frozen=True)
class OnlinePaymentAsked(Answer):
    """A payment that was asked for: the amount as text with two places."""

    id: str
    reference: str
    amount: str
    replayed: bool = False


@transaction.atomic
def ask_for_online_payment(
    *, patient_id: int, amount: Decimal, gateway: str, act: Act
) -> OnlinePaymentAsked:
    """
    Write down that a patient wants to add ``amount`` (CURRENCY, two places, above zero).

    Opens the wallet on first use and locks it; no money moves, and no gateway is called. Repeating
    a call with the same key returns the first answer.

    :raises InvalidRequest: if the amount is not money
    :raises NotFound: if there is no such patient
    :raises WalletFrozen: if the wallet is closed; a frozen one takes money
    :raises KeyReused: if the key was used for another payment
    """
    amount = require_amount(amount)
    facts = {"patient_id": patient_id, "amount": money_text(amount), "gateway": gateway}
    wallet_id = open_wallet(patient_id=patient_id).wallet.pk
    wallet = ledger.lock_wallets([wallet_id])[wallet_id]
    if kept := earlier_answer(act, "ask-for-online-payment", facts):
        return OnlinePaymentAsked.again(kept)
    if wallet.status == WalletAccount.Status.CLOSED:
        raise WalletFrozen("This wallet is closed; it takes no money.", wallet_status=wallet.status)
    now = timezone.now()
    payment = OnlinePayment.objects.create(
        wallet=wallet,
        amount=amount,
        currency=settings.CURRENCY,
        gateway=gateway,
        reference=f"OP-{uuid4().hex}",
        requested_by=act.actor,
        created_at=now,
        next_ask_at=now + timedelta(seconds=settings.GATEWAY_ASK_SECONDS),
    )
    answer = OnlinePaymentAsked(str(payment.pk), payment.reference, money_text(amount))
    keep_answer(act, "ask-for-online-payment", facts, answer.facts())
    return answer


def order_of(payment: OnlinePayment, *, return_url: str, webhook_url: str) -> Order:
    """Return the payment as its gateway is told it. No patient is named to a gateway."""
    return Order(
        reference=payment.reference,
        amount=payment.amount,
        currency=payment.currency,
        description=settings.HOSPITAL_NAME,
        return_url=return_url,
        webhook_url=webhook_url,
    )


def start_at_gateway(payment_id: UUID, gateway: Gateway, order: Order) -> None:
    """
    Have the gateway expect the payment, unless it does already. Call it outside a transaction.

    Repeating it is harmless: whatever order of this reference is paid, it is credited once.

    :raises GatewayUnavailable: if the gateway did not say that it expects it
    """
    if OnlinePayment.objects.get(pk=payment_id).status != OnlinePayment.Status.STARTED:
        return
    try:
        started = gateway.start_payment(order)
    except GatewaySilent as silence:
        raise GatewayUnavailable from silence
    _keep(payment_id, started)


@transaction.atomic
def _keep(payment_id: UUID, started: Started) -> None:
    locked = OnlinePayment.objects.select_for_update(of=("self",), no_key=True)
    payment = locked.get(pk=payment_id)
    if payment.status != OnlinePayment.Status.STARTED:
        return  # a second press of the button came first, or the gateway's word did
    payment.gateway_reference = started.gateway_reference
    payment.checkout_url = started.checkout_url
    payment.status = OnlinePayment.Status.PENDING
    payment.save(update_fields=["gateway_reference", "checkout_url", "status"])
