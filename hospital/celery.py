"""
Celery, for installations that have it: Beat wakes the workers that carry withdrawals out, and ask
the payment gateway about online payments.

The broker holds no money's fate. The rows are the queue, and when each is due stands
in them: no countdown, no ETA, no retry of a task. A task lost, doubled or killed costs nothing but
the time until the next one.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hospital.settings")

TICK_SECONDS = 10.0

app = Celery("hospital")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    timezone="UTC",
    broker_connection_retry_on_startup=True,
    task_ignore_result=True,  # what became of a withdrawal stands in its row
    task_acks_late=False,  # a killed worker's task is not delivered again: Beat sends the next one
    worker_prefetch_multiplier=1,  # no task waits at a busy worker while another one is idle
    # Redis delivers again what nobody acknowledged within its visibility timeout (an hour). With
    # early acknowledgement that is only a task that a worker had fetched and not begun, and by
    # then it has expired.
    beat_scheduler="celery.beat:Scheduler",  # in memory: a file of last runs would tell nothing
    beat_schedule={
        "settle due withdrawals": {
            "task": "client_wallet.settle_due_withdrawals",
            "schedule": TICK_SECONDS,
            # While no worker runs, tasks do not pile up: whoever starts finds one or none.
            "options": {"expires": TICK_SECONDS},
        },
        "settle online payments": {
            "task": "client_wallet.settle_online_payments",
            "schedule": TICK_SECONDS,
            "options": {"expires": TICK_SECONDS},
        },
    },
)
app.autodiscover_tasks()
