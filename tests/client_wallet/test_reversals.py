"""``reverse_deposit``: once, by somebody else, with a reason, while the wallet holds the money."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from client_wallet.errors import AlreadyReversed, DayClosed, InsufficientFunds
from client_wallet.models import JournalEntry, WalletAccount, WalletDeposit
from client_wallet.services import DepositReversed, reverse_deposit
from hospital.core.acts import Act
from hospital.core.errors import InvalidRequest, NotFound, SelfApproval
from tests.client_wallet.desk import close_today, deposit, make_deposit, reverse, set_status, spend
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("method", "till"), [("CASH", "CASH-{:04d}"), ("CARD", "CARD_CLEARING"), ("TRANSFER", "BANK")]
)
def test_a_reversal_mirrors_the_deposit(method, till, supervisor):
    taken = make_deposit("50.00", payment_method=method)

    answer = reverse_deposit(deposit_id=taken.pk, reason=" mistyped ", act=Act(supervisor))

    taken.refresh_from_db()
    entry = JournalEntry.objects.get(kind="REVERSAL")
    till = till.format(taken.taken_by_id)
    assert answer == DepositReversed(reversal_of=taken.pk, account_balance="0.00", replayed=False)
    assert (
        entry.kind,
        entry.actor,
        entry.memo,
        entry.reverses,
        list(entry.postings.order_by("pk").values_list("account_id", "side", "amount")),
    ) == (
        "REVERSAL",
        supervisor,
        taken.receipt_number,
        taken.entry,
        [("WALLETS", "DEBIT", Decimal("50.00")), (till, "CREDIT", Decimal("50.00"))],
    )
    assert (taken.reversal, taken.reversed_by, taken.reversed_at, taken.reversal_reason) == (
        entry,
        supervisor,
        entry.posted_at,
        "mistyped",
    )
    assert taken.wallet.account_balance == Decimal("0.00")


def test_what_was_paid_in_elsewhere_covers_a_reversal(supervisor):
    taken = make_deposit("50.00")
    deposit(taken.wallet.patient, "30.00", Act(UserFactory()))
    spend(taken.wallet.patient, "20.00", Act(UserFactory()))

    answer = reverse(taken, Act(supervisor))

    assert answer.account_balance == "10.00"


@pytest.mark.parametrize("status", ["FROZEN", "CLOSED"])
def test_a_wallet_that_pays_nothing_can_be_corrected(status, supervisor):
    taken = make_deposit("50.00")
    set_status(taken.wallet, status)

    assert reverse(taken, Act(supervisor)).account_balance == "0.00"


@pytest.mark.parametrize("reason", ["", "  ", "\n\t"])
def test_a_reversal_needs_a_reason(reason, supervisor):
    taken = make_deposit()

    with pytest.raises(InvalidRequest) as refusal:
        reverse(taken, Act(supervisor), reason)

    assert list(refusal.value.facts["errors"]) == ["reason"]


@pytest.mark.parametrize("deposit_id", [0, 999_999, 2**63])
def test_a_deposit_that_does_not_exist_is_refused(deposit_id, supervisor):
    with pytest.raises(NotFound):
        reverse_deposit(deposit_id=deposit_id, reason="mistyped", act=Act(supervisor))


def test_nobody_reverses_the_own_deposit():
    taken = make_deposit()

    with pytest.raises(SelfApproval) as refusal:
        reverse(taken, Act(taken.taken_by))

    assert (refusal.value.code, refusal.value.status) == ("self-approval", 422)


def test_the_database_lets_nobody_reverse_the_own_deposit():
    taken = make_deposit()
    told = {"reversed_at": F("created_at"), "reversal_reason": "mistyped", "reversal": F("entry")}

    with pytest.raises(IntegrityError, match="deposit_reversed_by_somebody_else"):
        WalletDeposit.objects.filter(pk=taken.pk).update(reversed_by=F("taken_by"), **told)


def test_the_database_lets_no_reversal_be_half_told(supervisor):
    taken = make_deposit()
    told = {"reversed_at": F("created_at"), "reversal_reason": "mistyped"}

    with pytest.raises(IntegrityError, match="deposit_reversal_is_whole"):
        WalletDeposit.objects.filter(pk=taken.pk).update(reversed_by=supervisor, **told)


def test_a_deposit_is_reversed_once(supervisor):
    taken = make_deposit("50.00")
    deposit(taken.wallet.patient, "50.00", Act(UserFactory()))
    reverse(taken, Act(supervisor))

    with pytest.raises(AlreadyReversed) as refusal:
        reverse(taken, Act(UserFactory()))

    assert (refusal.value.code, refusal.value.status) == ("already-reversed", 409)
    assert WalletAccount.objects.get().account_balance == Decimal("50.00")


def test_money_that_was_spent_cannot_be_given_back(supervisor):
    taken = make_deposit("50.00")
    spend(taken.wallet.patient, "0.01", Act(UserFactory()))

    with pytest.raises(InsufficientFunds) as refusal:
        reverse(taken, Act(supervisor))

    assert refusal.value.facts == {"available": "49.99", "requested": "50.00"}


def test_a_closed_day_takes_no_reversal(supervisor):
    taken = make_deposit()
    close_today()

    with pytest.raises(DayClosed):
        reverse(taken, Act(supervisor))


def test_a_reversal_can_neither_be_forgotten_nor_ascribed_to_somebody_else(supervisor):
    taken = make_deposit("50.00")
    reverse(taken, Act(supervisor))
    forgotten = {"reversed_by": None, "reversed_at": None, "reversal": None, "reversal_reason": ""}

    for change in (forgotten, {"reversed_by": UserFactory()}, {"reversal_reason": "Another"}):
        with pytest.raises(IntegrityError, match="UPDATE refused"), transaction.atomic():
            WalletDeposit.objects.filter(pk=taken.pk).update(**change)
