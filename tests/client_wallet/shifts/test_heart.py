"""From the opened drawer to the Z report, and that every coin is in one place all the way."""

import json
from decimal import Decimal

import pytest

from client_wallet.errors import DrawerShort, NoOpenShift
from client_wallet.models import JournalEntry, Shift, ZReport
from client_wallet.services import reverse_deposit
from client_wallet.shifts import (
    accept_variance,
    cash_on_hand,
    payout_till,
    receive_cash,
    till_of,
    z_report,
)
from hospital.core.acts import Act
from hospital.core.errors import SelfApproval
from tests.client_wallet.shifts.desk import (
    balance_of,
    count,
    entries_of,
    give,
    hand_over_of,
    make_shift,
    money,
    open_with,
    shift_of,
    take,
)
from tests.factories import UserFactory, make_wallet

pytestmark = pytest.mark.django_db


def test_a_shift_from_its_float_to_its_z_report(cashier, supervisor):
    opened = open_with(cashier, "100.00")
    take(cashier, "50.00")
    take(cashier, "30.00", "CARD")
    give(cashier, "40.00")
    shift = shift_of(cashier)

    held = cash_on_hand(shift.pk)
    ended = count(shift, "110.00", card_slip_total=money("30.00"))

    drawer = f"CASH-{cashier.pk:04d}"
    assert (held, opened.drawer, ended.status) == (Decimal("110.00"), drawer, "CLOSED")
    assert entries_of(shift) == [
        ("SHIFT_FLOAT", [(drawer, "DEBIT", "100.00"), ("SAFE", "CREDIT", "100.00")]),
        ("DEPOSIT", [(drawer, "DEBIT", "50.00"), ("WALLETS", "CREDIT", "50.00")]),
        ("DEPOSIT", [("CARD_CLEARING", "DEBIT", "30.00"), ("WALLETS", "CREDIT", "30.00")]),
        ("HAND_OVER", [("CASH_IN_TRANSIT", "DEBIT", "40.00"), (drawer, "CREDIT", "40.00")]),
        ("HAND_OVER", [("CASH_IN_TRANSIT", "DEBIT", "110.00"), (drawer, "CREDIT", "110.00")]),
    ]
    assert (balance_of(drawer), balance_of("CASH_IN_TRANSIT")) == (money("0.00"), money("150.00"))
    assert json.loads(ZReport.objects.get(shift=shift).content)["z_number"] == ended.z_number == 1
    assert z_report(shift.pk)["expected"] == {"CASH": "110.00", "CARD": "30.00", "TRANSFER": "0.00"}

    receive_cash(hand_over_id=hand_over_of(shift).pk, act=Act(supervisor))
    assert (balance_of("SAFE"), balance_of("CASH_IN_TRANSIT")) == (money("10.00"), money("40.00"))


def test_a_small_difference_is_posted_and_a_large_one_waits_for_somebody_else(
    cashier, supervisor, settings
):
    settings.SHIFT_VARIANCE_LIMIT = Decimal("5.00")
    small, large = make_shift(cashier, holding="50.00"), make_shift(holding="50.00")

    assert (count(small, "45.00").status, count(large, "44.99").status) == ("CLOSED", "COUNTED")

    with pytest.raises(SelfApproval):
        accept_variance(shift_id=large.pk, reason="Stolen", act=Act(large.cashier))
    accept_variance(shift_id=large.pk, reason="Stolen", act=Act(supervisor))
    assert balance_of("CASH_OVER_SHORT") == money("10.01")
    assert [one.status for one in Shift.objects.order_by("pk")] == ["CLOSED", "CLOSED"]


def test_the_first_act_opens_a_shift_unless_somebody_has_to(cashier, settings):
    settings.SHIFT_OPENS_ITSELF = False
    wallet = make_wallet()

    with pytest.raises(NoOpenShift):
        take(cashier, "5.00")
    with pytest.raises(NoOpenShift):
        till_of(Act(cashier), "CARD")

    assert (Shift.objects.count(), JournalEntry.objects.count()) == (0, 0)
    open_with(cashier)
    take(cashier, "5.00")
    assert (Shift.objects.count(), wallet.account_balance) == (1, money("0.00"))


def test_a_drawer_pays_out_what_it_holds_and_no_more(cashier):
    shift = make_shift(cashier, holding="50.00")

    assert payout_till(Act(cashier), "CASH", money("50.00")).shift_id == shift.pk
    assert payout_till(Act(cashier), "CARD", money("50.01")).account == "CARD_CLEARING"
    with pytest.raises(DrawerShort) as refusal:
        payout_till(Act(cashier), "CASH", money("50.01"))
    assert refusal.value.facts == {"requested": "50.01"}


@pytest.mark.parametrize("state", ["open", "short", "closed"])
def test_a_reversal_takes_cash_out_of_the_drawer_that_has_it(state, cashier, supervisor):
    taken = take(cashier, "50.00")
    if state == "short":
        give(cashier, "0.01")
    if state == "closed":
        count(shift_of(cashier), "50.00")
    take(supervisor, "60.00")

    reverse_deposit(deposit_id=taken, reason="mistyped", act=Act(supervisor))

    gives = cashier if state == "open" else supervisor
    reversal = JournalEntry.objects.get(kind="REVERSAL")
    credited = reversal.postings.get(side="CREDIT").account_id
    assert (reversal.shift, credited) == (shift_of(gives), f"CASH-{gives.pk:04d}")


def test_a_reversal_that_no_drawer_can_pay_is_refused(cashier):
    taken = take(cashier, "50.00")
    give(cashier, "50.00")

    with pytest.raises(DrawerShort):
        reverse_deposit(deposit_id=taken, reason="mistyped", act=Act(UserFactory()))

    assert not JournalEntry.objects.filter(kind="REVERSAL").exists()
