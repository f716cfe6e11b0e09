"""
Money between wallets and out of them: transfers by shape, withdrawals paid by a calm bank.

Random pairs of 1,000 accounts, and one hot account, are the workload by which pgledger measures
itself (its go/performance_check.go).
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

from client_wallet.bank import Destination, configured_bank
from client_wallet.models import WalletAccount, Withdrawal
from client_wallet.services import deposit_to_wallet
from client_wallet.transfers import transfer_between_wallets
from client_wallet.withdrawals import Terms, schedule_withdrawal
from client_wallet.withdrawals.worker import WORKER, Worker
from hospital.core.acts import Act
from hospital.core.models import User
from hospital.core.system_users import system_user
from hospital.core.transactions import retry_conflicts
from tests.benchmarks.ground import dsn, patients_and_cashiers
from tests.benchmarks.workers import Workers, workers
from tests.sandbox.banks import running

HELD, AMOUNT = Decimal("1000000.00"), Decimal("1.00")
DESTINATION = Destination("058", "1234567890", "Ada Obi")
MOST_PER_SECOND = 400  # withdrawals of one worker: so many are due before it is measured
WARM_UP = 100

Pair = tuple[UUID, UUID]
Pick = Callable[[Sequence[UUID], random.Random], Pair]


def _random_pair(wallets: Sequence[UUID], dice: random.Random) -> Pair:
    source, target = dice.sample(wallets, 2)
    return source, target


def _from_the_hot_one(wallets: Sequence[UUID], dice: random.Random) -> Pair:
    return wallets[0], dice.choice(wallets[1:])


def _to_the_hot_one(wallets: Sequence[UUID], dice: random.Random) -> Pair:
    return dice.choice(wallets[1:]), wallets[0]


SHAPES: Mapping[str, Pick] = {
    "many to many": _random_pair,
    "one to many": _from_the_hot_one,
    "many to one": _to_the_hot_one,
}


def fill_wallets() -> None:
    """Put enough into every wallet for all that is measured."""
    patients, cashiers = patients_and_cashiers()
    act = Act(User.objects.get(pk=cashiers[0]))
    for patient in patients:
        deposit_to_wallet(patient_id=patient, amount=HELD, act=act)


@dataclass(frozen=True)
class Payouts:
    """Workers that carry out withdrawals, by their number, and a bank that pays."""

    crowds: Mapping[int, Workers]
    asker: User

    def rate(self, number: int, seconds: float) -> float:
        """Withdrawals settled a second by so many workers, from the claim to the settlement."""
        schedule(int(number * MOST_PER_SECOND * seconds), self.asker)
        return self.crowds[number].rate(seconds)


@contextmanager
def payouts(numbers: Sequence[int], database: str, directory: Path) -> Iterator[Payouts]:
    """Start a bank and workers, who warm up."""
    asker = User.objects.get(pk=patients_and_cashiers()[1][0])
    with ExitStack() as stack:
        bank = stack.enter_context(running(directory / "bank.db"))
        address = f"http://127.0.0.1:{bank.port}"
        crowds = {}
        for number in numbers:
            schedule(WARM_UP * number, asker)
            crowd = workers("withdrawals", number, dsn(database), BANK_URL=address)
            crowds[number] = stack.enter_context(crowd)
        yield Payouts(crowds, asker)


def schedule(number: int, asker: User) -> None:
    """Let so many withdrawals be due."""
    wallets = _wallets()
    for place in range(number - Withdrawal.objects.due().count()):
        schedule_withdrawal(
            wallet_id=wallets[place % len(wallets)],
            amount=AMOUNT,
            act=Act(asker),
            destination=DESTINATION,
        )


def _transfers(pick: Pick) -> Callable[[int, int], Callable[[], object]]:
    def prepare(place: int, number: int) -> Callable[[], object]:
        wallets, dice = _wallets(), random.Random(place)  # noqa: S311 - no secret depends on it
        cashier = User.objects.get(pk=patients_and_cashiers()[1][place])

        @retry_conflicts
        def transfer() -> object:
            source, target = pick(wallets, dice)
            return transfer_between_wallets(
                from_wallet_id=source,
                to_wallet_id=target,
                amount=AMOUNT,
                reference_id=uuid4().hex,
                act=Act(cashier),
            )

        return transfer

    return prepare


def _withdrawals(place: int, number: int) -> Callable[[], object]:
    bank = configured_bank()
    worker = Worker(bank, Terms.of(bank), system_user(WORKER))

    def settle() -> None:
        taken = worker.step()
        if taken is None or taken.status != Withdrawal.Status.COMPLETED:
            raise RuntimeError(f"no withdrawal was settled: {taken}")

    return settle


def _wallets() -> list[UUID]:
    patients, _ = patients_and_cashiers()
    found = WalletAccount.objects.filter(patient__in=patients).order_by("patient_id")
    return list(found.values_list("pk", flat=True))


ACTS = {
    **{shape: _transfers(pick) for shape, pick in SHAPES.items()},
    "withdrawals": _withdrawals,
}
