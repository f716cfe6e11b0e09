"""Clients over HTTP: deposits, transfers, payments and withdrawals, each until it is answered."""

import random
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from tests.torture.acknowledged import Acknowledged
from tests.torture.desk import Desk, Stopped
from tests.torture.plan import Kind, Moment, Plan
from tests.torture.populate import Customer, Population

UNKNOWN_ACCOUNTS = 0.03  # of the withdrawals: the bank refuses them for good
STOP_SECONDS = 5.0
CALLED_OFF_AFTER = timedelta(seconds=1)


@dataclass
class Client:
    """One caller; the seed decides what it does, for whom, and how much."""

    desk: Desk
    log: Acknowledged
    customers: Sequence[Customer]
    items: Sequence[int]  # what can be ordered
    dice: random.Random
    done: int = 0
    trouble: list[str] = field(default_factory=list)

    def work(self, acts: Sequence[Moment], began: float) -> None:
        """Do everything in turn, nothing before its time."""
        try:
            for act in acts:
                self.desk.stop.wait(max(0.0, began + act.at - time.monotonic()))
                self._do(Kind(act.what))
                self.done += 1
        except Stopped:
            return
        except Exception as error:  # noqa: BLE001 - whatever it is, the run has failed
            self.trouble.append(f"a client broke: {error!r}")

    def _do(self, kind: Kind) -> None:
        customer = self.dice.choice(self.customers)
        match kind:
            case Kind.DEPOSIT:
                self._deposit(customer)
            case Kind.TRANSFER:
                self._transfer(customer)
            case Kind.PAYMENT:
                self._pay(customer)
            case Kind.WITHDRAWAL:
                self._withdraw(customer)
            case Kind.CANCELLED:
                self._call_off(customer)

    def _deposit(self, customer: Customer) -> None:
        wish = {"patient_id": customer.patient_id, "amount": self._amount(100)}
        reply = self.desk.act("/invoicing_app/wallet/deposit/", wish)
        if not reply.is_done:
            return self.log.refuse(reply.refusal)
        told = reply.body
        return self.log.keep(
            self.log.deposits, told["deposit_id"], told["wallet_id"], told["amount"]
        )

    def _transfer(self, customer: Customer) -> None:
        target = self.dice.choice([one for one in self.customers if one is not customer])
        wish = {
            "from_wallet": customer.wallet_id,
            "to_wallet": target.wallet_id,
            "amount": self._amount(30),
            "reference_id": uuid4().hex,
        }
        reply = self.desk.act("/api/transfers/", wish, key=False)
        if not reply.is_done:
            return self.log.refuse(reply.refusal)
        told = reply.body
        facts = told["from_wallet"], told["to_wallet"], told["amount"]
        return self.log.keep(self.log.transfers, told["id"], *facts)

    def _pay(self, customer: Customer) -> None:
        """Open a visit, order what it needs, pay all of it."""
        visit = self.desk.act("/api/consultations/", {"patient_id": customer.patient_id}).body["id"]
        orders = [
            {"service_item_id": item, "quantity": 1} for item in self.dice.sample(self.items, 2)
        ]
        self.desk.act(f"/api/consultations/{visit}/items/", {"items": orders})
        method = self.dice.choice(["WALLET", "CASH"])
        wish = {"consultation_id": visit, "department": "ALL", "payment_method": method}
        tendered = {} if method == "WALLET" else {"amount_paid": "10000.00"}
        reply = self.desk.act("/invoicing_app/payments/create/", {**wish, **tendered})
        if not reply.is_done:
            return self.log.refuse(reply.refusal)
        told = reply.body
        payer = customer.wallet_id if method == "WALLET" else ""
        return self.log.keep(self.log.payments, told["payment_id"], payer, told["total_due"])

    def _withdraw(self, customer: Customer, **more: str) -> str:
        """Ask for one; its id, or "" when it was refused."""
        number = "000" if self.dice.random() < UNKNOWN_ACCOUNTS else "123"
        account = {"bank_code": "058", "account_number": f"{number}4567890", "account_name": "Ada"}
        wish = {"amount": self._amount(50), "destination": account, **more}
        reply = self.desk.act(f"/wallets/{customer.wallet_id}/withdraw", wish)
        if not reply.is_done:
            self.log.refuse(reply.refusal)
            return ""
        told = reply.body
        self.log.keep(self.log.withdrawals, told["id"], customer.wallet_id, told["amount"])
        return str(told["id"])

    def _call_off(self, customer: Customer) -> None:
        later = datetime.now(UTC) + CALLED_OFF_AFTER
        asked = self._withdraw(customer, scheduled_for=later.isoformat())
        if not asked:
            return
        self.desk.stop.wait(self.dice.uniform(0, 2) * CALLED_OFF_AFTER.total_seconds())
        reply = self.desk.act(f"/wallets/{customer.wallet_id}/transactions/{asked}/cancel", {})
        if reply.is_done:
            self.log.cancelled.add(asked)
        else:
            self.log.refuse(reply.refusal)

    def _amount(self, most: int) -> str:
        return f"{self.dice.randint(100, most * 100) / 100:.2f}"


@dataclass
class Crowd:
    """All clients, each a thread."""

    clients: Sequence[Client]
    acts: Sequence[Sequence[Moment]]
    threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        began = time.monotonic()
        for client, acts in zip(self.clients, self.acts, strict=True):
            thread = threading.Thread(target=client.work, args=(acts, began), daemon=True)
            thread.start()
            self.threads.append(thread)

    @property
    def are_at_work(self) -> bool:
        return any(thread.is_alive() for thread in self.threads)

    @property
    def done(self) -> int:
        return sum(client.done for client in self.clients)

    @property
    def share_done(self) -> float:
        return self.done / sum(map(len, self.acts))

    @property
    def trouble(self) -> list[str]:
        return [line for client in self.clients for line in client.trouble]


@contextmanager
def crowd(plan: Plan, population: Population, port: int, log: Acknowledged) -> Iterator[Crowd]:
    """Clients that are ready; on the way out they give up what they are at."""
    stop = threading.Event()
    clients = [
        Client(
            Desk(
                port,
                token,
                stop,
                log.unanswered,
                random.Random(f"{plan.seed}/connection/{number}"),
                is_naive=plan.naive_clients,
            ),
            log,
            population.customers,
            population.items,
            random.Random(f"{plan.seed}/client/{number}"),
        )
        for number, token in enumerate(population.tokens)
    ]
    all_of_them = Crowd(clients, [plan.acts(number) for number in range(plan.clients)])
    try:
        yield all_of_them
    finally:
        stop.set()
        for thread in all_of_them.threads:
            thread.join(STOP_SECONDS)
