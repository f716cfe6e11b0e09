"""Thousands of transfers among few wallets, from several processes, while somebody counts."""

import multiprocessing
import random
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, connections

from client_wallet.errors import InsufficientFunds
from client_wallet.models import Transfer, WalletAccount
from client_wallet.transfers import transfer_between_wallets
from hospital.core.acts import Act
from invoicing_app.books import check_books
from invoicing_app.books.snapshot import snapshot
from tests.factories import UserFactory, make_wallet
from tests.races import rewriting, without_row_locks

pytestmark = [pytest.mark.race, pytest.mark.slow, pytest.mark.usefixtures("real_commits")]

PROCESSES = 4
TRANSFERS = 500  # by each process
HOLDING = Decimal("500.00")
MOST = 40_000  # cents of one transfer: some are more than a wallet holds
TAKE_STOCK = """
    SELECT sum(wallet.account_balance), min(wallet.account_balance), sum(line.total)
      FROM client_wallet_walletaccount wallet
      JOIN (SELECT wallet_id, sum(CASE side WHEN 'CREDIT' THEN amount ELSE -amount END) AS total
              FROM client_wallet_posting WHERE wallet_id IS NOT NULL GROUP BY wallet_id) AS line
        ON line.wallet_id = wallet.id
"""


def test_no_transfer_is_lost_deadlocked_or_seen_by_half():
    wallets = [make_wallet(holding=str(HOLDING)) for _ in range(5)]
    total = HOLDING * len(wallets)
    stocks = []

    results = transferring_at_once(wallets, meanwhile=lambda: stocks.append(take_stock()))

    assert results["TransferMade"] + results["InsufficientFunds"] == PROCESSES * TRANSFERS
    assert Transfer.objects.count() == results["TransferMade"] > 1000
    assert results["InsufficientFunds"] > 0
    assert {(held, posted) for held, _, posted in stocks} == {(total, total)}
    assert min(lowest for _, lowest, _ in stocks) >= 0
    assert len(stocks) > 10
    assert check_books() == []


def test_locked_in_another_order_they_deadlock():
    wallets = [make_wallet(holding=str(HOLDING)) for _ in range(2)]

    with rewriting("ORDER BY id FOR", "ORDER BY id = %(target)s::uuid FOR"):
        results = transferring_at_once(wallets)

    assert results["deadlock detected"] > 0


def test_without_locks_they_meet_on_balances_that_are_gone():
    wallets = [make_wallet(holding=str(HOLDING)) for _ in range(2)]

    with without_row_locks():
        results = transferring_at_once(wallets)

    assert results["wallet_sequence_is_used_once"] > 0


def transferring_at_once(
    wallets: Sequence[WalletAccount], meanwhile: Callable[[], Any] = lambda: None
) -> Counter[str]:
    """Transfer in several processes, and do something else until they end; count what came out."""
    actors = [UserFactory() for _ in range(PROCESSES)]
    ids = [wallet.pk for wallet in wallets]
    connections.close_all()  # each process opens one of its own
    forking = multiprocessing.get_context("fork")
    pipes = [forking.Pipe(duplex=False) for _ in actors]
    broken = forking.Event()
    processes = [
        forking.Process(target=_transfer_at_random, args=(seed, ids, actor, broken, sender))
        for seed, (actor, (_, sender)) in enumerate(zip(actors, pipes, strict=True))
    ]
    for process in processes:
        process.start()
    while any(process.is_alive() for process in processes):
        meanwhile()
        processes[0].join(timeout=0.02)
    return sum((receiver.recv() for receiver, _ in pipes), Counter())


def take_stock() -> tuple[Any, ...]:
    """Return what all wallets hold, what the poorest holds, and what was posted, at one moment."""
    with snapshot(), connection.cursor() as cursor:
        cursor.execute(TAKE_STOCK)
        row: tuple[Any, ...] = cursor.fetchone()
    return row


def _transfer_at_random(
    seed: int, ids: Sequence[UUID], actor: Any, broken: Event, results: Connection
) -> None:
    """Transfer, without another try after a conflict; what is no answer to a transfer ends all."""
    chance = random.Random(seed)  # noqa: S311 - no secret depends on it
    came_out: Counter[str] = Counter()
    for number in range(TRANSFERS):
        if broken.is_set():
            break
        source, target = chance.sample(ids, 2)
        try:
            made = transfer_between_wallets(
                from_wallet_id=source,
                to_wallet_id=target,
                amount=Decimal(chance.randint(1, MOST)) / 100,
                reference_id=str(number),
                act=Act(actor),
            )
            came_out[type(made).__name__] += 1
        except InsufficientFunds:
            came_out["InsufficientFunds"] += 1
        except Exception as error:  # noqa: BLE001 - the test looks at it
            came_out[_name_of(error)] += 1
            broken.set()
    connections.close_all()
    results.send(came_out)


def _name_of(error: Exception) -> str:
    """Return the constraint that was broken, or what PostgreSQL said."""
    said: Any = getattr(error.__cause__, "diag", None)
    return str(said and (said.constraint_name or said.message_primary) or repr(error))
