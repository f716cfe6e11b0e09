"""The books are checked on one snapshot: green while money moves, and nothing can be written."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import InternalError, connections
from django.db.models import Sum
from django.db.transaction import TransactionManagementError

from client_wallet.models import JournalEntry, Posting, WalletAccount
from client_wallet.services import reverse_deposit
from hospital.core.acts import Act
from invoicing_app.books import Check, Finding, check_books, examination, snapshot
from smcapp1.models import Department, PatientProfile, ServiceItem
from smcapp1.services import open_consultation
from tests.factories import (
    PatientFactory,
    UserFactory,
    add_to_bill,
    make_drug,
    make_item,
    make_wallet,
)
from tests.invoicing_app.books.desk import take_deposit
from tests.invoicing_app.desk import pay


def test_inside_a_transaction_the_books_cannot_be_checked(db):
    with pytest.raises(TransactionManagementError, match="a transaction of their own"):
        check_books()


def test_nothing_can_be_written_while_the_books_are_checked(owner, monkeypatch):
    def write() -> Iterator[Any]:
        Department.objects.update(name="")
        return iter([])

    monkeypatch.setattr(examination, "CHECKS", [Check("w", "", "django_migrations", write)])

    with pytest.raises(InternalError, match="read-only transaction"):
        check_books()


def in_a_thread(act: Callable[[], Any]) -> None:
    """Run the act and commit it on a connection of its own."""

    def run() -> None:
        try:
            act()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def two_looks(meanwhile: Callable[[], Any]) -> Check:
    """A check that reads the wallets, waits while somebody deposits, then reads the journal."""

    def faults() -> Iterator[tuple[str, str]]:
        held = WalletAccount.objects.aggregate(total=Sum("account_balance"))["total"]
        in_a_thread(meanwhile)
        owed = Posting.objects.filter(account="WALLETS", side="CREDIT").aggregate(
            total=Sum("amount")
        )["total"]
        if held != owed:
            yield "account WALLETS", f"says {owed}, wallets hold {held}"

    return Check("two-looks", "wallets equal the journal", "client_wallet_posting", faults)


@pytest.fixture
def deposit_between_two_looks(real_commits: str, monkeypatch: Any) -> None:
    wallet, cashier = make_wallet(holding="10.00"), UserFactory(role="Cashier")
    check = two_looks(lambda: take_deposit(wallet.patient, cashier, "5.00"))
    monkeypatch.setattr(examination, "CHECKS", [check])


@pytest.mark.race
def test_two_looks_at_one_snapshot_agree(deposit_between_two_looks):
    assert check_books() == []


@pytest.mark.race
def test_without_the_snapshot_they_disagree(deposit_between_two_looks, monkeypatch):
    read_committed = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ ONLY"
    monkeypatch.setattr(snapshot, "ONE_VIEW", read_committed)

    assert check_books() == [
        Finding("two-looks", ["account WALLETS"], "says 15.00, wallets hold 10.00")
    ]


@dataclass(frozen=True)
class Desk:
    """A cashier who never rests, with a patient and a colleague who corrects the mistakes."""

    cashier: Any
    supervisor: Any
    patient: PatientProfile
    goods: list[ServiceItem]

    def work(self) -> None:
        """Deposit, pay one bill in cash and one from the wallet, deposit too much and reverse."""
        take_deposit(self.patient, self.cashier, "400.00")
        for method, amount in (("CASH", "500.00"), ("WALLET", None)):
            opened = open_consultation(patient_id=self.patient.pk, act=Act(self.cashier))
            add_to_bill(opened.consultation, *self.goods)
            pay(opened.consultation, self.cashier, method, amount)
        mistake = take_deposit(self.patient, self.cashier, "7.00")
        reverse_deposit(deposit_id=mistake, reason="Mistyped", act=Act(self.supervisor))

    def work_until(self, closing: threading.Event) -> None:
        while not closing.is_set():
            self.work()


@contextmanager
def busy(desks: Sequence[Desk]) -> Iterator[None]:
    """Let all desks work at once; raise what any of them raised."""
    closing = threading.Event()
    with ThreadPoolExecutor(len(desks)) as pool:
        shifts = [pool.submit(closed_after, desk.work_until, closing) for desk in desks]
        try:
            yield
        finally:
            closing.set()
        for shift in shifts:
            shift.result()


def closed_after(act: Callable[..., None], *arguments: Any) -> None:
    try:
        act(*arguments)
    finally:
        connections.close_all()


@pytest.mark.race
def test_the_books_are_green_while_money_pours_in(real_commits):
    goods = [make_drug(holding=1_000_000), make_item("LABORATORY"), make_item("PROCEDURE")]
    supervisor, patients = UserFactory(role="Supervisor"), [PatientFactory(), PatientFactory()]
    desks = [
        Desk(UserFactory(role="Cashier"), supervisor, patient, goods)
        for patient in (*patients, *patients)  # two cashiers for each: they meet at the wallet
    ]

    with busy(desks):
        looks = [(check_books(), JournalEntry.objects.count()) for _ in range(15)]

    entries = [count for _, count in looks]
    assert [findings for findings, _ in looks] == [[]] * 15
    assert entries[-1] > entries[0]
