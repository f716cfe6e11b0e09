"""A count is approved while drugs are sold; without the batch's lock a sale is forgotten."""

from functools import partial

import pytest
from django.utils import timezone

from hospital.core.acts import Act
from invoicing_app.books import check_books
from smcapp1.errors import AlreadyBeingCounted, WrongCountStatus
from smcapp1.models import StockCountLine
from smcapp1.services import Counted, Need, submit_stock_count, take_stock, write_off_stock
from tests.factories import UserFactory
from tests.races import run_together, without_row_locks
from tests.smcapp1.stock_counts.counting import (
    approve,
    count_of,
    counted,
    movements_of_counts,
    on_hand,
    pharmacist,
    shelf,
)

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("real_commits")]

THE_BATCHES = "UPDATE smcapp1_stockbatch"
A_COUNT = "INSERT INTO smcapp1_stockcount "


def faults_of_stock():
    return {finding.check for finding in check_books() if finding.check.startswith("stock-")}


def write_off(batch, quantity):
    act = Act(UserFactory(role="Pharmacist"))
    return partial(write_off_stock, batch_id=batch.pk, quantity=quantity, reason="Broken", act=act)


def sale(batch, quantity):
    """Take drugs as a payment does."""
    needs = [Need(batch.service_item_id, quantity)]
    act = Act(UserFactory(role="Cashier"))
    return partial(take_stock, needs=needs, on=timezone.localdate(), act=act)


def approval(count):
    return partial(approve, count, UserFactory(role="Supervisor"))


@pytest.mark.parametrize("act", [write_off, sale])
def test_what_leaves_the_shelf_during_an_approval_stays_taken(act):
    (batch,) = shelf(10)
    count = counted({batch: 8}, pharmacist())

    approved, taken = run_together(approval(count), act(batch, 3), pause_before=THE_BATCHES)

    assert isinstance(approved, Counted)
    assert not isinstance(taken, Exception)
    assert on_hand(batch) == [5]
    assert faults_of_stock() == set()


@pytest.mark.parametrize("act", [write_off, sale])
def test_without_the_lock_the_approval_and_what_left_the_shelf_forget_one_another(act):
    (batch,) = shelf(10)
    count = counted({batch: 8}, pharmacist())

    with without_row_locks():
        run_together(approval(count), act(batch, 3), pause_before=THE_BATCHES)

    assert on_hand(batch) != [5]
    assert "stock-equals-movements" in faults_of_stock()


def test_what_is_expected_waits_for_a_sale_that_is_under_way():
    (batch,) = shelf(10)
    actor = pharmacist()
    count = count_of([batch], actor)
    said = partial(submit_stock_count, count_id=count.pk, counts={batch.pk: 7}, act=Act(actor))

    run_together(write_off(batch, 3), said, pause_before="smcapp1_stockmovement")

    line = StockCountLine.objects.get()
    assert (line.expected, line.counted) == (7, 7)


def test_without_the_lock_what_is_expected_forgets_a_sale_that_is_under_way():
    (batch,) = shelf(10)
    actor = pharmacist()
    count = count_of([batch], actor)
    said = partial(submit_stock_count, count_id=count.pk, counts={batch.pk: 7}, act=Act(actor))

    with without_row_locks():
        run_together(write_off(batch, 3), said, pause_before="smcapp1_stockmovement")

    assert StockCountLine.objects.get().expected == 10


def test_two_approvals_move_stock_once():
    (batch,) = shelf(10)
    count = counted({batch: 8}, pharmacist())

    first, second = run_together(approval(count), approval(count), pause_before=THE_BATCHES)

    assert isinstance(first, Counted)
    assert isinstance(second, WrongCountStatus)
    assert (on_hand(batch), len(movements_of_counts())) == ([8], 1)


def test_without_the_lock_two_approvals_both_move_stock_or_the_database_stops_one():
    (batch,) = shelf(10)
    count = counted({batch: 8}, pharmacist())

    with without_row_locks():
        first, second = run_together(approval(count), approval(count), pause_before=THE_BATCHES)

    assert isinstance(first, Counted)
    assert not isinstance(second, WrongCountStatus)


def test_a_batch_gets_into_one_of_two_counts():
    (batch,) = shelf(10)
    acts = [partial(count_of, [batch], pharmacist()) for _ in range(2)]

    first, second = run_together(*acts, pause_before=A_COUNT)

    assert not isinstance(first, Exception)
    assert isinstance(second, AlreadyBeingCounted)
