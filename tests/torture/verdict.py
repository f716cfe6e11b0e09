"""What is wrong afterwards: the clients' log, the journal and the bank's statement compared."""

import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from client_wallet.models import Transfer, WalletAccount, WalletDeposit, Withdrawal
from client_wallet.withdrawals import decide_on_withdrawal
from hospital.core.acts import Act
from invoicing_app.models import DepositReceiving
from tests.sandbox.banks import AGES, RunningBank
from tests.torture.acknowledged import Acknowledged, Facts
from tests.torture.populate import HELD, Population

SHOWN = 5  # findings of one kind
EVIDENCE = "The bank's statement, read after the faults."


@dataclass(frozen=True)
class Books:
    """All there is to compare, read when nothing moves any more."""

    population: Population
    log: Acknowledged
    payments: Mapping[str, Sequence[Decimal]]  # by reference, as the bank paid them
    withdrawals: Sequence[Withdrawal]

    def faults(self) -> list[str]:
        return [
            *self.log.said_twice,
            *_few(self._acts()),
            *_few(self._paid_by_the_bank()),
            *_few(self._withdrawals()),
            *_few(self._wallets()),
        ]

    def _acts(self) -> Iterator[str]:
        """What was acknowledged exists, and nothing else does."""
        cashiers = self.population.cashiers
        deposits = WalletDeposit.objects.filter(taken_by__in=cashiers)
        made = _facts(deposits.values_list("pk", "wallet_id", "amount"))
        yield from _compared("deposit", self.log.deposits, made)
        transfers = Transfer.objects.values_list("pk", "from_wallet_id", "to_wallet_id", "amount")
        yield from _compared("transfer", self.log.transfers, _facts(transfers))
        payments = DepositReceiving.objects.values_list("pk", "wallet_id", "total_due")
        yield from _compared("payment", self.log.payments, _facts(payments))
        asked = {str(one.pk): (str(one.wallet_id), str(one.amount)) for one in self.withdrawals}
        yield from _compared("withdrawal", self.log.withdrawals, asked)

    def _paid_by_the_bank(self) -> Iterator[str]:
        known = {withdrawal.bank_reference for withdrawal in self.withdrawals}
        for reference, amounts in self.payments.items():
            if len(amounts) > 1:
                yield f"paid twice: {reference}, {' and '.join(map(str, amounts))}"
            if reference not in known:
                yield f"paid and not ordered: {reference}"

    def _withdrawals(self) -> Iterator[str]:
        for one in self.withdrawals:
            paid = self.payments.get(one.bank_reference, ())
            if one.status not in {"COMPLETED", "FAILED", "CANCELLED"}:
                yield f"open: {one.bank_reference} is {one.status}"
            if one.status == "COMPLETED" and not paid:
                yield f"lost: {one.bank_reference} is completed, and the bank paid nothing"
            if one.status in {"FAILED", "CANCELLED"} and paid:
                yield f"lost: {one.bank_reference} was given back, and the bank paid it"
            if any(amount != one.amount for amount in paid):
                yield f"paid with another amount: {one.bank_reference}"
            if str(one.pk) in self.log.cancelled and one.status != "CANCELLED":
                yield f"called off, and yet {one.status}: {one.bank_reference}"

    def _wallets(self) -> Iterator[str]:
        """Each holds what the clients' log and the bank's statement make of it."""
        expected = defaultdict(Decimal, self.log.changes())
        for one in self.withdrawals:
            expected[str(one.wallet_id)] -= sum(self.payments.get(one.bank_reference, ()))
        for wallet in WalletAccount.objects.all():
            right = HELD + expected[str(wallet.pk)]
            if wallet.account_balance != right:
                yield f"wrong balance: {wallet.pk} holds {wallet.account_balance}, not {right}"


def paid_by(bank: RunningBank) -> dict[str, list[Decimal]]:
    """Read the bank's whole statement: the amounts paid by reference."""
    payments: dict[str, list[Decimal]] = defaultdict(list)
    path = f"/statement?from={AGES['from']}&to={AGES['to']}"
    while path:
        page = bank.call("GET", path).json
        for payment in page["payments"]:
            payments[payment["reference"]].append(Decimal(payment["amount"]))
        path = page["next"]
    return payments


def decide_what_is_in_review(
    population: Population, payments: Mapping[str, Sequence[Decimal]]
) -> Counter[str]:
    """A supervisor reads the statement and decides; the reasons why anything was in review."""
    reasons: Counter[str] = Counter()
    for one in Withdrawal.objects.filter(status=Withdrawal.Status.NEEDS_REVIEW):
        reasons[one.failure_code or "no reason"] += 1
        paid = len(payments.get(one.bank_reference, ())) > 0
        act = Act(population.supervisor)
        decide_on_withdrawal(withdrawal_id=one.pk, paid=paid, evidence=EVIDENCE, act=act)
    return reasons


def command_fault(*arguments: str, **setting: Any) -> list[str]:
    """Run a command of manage.py that proves something; what it found."""
    answer = subprocess.run(arguments, capture_output=True, text=True, check=False, **setting)
    if answer.returncode == 0:
        return []
    said = (answer.stdout + answer.stderr).strip().splitlines()[-SHOWN:]
    return [f"{' '.join(arguments[2:])} ends with {answer.returncode}: {' | '.join(said)}"]


def _facts(rows: Any) -> dict[str, Facts]:
    return {str(row[0]): tuple(str(value or "") for value in row[1:]) for row in rows}


def _compared(what: str, told: Mapping[str, Facts], made: Mapping[str, Facts]) -> Iterator[str]:
    for act_id in told.keys() - made.keys():
        yield f"lost: {what} {act_id} was acknowledged, and does not exist"
    for act_id in made.keys() - told.keys():
        yield f"doubled: {what} {act_id} exists, and was never acknowledged"
    for act_id in told.keys() & made.keys():
        if told[act_id] != made[act_id]:
            yield f"{what} {act_id} is {made[act_id]}, and {told[act_id]} was acknowledged"


def _few(faults: Iterator[str]) -> list[str]:
    """The first of each kind, and how many more there are."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for fault in faults:
        kinds[fault.partition(":")[0]].append(fault)
    return [
        line
        for kind, found in kinds.items()
        for line in [
            *found[:SHOWN],
            *([f"{kind}: {len(found) - SHOWN} more"] if len(found) > SHOWN else []),
        ]
    ]
