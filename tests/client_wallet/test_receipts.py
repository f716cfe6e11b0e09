"""Receipt numbers: 1, 2, 3, … for each cashier, with no gap and no repetition, under load too."""

import itertools
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from client_wallet import services
from client_wallet.errors import BalanceLimit
from client_wallet.models import ReceiptCounter, WalletDeposit
from client_wallet.receipts import DEPOSIT, PAYMENT, next_receipt_number
from client_wallet.services import DepositTaken, deposit_to_wallet
from hospital.core.acts import Act
from hospital.core.models import User
from smcapp1.models import PatientProfile
from tests.client_wallet.desk import make_full_wallet
from tests.client_wallet.shifts.races import cashier_at_work
from tests.factories import PatientFactory, UserFactory
from tests.races import THE_COMMIT, rewriting, run_together, with_last_statement

THREADS_PER_CASHIER = 4
DEPOSITS_PER_THREAD = 25
THE_ENTRY = "INSERT INTO client_wallet_journalentry"


class PowerCutError(Exception):
    """Something fails after the deposit, in the same transaction."""


def deposit(patient: PatientProfile, cashier: User, **more: Any) -> DepositTaken:
    return deposit_to_wallet(
        patient_id=patient.pk, amount=Decimal("1.00"), act=Act(cashier), **more
    )


def deposit_in_vain(patient: PatientProfile, cashier: User) -> None:
    with suppress(PowerCutError), transaction.atomic():
        deposit(patient, cashier)
        raise PowerCutError


def working(cashier: User, full: PatientProfile) -> Callable[[], None]:
    """A till's work: deposits, and between them some that are refused and some that are lost."""
    patient = PatientFactory()

    def work() -> None:
        for number in range(DEPOSITS_PER_THREAD):
            deposit(patient, cashier)
            if number % 5 == 0:
                deposit_in_vain(patient, cashier)
            if number % 5 == 1:
                with suppress(BalanceLimit):
                    deposit(full, cashier)

    return work


def numbers_of(cashier: User) -> list[str]:
    taken = WalletDeposit.objects.filter(taken_by=cashier).order_by("receipt_number")
    return list(taken.values_list("receipt_number", flat=True))


@pytest.mark.race
def test_numbers_have_no_gap_when_many_tills_work_at_once(real_commits):
    cashiers = UserFactory.create_batch(2)
    full = make_full_wallet().patient
    tills = [working(cashier, full) for cashier in cashiers * THREADS_PER_CASHIER]

    results = run_together(*tills)

    assert results == [None] * len(tills)
    assert [numbers_of(cashier) for cashier in cashiers] == [
        [
            f"DEP-{cashier.pk:04d}-{number:06d}"
            for number in range(1, THREADS_PER_CASHIER * DEPOSITS_PER_THREAD + 1)
        ]
        for cashier in cashiers
    ]


@pytest.mark.race
def test_cashiers_do_not_wait_for_one_another(real_commits):
    cashier, colleague = UserFactory.create_batch(2)
    patient, other = PatientFactory.create_batch(2)
    deposit(patient, cashier)
    deposit(other, colleague)

    with transaction.atomic():
        deposit(patient, cashier)
        (meanwhile,) = run_together(partial(deposit, other, colleague))
        seen = WalletDeposit.objects.count()

    assert (type(meanwhile), seen) == (DepositTaken, 4)


@pytest.mark.race
def test_two_tills_of_one_cashier_do_wait_for_one_another(real_commits):
    cashier = UserFactory()
    patient, other = PatientFactory.create_batch(2)
    deposit(patient, cashier)

    def impatiently() -> DepositTaken:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        return deposit(other, cashier)

    with transaction.atomic():
        deposit(patient, cashier)
        (meanwhile,) = run_together(impatiently)

    assert isinstance(meanwhile, OperationalError)
    assert numbers_of(cashier) == [f"DEP-{cashier.pk:04d}-{number:06d}" for number in (1, 2)]


@pytest.mark.race
def test_two_tills_of_one_cashier_get_two_numbers_at_once(real_commits):
    cashier = cashier_at_work()
    tills = [partial(deposit, patient, cashier) for patient in PatientFactory.create_batch(2)]

    run_together(*tills, pause_before=THE_ENTRY)

    assert numbers_of(cashier) == [f"DEP-{cashier.pk:04d}-{number:06d}" for number in (1, 2)]


@pytest.mark.race
def test_without_the_counters_lock_they_get_the_same_number(real_commits):
    cashier = cashier_at_work()
    tills = [
        with_last_statement(partial(deposit, patient, cashier))
        for patient in PatientFactory.create_batch(2)
    ]
    read_and_add = f"""
        SELECT number AS text, number AS hashed FROM (
               SELECT %(series)s::text || '-{cashier.pk:04d}-' || lpad(
                          (count(*) + 1)::text, 6, '0') AS number
                 FROM client_wallet_walletdeposit WHERE taken_by_id = {cashier.pk}) AS counted"""  # noqa: S608 - an id

    with rewriting(services._DEPOSIT.before[0].sql, read_and_add):
        results = run_together(*tills, pause_before=THE_COMMIT)

    assert [type(result) for result in results] == [DepositTaken, IntegrityError]


@pytest.mark.django_db
def test_each_cashier_and_each_series_counts_for_itself():
    cashier, colleague = UserFactory.create_batch(2)
    turns = itertools.product([cashier, colleague], [DEPOSIT, PAYMENT])

    numbers = [next_receipt_number(series, who) for who, series in [*turns, (cashier, DEPOSIT)]]

    assert numbers == [
        f"DEP-{cashier.pk:04d}-000001",
        f"PAY-{cashier.pk:04d}-000001",
        f"DEP-{colleague.pk:04d}-000001",
        f"PAY-{colleague.pk:04d}-000001",
        f"DEP-{cashier.pk:04d}-000002",
    ]


@pytest.mark.django_db
def test_a_transaction_that_is_rolled_back_burns_no_number(cashier):
    patient = PatientFactory()
    deposit_in_vain(patient, cashier)

    taken = deposit(patient, cashier)

    assert taken.receipt_number == f"DEP-{cashier.pk:04d}-000001"
    assert ReceiptCounter.objects.get().last_number == 1


@pytest.mark.django_db
def test_a_refused_deposit_burns_no_number(cashier):
    patient = make_full_wallet().patient

    with pytest.raises(BalanceLimit):
        deposit(patient, cashier)

    assert not ReceiptCounter.objects.filter(cashier=cashier).exists()
