"""The rest of a drug is handed out or taken back, never both; without the lock the row says so."""

from functools import partial

import pytest
from django.db import IntegrityError, transaction

from hospital.core.acts import Act
from invoicing_app.errors import AlreadyHandedOut, MoreThanOwed
from invoicing_app.hand_outs import HandedOut, hand_out_drug
from invoicing_app.owed import take_back
from smcapp1.services import lock_consultation
from tests.factories import UserFactory
from tests.invoicing_app.stock.drugs import counts_of, paid_drug
from tests.races import run_together, without_row_locks

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("real_commits")]

THE_STOCK = "UPDATE invoicing_app_dispensedstock dispensed"  # all is read and decided


@transaction.atomic
def refund(item, quantity):
    """Take back what is owed as a refund does: under the consultation's lock."""
    lock_consultation(item.consultation_id)
    return take_back({item.pk: quantity})


def meet(*acts):
    return run_together(*acts, pause_before=THE_STOCK)


def hand_out(item, quantity):
    pharmacist = UserFactory(role="Pharmacist")
    return partial(hand_out_drug, bill_item_id=item.pk, quantity=quantity, act=Act(pharmacist))


def test_of_a_hand_out_and_a_refund_of_the_same_rest_the_second_is_refused():
    item = paid_drug(10)

    given, refused = meet(hand_out(item, 6), partial(refund, item, 6))

    assert isinstance(given, HandedOut)
    assert isinstance(refused, MoreThanOwed)
    assert counts_of(item) == [(10, 6, 0, 0)]


def test_a_refund_that_comes_first_leaves_nothing_to_hand_out():
    item = paid_drug(10)

    (portion,), refused = meet(partial(refund, item, 10), hand_out(item, None))

    assert (portion.quantity, type(refused)) == (10, AlreadyHandedOut)
    assert counts_of(item) == [(10, 0, 10, 0)]


def test_a_hand_out_and_a_refund_that_both_fit_both_happen():
    item = paid_drug(10)

    given, taken = meet(hand_out(item, 4), partial(refund, item, 6))

    assert isinstance(given, HandedOut)
    assert [portion.quantity for portion in taken] == [6]
    assert counts_of(item) == [(10, 4, 6, 0)]


def test_two_parts_that_are_too_much_together_are_one_and_a_refusal():
    item = paid_drug(10)

    first, second = meet(hand_out(item, 6), hand_out(item, 6))

    assert isinstance(first, HandedOut)
    assert isinstance(second, MoreThanOwed)
    assert counts_of(item) == [(10, 6, 0, 0)]


def test_without_the_lock_only_the_row_of_the_stock_stops_a_refund_of_what_was_handed_out():
    item = paid_drug(10)

    with without_row_locks():
        given, stopped = meet(hand_out(item, 6), partial(refund, item, 6))

    assert isinstance(given, HandedOut)
    assert isinstance(stopped, IntegrityError)
    assert "dispensed_no_more_than_there_was" in str(stopped)
    assert counts_of(item) == [(10, 6, 0, 0)]


def test_without_the_lock_only_the_row_of_the_stock_stops_the_second_part():
    item = paid_drug(10)

    with without_row_locks():
        first, stopped = meet(hand_out(item, 6), hand_out(item, 6))

    assert isinstance(first, HandedOut)
    assert isinstance(stopped, IntegrityError)
    assert counts_of(item) == [(10, 6, 0, 0)]
