"""
A worker as most are: no answer is a failure. It never asks the bank, tells it again, and in the
end gives the money back. Tests run it to see that the torture finds out.
"""

import os
import threading

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hospital.settings")
django.setup()

from client_wallet.bank import Answered, Outcome, PaymentOrder  # noqa: E402 - models are ready now
from client_wallet.bank.rest_bank import RestBank  # noqa: E402
from client_wallet.withdrawals import Terms  # noqa: E402
from client_wallet.withdrawals.worker import keep_settling  # noqa: E402


class Unasked(RestBank):
    def find_by_reference(self, order: PaymentOrder) -> Answered:
        return Answered(Outcome.NOT_FOUND)


def main() -> None:
    deadline = float(os.environ["BANK_DEADLINE_SECONDS"])
    bank = Unasked(os.environ["BANK_URL"], deadline_seconds=deadline, finality_seconds=0.0)
    terms = Terms(deadline=deadline, finality=0.0, attempt_pause=0.5, margin=1)
    keep_settling(bank, threading.Event(), terms=terms, pause_seconds=0.2)


if __name__ == "__main__":
    main()
