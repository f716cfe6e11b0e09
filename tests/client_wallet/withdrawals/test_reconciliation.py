"""A day's withdrawals against the bank's statement: each way in which the two can differ."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from client_wallet.bank import Destination, Payment, configured_bank
from client_wallet.models import Withdrawal
from client_wallet.withdrawals import decide_on_withdrawal, settle_due
from client_wallet.withdrawals.reconciliation import Reconciled, reconcile
from hospital.core.acts import Act
from tests.client_wallet.withdrawals.desk import make_withdrawal, under_review
from tests.client_wallet.withdrawals.fake_bank import FakeBank
from tests.client_wallet.withdrawals.workers import worker_at
from tests.factories import UserFactory
from tests.sandbox.banks import running

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank() -> FakeBank:
    return FakeBank()


def completed(bank: FakeBank, *, at: datetime | None = None) -> Withdrawal:
    """Return a withdrawal that was sent and paid at that instant, and is settled today."""
    withdrawal = make_withdrawal()
    bank.clock.at = at or timezone.now()
    Withdrawal.objects.filter(pk=withdrawal.pk).update(next_attempt_at=bank.clock.at)
    worker_at(bank).step()
    withdrawal.refresh_from_db()
    assert withdrawal.status == "COMPLETED"
    return withdrawal


def today() -> date:
    return timezone.localdate()


def differences(bank: FakeBank, day: date | None = None) -> dict[str, str]:
    return {found.reference: found.says for found in reconcile(day or today(), bank).differences}


def change(bank: FakeBank, **facts: object) -> None:
    (payment,) = bank.payments
    bank.payments = [replace(payment, **facts)]  # type: ignore[arg-type] # as a test wants them


def test_two_sides_that_agree(bank):
    completed(bank)
    completed(bank)

    assert reconcile(today(), bank) == Reconciled(paid=2, settled=2, differences=[])
    assert reconcile(today() - timedelta(days=1), bank) == Reconciled(0, 0, [])


def test_a_payment_that_the_bank_does_not_have(bank):
    withdrawal = completed(bank)
    bank.payments = []

    assert differences(bank) == {
        withdrawal.bank_reference: "it is settled here, and the bank did not pay it"
    }


def test_a_payment_that_only_the_bank_has(bank):
    account = Destination("058", "1", "A stranger")
    bank.payments = [Payment("X-1", Decimal("5.00"), "NGN", account, timezone.now())]

    assert differences(bank) == {"X-1": "the bank paid it, and there is no such withdrawal"}


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        (
            {"amount": Decimal("60.01")},
            "it is of NGN 60.00 here, and the bank paid NGN 60.01",
        ),
        ({"currency": "USD"}, "it is of NGN 60.00 here, and the bank paid USD 60.00"),
        (
            {"destination": Destination("058", "1", "Ada Obi")},
            "the bank paid it to another account",
        ),
    ],
)
def test_a_payment_of_something_else(facts, says, bank):
    withdrawal = completed(bank)
    change(bank, **facts)

    assert differences(bank) == {withdrawal.bank_reference: says}


def test_a_payment_made_twice(bank):
    withdrawal = completed(bank)
    bank.payments *= 2

    assert differences(bank) == {withdrawal.bank_reference: "the bank paid it 2 times"}


def test_money_given_back_that_was_paid_after_all(bank):
    withdrawal = under_review()
    decide_on_withdrawal(
        withdrawal_id=withdrawal.pk, paid=False, evidence="by telephone", act=Act(UserFactory())
    )
    bank.payments = [
        Payment(
            withdrawal.bank_reference,
            withdrawal.amount,
            "NGN",
            Destination("058", "1234567890", "Ada Obi"),
            timezone.now(),
        )
    ]

    assert differences(bank) == {
        withdrawal.bank_reference: "the bank paid it, and here it is FAILED"
    }


def test_a_payment_that_is_still_unknown_here():
    bank = FakeBank(submissions=["fail after"])
    withdrawal = make_withdrawal()
    bank.clock.at = timezone.now()
    worker_at(bank).step()

    assert differences(bank) == {
        withdrawal.bank_reference: "the bank paid it, and here it is UNKNOWN"
    }


def test_what_was_paid_before_midnight_and_settled_after_it_is_no_difference(bank):
    midnight = datetime.combine(
        today(), datetime.min.time(), tzinfo=timezone.get_default_timezone()
    )
    completed(bank, at=midnight - timedelta(seconds=1))

    assert reconcile(today(), bank) == Reconciled(paid=0, settled=1, differences=[])
    assert reconcile(today() - timedelta(days=1), bank) == Reconciled(1, 0, [])


def test_what_was_paid_long_before_it_was_settled_is_no_difference(bank):
    completed(bank, at=timezone.now() - timedelta(days=9))

    assert reconcile(today(), bank) == Reconciled(paid=0, settled=1, differences=[])


def test_of_a_payment_that_was_settled_late_the_amount_is_compared_too(bank):
    withdrawal = completed(bank, at=timezone.now() - timedelta(days=9))
    change(bank, amount=Decimal("0.01"))

    assert list(differences(bank)) == [withdrawal.bank_reference]


# The command, against the sandbox bank's own program.


def command(day: str) -> str:
    out = StringIO()
    call_command("reconcile_bank", day, stdout=out)
    return out.getvalue()


def test_the_command_says_that_both_sides_agree(tmp_path, settings):
    with running(tmp_path / "bank.db", "--finality-seconds", "1") as started:
        settings.BANK_URL = f"http://127.0.0.1:{started.port}"
        make_withdrawal()
        settle_due(configured_bank())
        started.order(statement=["error", "error"])

        said = command(str(today()))

    assert said == (
        f"{today()}: 1 payments by the bank, 1 withdrawals settled, 0 differences."
        " The two sides agree.\n"
    )


def test_the_command_fails_when_they_differ_and_says_in_what(tmp_path, settings):
    with running(tmp_path / "bank.db") as started:
        settings.BANK_URL = f"http://127.0.0.1:{started.port}"
        started.pay("WD-unknown-here")

        with pytest.raises(CommandError, match="1 differences. The two sides differ") as failure:
            command(str(today()))

    assert failure.value.returncode == 1


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", ""])
def test_a_day_that_is_none_is_refused(day):
    with pytest.raises(CommandError, match="is no day"):
        command(day)


def test_without_a_bank_there_is_nothing_to_compare_with():
    with pytest.raises(CommandError, match="BANK_URL is not set"):
        command("2026-01-31")
