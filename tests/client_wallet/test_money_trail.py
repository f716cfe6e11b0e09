"""Where a wallet's money came from and went: first in, first out, and nothing lost on the way."""

from collections import defaultdict, deque
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

import pytest

from client_wallet.models import Posting, WalletAccount
from client_wallet.money_trail import trail_of
from hospital.core.acts import Act
from tests.client_wallet.desk import deposit, spend
from tests.factories import UserFactory, make_wallet
from tests.rows import statements

pytestmark = pytest.mark.django_db

Flow = dict[tuple[Any, Any], Decimal]  # (sequence of the credit, of the debit) → amount


def make_moves(*amounts: str) -> WalletAccount:
    """Return a wallet that got what has no sign, and spent what has a minus."""
    wallet = make_wallet()
    act = Act(UserFactory(role="Cashier"))
    for amount in amounts:
        move = spend if amount.startswith("-") else deposit
        move(wallet.patient, amount.removeprefix("-"), act)
    return wallet


def parts_of(wallet, sequence, **wanted):
    trail = trail_of(Posting.objects.get(wallet=wallet, wallet_sequence=sequence), **wanted)
    return [(part.posting.wallet_sequence, part.amount) for part in trail.parts]


def left_of(wallet, sequence):
    return trail_of(Posting.objects.get(wallet=wallet, wallet_sequence=sequence)).left


def test_what_came_in_first_is_spent_first():
    wallet = make_moves("100", "50", "-120", "30", "-20")

    assert parts_of(wallet, 3) == [(1, Decimal("100.00")), (2, Decimal("20.00"))]
    assert parts_of(wallet, 5) == [(2, Decimal("20.00"))]
    assert parts_of(wallet, 1) == [(3, Decimal("100.00"))]
    assert parts_of(wallet, 2) == [(3, Decimal("20.00")), (5, Decimal("20.00"))]
    assert parts_of(wallet, 4) == []
    assert [left_of(wallet, sequence) for sequence in (1, 2, 4)] == [0, Decimal(10), Decimal(30)]


def test_another_wallet_has_no_part_in_it():
    wallet = make_moves("100", "-40")
    make_moves("70", "-70")

    assert parts_of(wallet, 1) == [(2, Decimal("40.00"))]


def make_many_moves(chance: Random) -> WalletAccount:
    amounts, held = [], 0
    for _ in range(40):
        amount = chance.randrange(1, 9) if chance.random() < 0.5 else -chance.randrange(1, 9)
        amount = amount if held + amount >= 0 else -amount
        held += amount
        amounts.append(str(amount))
    return make_moves(*amounts)


def played_back(wallet) -> Flow:
    """Return the flow as a queue of coins tells it."""
    flow: Flow = defaultdict(Decimal)
    queue: deque[list[Any]] = deque()
    for move in Posting.objects.filter(wallet=wallet).order_by("wallet_sequence"):
        if move.side == Posting.Side.CREDIT:
            queue.append([move.wallet_sequence, move.amount])
            continue
        wanted = move.amount
        while wanted:
            taken = min(wanted, queue[0][1])
            flow[queue[0][0], move.wallet_sequence] += taken
            wanted -= taken
            queue[0][1] -= taken
            if not queue[0][1]:
                queue.popleft()
    return dict(flow)


@pytest.mark.parametrize("seed", range(3))
def test_from_both_ends_it_is_the_same_money_and_all_of_it(seed):
    wallet = make_many_moves(Random(seed))  # noqa: S311 - no secret depends on it
    forwards: Flow = {}
    backwards: Flow = {}
    left = Decimal(0)

    for move in Posting.objects.filter(wallet=wallet):
        trail = trail_of(move)
        found = [(part.posting.wallet_sequence, part.amount) for part in trail.parts]
        assert sum(amount for _, amount in found) + trail.left == move.amount
        left += trail.left
        if move.side == Posting.Side.CREDIT:
            forwards |= {(move.wallet_sequence, other): amount for other, amount in found}
        else:
            backwards |= {(other, move.wallet_sequence): amount for other, amount in found}

    wallet.refresh_from_db()
    assert forwards == backwards == played_back(wallet)
    assert left == wallet.account_balance


def test_a_long_trail_comes_in_pages_and_costs_what_a_short_one_does():
    short, long = make_moves("10", "-1"), make_moves("10", "-1", "-2", "-3")
    moves = [Posting.objects.get(wallet=wallet, wallet_sequence=1) for wallet in (short, long)]

    assert parts_of(long, 1, skip=1, limit=1) == [(3, Decimal("2.00"))]
    assert [trail_of(moves[1], skip=skip, limit=1).has_more for skip in (1, 2)] == [True, False]
    assert [statements(partial(trail_of, move)) for move in moves] == [2, 2]
