"""Whatever is refused leaves no trace: no row of any table changes, and no key is spent."""

from collections.abc import Callable
from typing import Any

import pytest

from client_wallet.errors import (
    DayClosed,
    DrawerShort,
    HandOverEnded,
    NoOpenShift,
    ShiftIsOpen,
    ShiftNotCounted,
    ShiftNotOpen,
    WrongReceiver,
)
from client_wallet.models import Shift
from client_wallet.services import reverse_deposit
from client_wallet.shifts import (
    accept_variance,
    count_shift,
    open_shift,
    receive_cash,
    recount_shift,
    reject_cash,
    x_report,
    z_report,
)
from hospital.core.acts import Act
from hospital.core.errors import InvalidAmount, InvalidRequest, KeyReused, NotFound, SelfApproval
from tests.client_wallet.desk import close_today, deposit
from tests.client_wallet.shifts.desk import (
    coins,
    count,
    give,
    make_shift,
    money,
    open_with,
    take,
)
from tests.factories import PatientFactory, UserFactory
from tests.rows import everything

pytestmark = pytest.mark.django_db

Attempt = Callable[[], object]
NOBODY = 999_999


def opening_twice(cashier: Any) -> Attempt:
    open_with(cashier)
    return lambda: open_with(cashier, "5.00")


def opening_with_less_than_nothing(cashier: Any) -> Attempt:
    return lambda: open_with(cashier, "-5.00")


def opening_on_a_closed_day(cashier: Any) -> Attempt:
    take(UserFactory(), "1.00")
    close_today()
    return lambda: open_with(cashier, "5.00")


def opening_with_a_used_key(cashier: Any) -> Attempt:
    open_with(cashier, key="k")
    return lambda: open_with(cashier, "1.00", key="k")


def counting_nothing_there(cashier: Any) -> Attempt:
    return lambda: count_shift(shift_id=NOBODY, counts={}, act=Act(cashier))


def counting_a_closed_shift(cashier: Any) -> Attempt:
    shift = make_shift(cashier)
    count(shift, "1.00")
    return lambda: count(shift, "1.00")


def counting_a_note_that_there_is_not(cashier: Any) -> Attempt:
    shift = make_shift(cashier)
    return lambda: count_shift(shift_id=shift.pk, counts={money("3.00"): 1}, act=Act(cashier))


def counting_less_than_no_pieces(cashier: Any) -> Attempt:
    shift = make_shift(cashier)
    return lambda: count_shift(shift_id=shift.pk, counts={money("1.00"): -1}, act=Act(cashier))


def counting_with_a_slip_below_zero(cashier: Any) -> Attempt:
    shift = make_shift(cashier)
    return lambda: count(shift, "1.00", card_slip_total=money("-1.00"))


def counting_with_a_used_key(cashier: Any) -> Attempt:
    shift = make_shift(cashier)
    count(shift, "1.00", key="k")
    return lambda: count(shift, "2.00", key="k")


def recounting_an_open_shift(cashier: Any) -> Attempt:
    shift = make_shift(cashier)
    return lambda: recount_shift(shift_id=shift.pk, counts=coins("1.00"), act=Act(cashier))


def waiting_shift(cashier: Any) -> Shift:
    shift = make_shift(cashier, holding="5000.00")
    count(shift, "1.00")
    return shift


def counting_a_shift_that_waits(cashier: Any) -> Attempt:
    shift = waiting_shift(cashier)
    return lambda: count(shift, "5000.00")


def accepting_an_open_shift(cashier: Any) -> Attempt:
    shift = make_shift()
    return lambda: accept_variance(shift_id=shift.pk, reason="Why not", act=Act(cashier))


def accepting_the_own_shift(cashier: Any) -> Attempt:
    shift = waiting_shift(cashier)
    return lambda: accept_variance(shift_id=shift.pk, reason="Why not", act=Act(cashier))


def accepting_the_own_count(cashier: Any) -> Attempt:
    shift = make_shift(holding="5000.00")
    count(shift, "1.00", by=cashier)
    return lambda: accept_variance(shift_id=shift.pk, reason="Why not", act=Act(cashier))


def accepting_without_a_reason(cashier: Any) -> Attempt:
    shift = waiting_shift(UserFactory())
    return lambda: accept_variance(shift_id=shift.pk, reason="  ", act=Act(cashier))


def giving_more_than_there_is(cashier: Any) -> Attempt:
    make_shift(cashier, holding="5.00")
    return lambda: give(cashier, "5.01")


def giving_out_of_no_shift(cashier: Any) -> Attempt:
    return lambda: give(cashier, "0.01")  # the shift that opened by itself is gone with it


def giving_to_nobody(cashier: Any) -> Attempt:
    make_shift(cashier)
    return lambda: give(cashier, "1.00", "CASHIER")


def giving_to_somebody_unknown(cashier: Any) -> Attempt:
    make_shift(cashier)
    return lambda: give(cashier, "1.00", "CASHIER", cashier_id=NOBODY)


def giving_to_a_patient(cashier: Any) -> Attempt:
    make_shift(cashier)
    patient = UserFactory(is_staff=False)
    return lambda: give(cashier, "1.00", "CASHIER", cashier_id=patient.pk)


def giving_to_oneself(cashier: Any) -> Attempt:
    make_shift(cashier)
    return lambda: give(cashier, "1.00", "CASHIER", cashier_id=cashier.pk)


def giving_to_the_street(cashier: Any) -> Attempt:
    make_shift(cashier)
    return lambda: give(cashier, "1.00", "STREET")


def giving_to_a_safe_with_a_name(cashier: Any) -> Attempt:
    make_shift(cashier)
    other = UserFactory()
    return lambda: give(cashier, "1.00", "SAFE", cashier_id=other.pk)


def receiving_nothing_there(cashier: Any) -> Attempt:
    return lambda: receive_cash(hand_over_id=NOBODY, act=Act(cashier))


def given_by(cashier: Any, to: str = "SAFE", cashier_id: int | None = None) -> int:
    make_shift(cashier)
    return give(cashier, "1.00", to, cashier_id=cashier_id).hand_over_id


def receiving_the_own(cashier: Any) -> Attempt:
    given = given_by(cashier)
    return lambda: receive_cash(hand_over_id=given, act=Act(cashier))


def receiving_another_cashiers(cashier: Any) -> Attempt:
    given = given_by(UserFactory(), "CASHIER", cashier_id=UserFactory().pk)
    return lambda: receive_cash(hand_over_id=given, act=Act(cashier))


def receiving_twice(cashier: Any) -> Attempt:
    given = given_by(UserFactory())
    receive_cash(hand_over_id=given, act=Act(UserFactory()))
    return lambda: receive_cash(hand_over_id=given, act=Act(cashier, "k"))


def rejecting_the_own(cashier: Any) -> Attempt:
    given = given_by(cashier)
    return lambda: reject_cash(hand_over_id=given, reason="Mine", act=Act(cashier))


def rejecting_what_was_received(cashier: Any) -> Attempt:
    given = given_by(UserFactory())
    receive_cash(hand_over_id=given, act=Act(cashier))
    return lambda: reject_cash(hand_over_id=given, reason="Late", act=Act(cashier, "k"))


def rejecting_without_a_reason(cashier: Any) -> Attempt:
    given = given_by(UserFactory())
    return lambda: reject_cash(hand_over_id=given, reason=" ", act=Act(cashier))


def reversing_what_no_drawer_holds(cashier: Any) -> Attempt:
    taken = take(cashier, "50.00")
    give(cashier, "0.01")
    other = UserFactory()
    return lambda: reverse_deposit(deposit_id=taken, reason="mistyped", act=Act(other))


@pytest.mark.parametrize(
    ("attempt", "refusal"),
    [
        (opening_twice, ShiftIsOpen),
        (opening_with_less_than_nothing, InvalidAmount),
        (opening_on_a_closed_day, DayClosed),
        (opening_with_a_used_key, KeyReused),
        (counting_nothing_there, NotFound),
        (counting_a_closed_shift, ShiftNotOpen),
        (counting_a_shift_that_waits, ShiftNotOpen),
        (counting_a_note_that_there_is_not, InvalidRequest),
        (counting_less_than_no_pieces, InvalidRequest),
        (counting_with_a_slip_below_zero, InvalidAmount),
        (counting_with_a_used_key, KeyReused),
        (recounting_an_open_shift, ShiftNotCounted),
        (accepting_an_open_shift, ShiftNotCounted),
        (accepting_the_own_shift, SelfApproval),
        (accepting_the_own_count, SelfApproval),
        (accepting_without_a_reason, InvalidRequest),
        (giving_more_than_there_is, DrawerShort),
        (giving_out_of_no_shift, DrawerShort),
        (giving_to_nobody, InvalidRequest),
        (giving_to_somebody_unknown, NotFound),
        (giving_to_a_patient, NotFound),
        (giving_to_oneself, InvalidRequest),
        (giving_to_the_street, InvalidRequest),
        (giving_to_a_safe_with_a_name, InvalidRequest),
        (receiving_nothing_there, NotFound),
        (receiving_the_own, SelfApproval),
        (receiving_another_cashiers, WrongReceiver),
        (receiving_twice, HandOverEnded),
        (rejecting_the_own, SelfApproval),
        (rejecting_what_was_received, HandOverEnded),
        (rejecting_without_a_reason, InvalidRequest),
        (reversing_what_no_drawer_holds, DrawerShort),
    ],
)
def test_a_refusal_leaves_no_trace(attempt, refusal, cashier):
    act = attempt(cashier)
    before = everything()

    with pytest.raises(refusal):
        act()

    assert everything() == before


@pytest.mark.parametrize("close", [False, True], ids=["before any", "after one"])
def test_where_shifts_do_not_open_themselves_every_act_needs_one(close, cashier, settings):
    if close:
        count(make_shift(cashier), "1.00")
    given = give(make_shift(holding="2.00").cashier, "1.00", "CASHIER", cashier_id=cashier.pk)
    patient, act = PatientFactory(), Act(cashier, "k")
    settings.SHIFT_OPENS_ITSELF = False
    before = everything()

    for attempt in (
        lambda: deposit(patient, "5.00", act),
        lambda: give(cashier, "1.00", key="k"),
        lambda: receive_cash(hand_over_id=given.hand_over_id, act=act),
    ):
        with pytest.raises(NoOpenShift):
            attempt()

    assert everything() == before


def test_there_is_no_report_of_what_there_is_not(cashier):
    shift = make_shift(cashier)

    for attempt in (lambda: x_report(NOBODY), lambda: z_report(NOBODY), lambda: z_report(shift.pk)):
        with pytest.raises(NotFound):
            attempt()


def test_a_closed_day_takes_no_count(cashier):
    shift = make_shift(cashier)
    close_today()
    before = everything()

    with pytest.raises(DayClosed):
        count(shift, "1.00")

    assert everything() == before


def test_an_opening_without_a_float_needs_no_open_day(cashier):
    take(UserFactory(), "1.00")
    close_today()

    assert open_shift(act=Act(cashier)).opening_float == "0.00"
