"""The first page of a wallet's history, and one far back in it."""

import time
from dataclasses import dataclass
from statistics import median

from client_wallet.history import wallet_history
from client_wallet.models import WalletAccount
from tests.benchmarks.plan import Plan

READS = 60


@dataclass
class Pages:
    """Both pages of the longest wallet, read in turn: a machine that slows down slows both."""

    plan: Plan
    _far: float = 0.0

    def first(self) -> float:
        """Read both so many times; how long the first page takes, in ms, in the median."""
        wallet = WalletAccount.objects.order_by("-last_sequence").first()
        assert wallet is not None
        newest = wallet.last_sequence + 1
        pages = (newest, newest - self.plan.page * (self.plan.far_page - 1))
        taken = [[_read(wallet, before, self.plan.page) for before in pages] for _ in range(READS)]
        first, self._far = (median(page) for page in zip(*taken, strict=True))
        return first

    def far(self) -> float:
        """Return how long the far page took meanwhile."""
        return self._far


def _read(wallet: WalletAccount, before: int, limit: int) -> float:
    began = time.perf_counter()
    movements = wallet_history(wallet.pk, before=before, limit=limit)
    took = (time.perf_counter() - began) * 1000
    if len(movements) != limit:
        raise RuntimeError(f"the page has {len(movements)} movements, not {limit}")
    return took
