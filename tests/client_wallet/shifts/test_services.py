"""Each act on a shift: its answer, its repetition, and what it leaves in the journal."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from client_wallet.models import HandOver, JournalEntry, Shift, ShiftCount, ZReport
from client_wallet.services import deposit_to_wallet, reverse_deposit
from client_wallet.shifts import (
    CashGiven,
    HandOverEnd,
    ShiftCounted,
    ShiftOpened,
    accept_variance,
    cash_on_hand,
    count_shift,
    open_shift,
    receive_cash,
    recount_shift,
    reject_cash,
    x_report,
    z_report,
)
from client_wallet.shifts.z_reports import z_seal
from hospital.core.acts import Act
from hospital.core.times import wire_time
from tests.client_wallet.shifts.desk import (
    balance_of,
    coins,
    count,
    entries_of,
    give,
    hand_over_of,
    lines_of,
    make_shift,
    money,
    open_with,
    shift_of,
    take,
)
from tests.factories import PatientFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_opening_answers_what_it_opened(cashier):
    answer = open_shift(opening_float=money("20.5"), act=Act(cashier))

    shift = Shift.objects.get()
    assert answer == ShiftOpened(
        shift_id=shift.pk,
        cashier_id=cashier.pk,
        drawer=f"CASH-{cashier.pk:04d}",
        opening_float="20.50",
        opened_at=wire_time(shift.opened_at),
    )
    assert (shift.status, shift.opened_by, shift.drawer.kind) == ("OPEN", cashier, "ASSET")


def test_a_shift_without_a_float_posts_nothing(cashier):
    open_with(cashier)

    assert (Shift.objects.count(), JournalEntry.objects.count()) == (1, 0)


def test_an_act_done_again_with_its_key_answers_the_same_and_does_nothing(cashier, supervisor):
    opened = open_with(cashier, "100.00", key="o")
    given = give(cashier, "40.00", key="g")
    kept = receive_cash(hand_over_id=given.hand_over_id, act=Act(supervisor, "r"))
    shift = shift_of(cashier)
    ended = count(shift, "60.00", key="c")
    entries = JournalEntry.objects.count()

    again: list[Any] = [
        open_with(cashier, "100.00", key="o"),
        give(cashier, "40.00", key="g"),
        receive_cash(hand_over_id=given.hand_over_id, act=Act(supervisor, "r")),
        count(shift, "60.00", key="c"),
    ]

    assert [one.replayed for one in again] == [True] * 4
    assert [one.facts() for one in again] == [one.facts() for one in (opened, given, kept, ended)]
    assert (JournalEntry.objects.count(), Shift.objects.count()) == (entries, 1)


def test_a_deposit_repeated_after_the_close_opens_no_shift(cashier):
    patient = PatientFactory()

    def deposit() -> bool:
        act = Act(cashier, "the key")
        return deposit_to_wallet(patient_id=patient.pk, amount=money("5.00"), act=act).replayed

    first = deposit()
    count(shift_of(cashier), "5.00")

    assert (first, deposit(), Shift.objects.count()) == (False, True, 1)


def test_a_count_that_is_near_enough_closes_the_shift(cashier):
    shift = make_shift(cashier, holding="50.00")

    answer = count(shift, "49.75")

    assert answer == ShiftCounted(
        shift_id=shift.pk,
        status="CLOSED",
        count_number=1,
        counted_amount="49.75",
        expected_amount="50.00",
        difference="-0.25",
        z_number=1,
        hand_over_id=hand_over_of(shift).pk,
    )
    assert entries_of(shift)[1:] == [
        (
            "SHIFT_VARIANCE",
            [("CASH_OVER_SHORT", "DEBIT", "0.25"), (shift.drawer_id, "CREDIT", "0.25")],
        ),
        (
            "HAND_OVER",
            [("CASH_IN_TRANSIT", "DEBIT", "49.75"), (shift.drawer_id, "CREDIT", "49.75")],
        ),
    ]
    assert hand_over_of(shift).is_at_close


def test_what_is_over_is_posted_the_other_way_round(cashier):
    shift = make_shift(cashier, holding="50.00")

    count(shift, "50.10")

    (_, variance) = entries_of(shift)[1]
    assert variance == [(shift.drawer_id, "DEBIT", "0.10"), ("CASH_OVER_SHORT", "CREDIT", "0.10")]


def test_an_empty_drawer_is_closed_without_a_hand_over(cashier):
    open_with(cashier)

    answer = count(shift_of(cashier), "0.00")

    assert (answer.status, answer.z_number, answer.hand_over_id) == ("CLOSED", 1, None)
    assert ZReport.objects.get().entry_count == 0


def test_a_count_keeps_pieces_and_slips(cashier):
    shift = make_shift(cashier, holding="50.00")
    take(cashier, "7.00", "TRANSFER")
    act = Act(cashier)

    count_shift(
        shift_id=shift.pk,
        counts={money("20"): 2, money("0.50"): 20, money("5.00"): 0},
        card_slip_total=money("1.00"),
        act=act,
    )

    counted = ShiftCount.objects.get()
    pieces = counted.lines.order_by("-denomination").values_list("denomination", "pieces")
    assert list(pieces) == [(money("20.00"), 2), (money("0.50"), 20)]
    assert (counted.card_slip_amount, counted.card_expected_amount) == (
        money("1.00"),
        money("0.00"),
    )
    assert (counted.transfer_slip_amount, counted.transfer_expected_amount) == (None, money("7.00"))


def test_a_shift_that_waits_is_counted_again_or_accepted(cashier, supervisor, settings):
    settings.SHIFT_VARIANCE_LIMIT = Decimal("5.00")
    shift = make_shift(cashier, holding="50.00")
    waits = count(shift, "30.00")

    again = recount_shift(shift_id=shift.pk, counts=coins("40.00"), act=Act(cashier))
    ended = accept_variance(shift_id=shift.pk, reason=" Robbed ", act=Act(supervisor))

    shift.refresh_from_db()
    assert [one.status for one in (waits, again, ended)] == ["COUNTED", "COUNTED", "CLOSED"]
    assert (ended.count_number, ended.difference) == (2, "-10.00")
    assert (shift.accepted_by, shift.acceptance_reason) == (supervisor, "Robbed")
    assert balance_of("CASH_OVER_SHORT") == money("10.00")


def test_a_recount_that_is_near_enough_closes_the_shift(cashier, settings):
    settings.SHIFT_VARIANCE_LIMIT = Decimal("0.00")
    shift = make_shift(cashier, holding="50.00")
    count(shift, "49.99")

    answer = recount_shift(shift_id=shift.pk, counts=coins("50.00"), act=Act(cashier))

    shift.refresh_from_db()
    assert (answer.status, answer.count_number, shift.accepted_by) == ("CLOSED", 2, None)


def test_who_waits_for_a_supervisor_may_go_on_in_a_new_shift(cashier, settings):
    settings.SHIFT_VARIANCE_LIMIT = Decimal("0.00")
    waiting = make_shift(cashier, holding="50.00")
    count(waiting, "49.00")

    take(cashier, "7.00")

    assert (cash_on_hand(waiting.pk), cash_on_hand(shift_of(cashier).pk)) == (
        money("50.00"),
        money("7.00"),
    )


def test_a_supervisor_closes_a_shift_that_was_forgotten(supervisor):
    shift = make_shift(holding="50.00")

    count(shift, "50.00", by=supervisor)

    shift.refresh_from_db()
    given = hand_over_of(shift)
    assert (shift.closed_by, shift.counted_by) == (supervisor, supervisor)
    assert (given.given_by, given.from_cashier) == (supervisor, shift.cashier)


def test_giving_answers_what_is_in_transit(cashier):
    shift = make_shift(cashier, holding="50.00")

    answer = give(cashier, "20.00")

    given = HandOver.objects.get()
    assert answer == CashGiven(
        hand_over_id=given.pk,
        shift_id=shift.pk,
        amount="20.00",
        to="SAFE",
        cashier_id=None,
        status="GIVEN",
        given_at=wire_time(given.given_at),
    )
    assert lines_of(given.entry_id) == [
        ("CASH_IN_TRANSIT", "DEBIT", "20.00"),
        (shift.drawer_id, "CREDIT", "20.00"),
    ]


@pytest.mark.parametrize(("to", "account"), [("SAFE", "SAFE"), ("BANK", "BANK")])
def test_what_safe_and_bank_receive_is_in_no_shift(to, account, cashier, supervisor):
    make_shift(cashier, holding="50.00")
    given = give(cashier, "20.00", to)

    answer = receive_cash(hand_over_id=given.hand_over_id, act=Act(supervisor))

    ended = HandOver.objects.get()
    assert answer == HandOverEnd(
        hand_over_id=ended.pk,
        status="RECEIVED",
        amount="20.00",
        ended_at=wire_time(ended.ended_at),  # type: ignore[arg-type] # it has ended
    )
    assert lines_of(ended.end_entry_id) == [  # type: ignore[arg-type] # it has ended
        (account, "DEBIT", "20.00"),
        ("CASH_IN_TRANSIT", "CREDIT", "20.00"),
    ]
    assert JournalEntry.objects.get(ended_hand_over=ended).shift is None
    assert ended.ended_by == supervisor


def test_what_another_cashier_receives_is_in_their_drawer(cashier):
    make_shift(cashier, holding="50.00")
    other = UserFactory()
    given = give(cashier, "20.00", "CASHIER", cashier_id=other.pk)

    receive_cash(hand_over_id=given.hand_over_id, act=Act(other))

    assert cash_on_hand(shift_of(other).pk) == money("20.00")


def test_what_is_rejected_is_in_the_givers_drawer_again(cashier, supervisor):
    shift = make_shift(cashier, holding="50.00")
    given = give(cashier, "20.00")

    reject_cash(hand_over_id=given.hand_over_id, reason=" Torn ", act=Act(supervisor))

    ended = HandOver.objects.get()
    assert (ended.status, ended.rejection_reason) == ("REJECTED", "Torn")
    assert (cash_on_hand(shift.pk), balance_of("CASH_IN_TRANSIT")) == (
        money("50.00"),
        money("0.00"),
    )


def test_what_is_rejected_after_the_close_is_in_a_shift_that_opens(cashier, supervisor):
    shift = make_shift(cashier, holding="50.00")
    ended = count(shift, "50.00")

    reject_cash(hand_over_id=ended.hand_over_id, reason="40 only", act=Act(supervisor))  # type: ignore[arg-type] # it was handed over

    opened = shift_of(cashier)
    assert (opened.opened_by, cash_on_hand(opened.pk)) == (supervisor, money("50.00"))
    assert cash_on_hand(shift.pk) == money("0.00")


def test_an_x_report_says_what_moved_and_what_there_should_be(cashier, supervisor):
    open_with(cashier, "10.00")
    mistake = take(cashier, "5.00")
    take(cashier, "50.00")
    take(cashier, "30.00", "CARD")
    reverse_deposit(deposit_id=mistake, reason="mistyped", act=Act(supervisor))

    report = x_report(shift_of(cashier).pk)

    assert report["movements"] == [
        {"method": "CASH", "kind": "DEPOSIT", "count": 2, "amount": "55.00"},
        {"method": "CASH", "kind": "REVERSAL", "count": 1, "amount": "-5.00"},
        {"method": "CASH", "kind": "SHIFT_FLOAT", "count": 1, "amount": "10.00"},
        {"method": "CARD", "kind": "DEPOSIT", "count": 1, "amount": "30.00"},
    ]
    assert report["expected"] == {"CASH": "60.00", "CARD": "30.00", "TRANSFER": "0.00"}
    assert (report["status"], report["opening_float"]) == ("OPEN", "10.00")


def test_a_z_report_stays_as_it_was_written(cashier, supervisor):
    shift = make_shift(cashier, holding="50.00")
    ended = count(shift, "49.00")
    before = z_report(shift.pk)

    cashier.first_name = "Renamed"
    cashier.save()
    receive_cash(hand_over_id=ended.hand_over_id, act=Act(supervisor))  # type: ignore[arg-type] # it was handed over

    stored = ZReport.objects.get()
    assert z_report(shift.pk) == before
    assert (before["z_number"], before["difference"], before["counted"]["CASH"]) == (
        1,
        "-1.00",
        "49.00",
    )
    assert stored.seal == z_seal("", stored.entries_hash, stored.content)
    assert (stored.entry_count, json.loads(stored.content)["closed_by_id"]) == (3, cashier.pk)


def test_a_shift_is_not_closed_before_its_last_entry(cashier):
    shift = make_shift(cashier, holding="50.00")
    ahead = timezone.now() + timedelta(hours=1)
    patient = PatientFactory()
    deposit_to_wallet(patient_id=patient.pk, amount=money("5.00"), act=Act(cashier))
    patient.wallet.last_posted_at = ahead
    patient.wallet.save(update_fields=["last_posted_at"])
    deposit_to_wallet(patient_id=patient.pk, amount=money("5.00"), act=Act(cashier))

    count(shift, "60.00")

    shift.refresh_from_db()
    assert shift.closed_at == ahead
