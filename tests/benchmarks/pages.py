"""The first page of a wallet's history, and one far back in it."""

import time
from statistics import median

from client_wallet.history import wallet_history
from client_wallet.models import WalletAccount
from tests.benchmarks.plan import Plan

READS = 40


def milliseconds(plan: Plan, *, page: int) -> float:
    """Return how long it takes to read this page of the longest wallet, in the median."""
    wallet = WalletAccount.objects.order_by("-last_sequence").first()
    assert wallet is not None
    before = wallet.last_sequence + 1 - plan.page * (page - 1)
    taken = [_read(wallet, before, plan.page) for _ in range(READS)]
    return median(taken)


def _read(wallet: WalletAccount, before: int, limit: int) -> float:
    began = time.perf_counter()
    movements = wallet_history(wallet.pk, before=before, limit=limit)
    took = (time.perf_counter() - began) * 1000
    if len(movements) != limit:
        raise RuntimeError(f"the page has {len(movements)} movements, not {limit}")
    return took
