"""The first page of a wallet's history, and one far back in it."""

import time
from statistics import median

from client_wallet.history import wallet_history
from client_wallet.models import WalletAccount
from tests.benchmarks.plan import Plan

READS = 60


def milliseconds(plan: Plan) -> list[float]:
    """Return how long the first page of the longest wallet takes, and the far one, in medians."""
    wallet = WalletAccount.objects.order_by("-last_sequence").first()
    assert wallet is not None
    newest = wallet.last_sequence + 1
    pages = (newest, newest - plan.page * (plan.far_page - 1))
    taken = [[_read(wallet, before, plan.page) for before in pages] for _ in range(READS)]
    return [median(of_one) for of_one in zip(*taken, strict=True)]


def _read(wallet: WalletAccount, before: int, limit: int) -> float:
    began = time.perf_counter()
    movements = wallet_history(wallet.pk, before=before, limit=limit)
    took = (time.perf_counter() - began) * 1000
    if len(movements) != limit:
        raise RuntimeError(f"the page has {len(movements)} movements, not {limit}")
    return took
