"""Each check sees what was broken behind the application's back, and sound books are green."""

import json
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import InternalError, connections
from django.db.models import Sum
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from client_wallet.models import BusinessDayClosure, JournalEntry, Posting, WalletAccount
from client_wallet.services import deposit_to_wallet, reverse_deposit
from hospital.core.acts import Act
from invoicing_app.books import CHECKS, Check, Finding, check_books, examination, snapshot
from smcapp1.models import Department, PatientProfile, ServiceItem
from smcapp1.services import open_consultation
from tests import databases
from tests.factories import (
    PatientFactory,
    UserFactory,
    add_to_bill,
    make_bill,
    make_drug,
    make_item,
    make_wallet,
)
from tests.invoicing_app.broken_books import (
    BREAKS,
    KEEP_A_COPY,
    RESTORE_THE_COPY,
    TAKE_AWAY_ALL_GUARDS,
)
from tests.invoicing_app.desk import items_of, pay, void


def sound_books() -> None:
    """Bills paid by each method, in part and void; deposits, one reversed; a day closed before."""
    cashier, supervisor = UserFactory(role="Cashier"), UserFactory(role="Supervisor")
    drug, test, surgery = make_drug(holding=50), make_item("LABORATORY"), make_item("PROCEDURE")
    patient: PatientProfile = PatientFactory()
    wallet = make_wallet(patient=patient, holding="500.00")
    deposits = [take_deposit(patient, cashier, amount) for amount in ("100.00", "20.00", "3.00")]
    reverse_deposit(deposit_id=deposits[1], reason="Counted twice", act=Act(supervisor))

    pay(make_bill((drug, 3), test, surgery), cashier, "CASH", "1000.00")
    pay(make_bill((drug, 1), surgery, patient=wallet.patient), cashier, "WALLET")
    partly = make_bill((drug, 2), test, surgery)
    pay(partly, cashier, "CARD", "100.00", department="PROCEDURE")
    pay(make_bill(test), cashier, "TRANSFER", "100.00")
    void(items_of(make_bill(surgery))[0], cashier)
    BusinessDayClosure.objects.create(
        business_date=timezone.localdate() - timedelta(days=1), closed_by=supervisor
    )


def take_deposit(patient: PatientProfile, cashier: Any, amount: str) -> int:
    return deposit_to_wallet(
        patient_id=patient.pk, amount=Decimal(amount), act=Act(cashier)
    ).deposit_id


def things(findings: list[Finding], check: str) -> set[str]:
    return {thing for finding in findings if finding.check == check for thing in finding.ids}


@pytest.fixture(scope="module")
def unguarded(template_database: str, django_db_blocker: Any) -> Iterator[str]:
    """Sound books without any trigger or constraint, and a copy to restore them from."""
    name = f"{template_database}_books_{os.environ.get('PYTEST_XDIST_WORKER', 'gw')}"
    with django_db_blocker.unblock():
        databases.clone(name)
        with databases.pointing_at(name):
            sound_books()
        with databases.owner_cursor(name) as owner:
            owner.execute(TAKE_AWAY_ALL_GUARDS)
            owner.execute(KEEP_A_COPY)
        yield name
        databases.drop(name)


@pytest.fixture
def owner(unguarded: str, django_db_blocker: Any) -> Iterator[Any]:
    """Who can do to the books what no application can. They are sound again after the test."""
    with (
        django_db_blocker.unblock(),
        databases.pointing_at(unguarded),
        databases.owner_cursor(unguarded) as cursor,
    ):
        yield cursor
        cursor.execute(RESTORE_THE_COPY)


def test_sound_books_are_green(owner):
    assert check_books() == []


@pytest.mark.parametrize(
    ("check", "statement"),
    [
        pytest.param(check, statement, id=f"{check}-{number}")
        for check, statements in BREAKS.items()
        for number, statement in enumerate(statements, 1)
    ],
)
def test_a_check_names_what_was_broken(owner, check, statement):
    owner.execute(statement)
    (broken,) = owner.fetchone()

    assert broken in things(check_books(), check)


def test_every_check_is_broken_here():
    assert set(BREAKS) == {check.name for check in CHECKS}


def test_a_change_shows_in_one_link_of_a_chain(owner):
    (statement, *_) = BREAKS["hash-chains-hold"]
    owner.execute(statement)
    (broken,) = owner.fetchone()

    assert things(check_books(), "hash-chains-hold") == {broken}


def test_of_many_faults_the_first_are_listed(owner, monkeypatch):
    faults = Check("many", "never holds", "django_migrations", lambda: iter([("x", "y")] * 1500))
    monkeypatch.setattr(examination, "CHECKS", [faults])

    listed, more = check_books()

    assert (listed.ids, more.detail) == (["x"] * 1000, "and more: only 1000 are listed")


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


# The command --------------------------------------------------------------------------------------


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def run_command(*arguments: str, out: StringIO | None = None) -> tuple[str, CommandError | None]:
    out = out or StringIO()
    try:
        call_command("check_books", *arguments, stdout=out)
    except CommandError as error:
        return out.getvalue(), error
    return out.getvalue(), None


@pytest.fixture
def broken_entry(owner: Any) -> str:
    owner.execute(BREAKS["entries-balance"][0])
    return str(owner.fetchone()[0])


def test_the_command_prints_each_check_and_how_many_rows_it_saw(owner):
    text, error = run_command()

    *lines, summary = text.splitlines()
    assert error is None
    assert [line.split()[:2] for line in lines] == [["ok", check.name] for check in CHECKS]
    assert lines[0].split()[2:4] == [str(Posting.objects.count()), "rows"]
    assert summary.startswith(f"The books are sound: {len(CHECKS)} checks in ")


def test_the_command_names_the_offending_ids_and_ends_with_1(broken_entry):
    text, error = run_command()

    assert error is not None
    assert error.returncode == 1
    assert "checks found something (entries-balance, " in str(error)
    assert text.startswith("WRONG  entries-balance ")
    assert f"\n       {broken_entry}: debits " in text


def test_on_a_terminal_the_command_shows_a_table(broken_entry):
    text, error = run_command(out=Terminal())

    assert error is not None
    assert "accounts-are-known" in text
    assert f"entries-balance: {broken_entry}: debits " in text


def test_the_command_speaks_json(broken_entry):
    text, error = run_command("--json")

    answer = json.loads(text)
    found = {check["name"]: check["findings"] for check in answer["checks"]}
    assert error is not None
    assert not answer["sound"]
    assert found["entries-balance"][0]["ids"] == [broken_entry]
    assert found["stock-equals-movements"] == []


# While money moves --------------------------------------------------------------------------------


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
