"""What Celery runs. Nothing else imports this module, so that only its workers load Celery."""

import logging
import time
from collections.abc import Callable

from celery import shared_task
from django.db import InterfaceError, OperationalError, connection

from client_wallet.bank import configured_bank
from client_wallet.gateways import configured_gateway
from client_wallet.online_payments import settle_due_payments
from client_wallet.withdrawals import settle_due
from hospital.core.audit.marks import mark_of, marked
from hospital.core.errors import DomainError

# A task stops taking up withdrawals after so long, so that a worker can be stopped. Beat sends one
# every 10 seconds: while more is due than one can do, three work at once.
TURN_SECONDS = 30.0
logger = logging.getLogger(__name__)


@shared_task(name="client_wallet.settle_due_withdrawals")  # type: ignore[untyped-decorator] # Celery has no types
def settle_due_withdrawals() -> None:
    """
    Carry out what is due, as ``process_withdrawals`` does; any number may run at once.

    Trouble is logged and passes: the next task goes on.
    """
    _take_a_turn(
        "settle_due_withdrawals", lambda stopping: settle_due(configured_bank(), stopping=stopping)
    )


@shared_task(name="client_wallet.settle_online_payments")  # type: ignore[untyped-decorator] # Celery has no types
def settle_online_payments() -> None:
    """
    Ask the gateway about online payments, as ``settle_online_payments`` does; any number at once.

    Where no gateway is set up there is nothing to ask. Trouble is logged and passes.
    """
    gateway = configured_gateway()
    if gateway is not None:
        _take_a_turn(
            "settle_online_payments",
            lambda stopping: settle_due_payments(gateway, stopping=stopping),
        )


def _take_a_turn(name: str, settle: Callable[[Callable[[], bool]], object]) -> None:
    until = time.monotonic() + TURN_SECONDS
    mark = mark_of(None, f"task {name}")
    try:
        with marked(lambda: mark):
            settle(lambda: time.monotonic() > until)
    except (DomainError, OperationalError, InterfaceError) as trouble:
        logger.warning("Left for the next task: %s", trouble)
        connection.close()  # a broken one is not used again
