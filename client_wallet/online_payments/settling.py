"""The sweeper: asks the gateway about payments that it has not called back about."""

import logging
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from client_wallet.gateways import Gateway, GatewaySilent
from client_wallet.models import GatewayEvent, OnlinePayment
from client_wallet.online_payments.crediting import credit_online_payment
from hospital.core.errors import DomainError
from hospital.core.system_users import GATEWAY, system_user
from hospital.core.transactions import retry_conflicts

GATEWAY_USER = GATEWAY  # the system user in whose name deposits are taken
LONGEST_PAUSE = timedelta(hours=1)
Status = OnlinePayment.Status
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class PaymentsSettled:
    """What became of all that was asked about: how many by status, and questions left open."""

    statuses: Counter[str]
    silences: int


def settle_due_payments(
    gateway: Gateway, *, stopping: Callable[[], bool] = lambda: False
) -> PaymentsSettled:
    """
    Ask the gateway about all payments that are due, and credit those whose money has arrived.

    Any number may run at once, and be killed at any moment: a question has no effect, and what is
    answered is credited once. Who does not answer is asked again later, less and less often; what
    nobody has paid after ``GATEWAY_ABANDON_HOURS`` is taken for abandoned.

    :raises Busy: if a lock was not to be had, or the database is away; call again later
    """
    actor = system_user(GATEWAY_USER)
    last: dict[Any, str] = {}
    silences = 0
    while not stopping() and (payment := _claim_next(gateway.name)):
        try:
            _ask(gateway, payment, actor)
        except GatewaySilent as silence:
            silences += 1
            logger.warning("%s: the gateway gives no answer: %s", payment.reference, silence)
        last[payment.pk] = OnlinePayment.objects.values_list("status", flat=True).get(pk=payment.pk)
    return PaymentsSettled(Counter(last.values()), silences)


def keep_settling_payments(
    gateway: Gateway, stop: threading.Event, *, pause_seconds: float = 2.0
) -> None:
    """Do so whenever something is due, until ``stop`` is set; trouble is logged, and passes."""
    while not stop.is_set():
        try:
            settle_due_payments(gateway, stopping=stop.is_set)
        except (DomainError, OperationalError, InterfaceError) as trouble:
            logger.warning("Online payments wait: %s", trouble)
            connection.close()  # a broken one is not used again
        stop.wait(pause_seconds)


@retry_conflicts
@transaction.atomic
def _claim_next(gateway: str) -> OnlinePayment | None:
    """Take up one payment that is due, and put the next question about it off. Committed first."""
    now = timezone.now()
    due = OnlinePayment.objects.due(now).filter(gateway=gateway).order_by("next_ask_at", "pk")
    payment = due.select_for_update(of=("self",), no_key=True, skip_locked=True).first()
    if payment is not None:
        payment.asks += 1
        payment.next_ask_at = now + _pause(payment.asks)
        payment.save(update_fields=["asks", "next_ask_at"])
    return payment


def _pause(asks: int) -> timedelta:
    first = timedelta(seconds=settings.GATEWAY_ASK_SECONDS)
    doublings: int = 2 ** min(asks - 1, 20)
    return min(first * doublings, LONGEST_PAUSE)


def _ask(gateway: Gateway, payment: OnlinePayment, actor: Any) -> None:
    notices = gateway.find_payment(payment.reference, payment.gateway_reference)
    for notice in notices:
        retry_conflicts(credit_online_payment)(
            gateway=gateway.name, notice=notice, source=GatewayEvent.Source.LOOKUP, actor=actor
        )
    _give_up_if_abandoned(payment)


@retry_conflicts
@transaction.atomic
def _give_up_if_abandoned(asked: OnlinePayment) -> None:
    """Stop asking about what nobody has paid for long; a late webhook is credited all the same."""
    given_up_at = asked.created_at + timedelta(hours=settings.GATEWAY_ABANDON_HOURS)
    if timezone.now() < given_up_at:
        return
    locked = OnlinePayment.objects.select_for_update(of=("self",), no_key=True)
    payment = locked.get(pk=asked.pk)
    if payment.status == Status.CREDITED:
        return
    if payment.status != Status.FAILED:
        payment.status, payment.failure_code = Status.FAILED, "abandoned"
        payment.ended_at = timezone.now()
    payment.next_ask_at = None
    payment.save(update_fields=["status", "failure_code", "ended_at", "next_ask_at"])
