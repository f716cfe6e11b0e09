"""What Celery runs. Nothing else imports this module, so that only its workers load Celery."""

import logging
import time

from celery import shared_task
from django.db import InterfaceError, OperationalError, connection

from client_wallet.bank import configured_bank
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
    until = time.monotonic() + TURN_SECONDS
    mark = mark_of(None, "task settle_due_withdrawals")
    try:
        with marked(lambda: mark):
            settle_due(configured_bank(), stopping=lambda: time.monotonic() > until)
    except (DomainError, OperationalError, InterfaceError) as trouble:
        logger.warning("Withdrawals wait: %s", trouble)
        connection.close()  # a broken one is not used again
