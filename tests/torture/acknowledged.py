"""What the clients were told: their own log, which no crash of the hospital touches."""

import threading
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

Facts = tuple[str, ...]  # the wallets concerned, and the amount


@dataclass
class Acknowledged:
    """Each act that was answered, by its id; and what was refused, and what was said twice."""

    deposits: dict[str, Facts] = field(default_factory=dict)
    transfers: dict[str, Facts] = field(default_factory=dict)
    payments: dict[str, Facts] = field(default_factory=dict)  # the wallet is "" for cash
    withdrawals: dict[str, Facts] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)  # withdrawals that were called off in time
    refused: Counter[str] = field(default_factory=Counter)
    said_twice: list[str] = field(default_factory=list)
    unanswered: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, what: dict[str, Facts], act_id: object, *facts: str) -> None:
        with self._lock:
            if str(act_id) in what:
                self.said_twice.append(f"{act_id} answered two different acts")
            what[str(act_id)] = facts

    def refuse(self, why: str) -> None:
        with self._lock:
            self.refused[why] += 1

    @property
    def number(self) -> int:
        return sum(map(len, (self.deposits, self.transfers, self.payments, self.withdrawals)))

    def changes(self) -> dict[str, Decimal]:
        """What all that is told apart from withdrawals did to each wallet."""
        changed: dict[str, Decimal] = defaultdict(Decimal)
        for wallet, amount in self.deposits.values():
            changed[wallet] += Decimal(amount)
        for source, target, amount in self.transfers.values():
            changed[source] -= Decimal(amount)
            changed[target] += Decimal(amount)
        for wallet, amount in self.payments.values():
            changed[wallet] -= Decimal(amount)
        return changed
