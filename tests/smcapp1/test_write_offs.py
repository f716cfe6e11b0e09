"""Writing stock off: with a reason, never more than there is, once."""

import pytest

from hospital.core.acts import Act
from hospital.core.errors import InvalidRequest, KeyReused, NotFound
from smcapp1.errors import MoreThanOnHand
from smcapp1.models import StockBatch, StockMovement
from smcapp1.services import WrittenOff, write_off_stock
from tests.factories import UserFactory, make_drug, make_stock
from tests.rows import everything


@pytest.fixture
def pharmacist(db):
    return UserFactory(role="Pharmacist")


@pytest.fixture
def batch(db):
    make_drug(holding=10)
    return StockBatch.objects.get()


def write_off(batch, quantity, pharmacist, key="", reason=" Broken \n"):
    return write_off_stock(
        batch_id=batch.pk, quantity=quantity, reason=reason, act=Act(pharmacist, key)
    )


def test_a_write_off_takes_stock_and_keeps_why_and_by_whom(pharmacist, batch):
    written_off = write_off(batch, 4, pharmacist)

    movement = StockMovement.objects.latest("pk")
    batch.refresh_from_db()
    assert batch.quantity_on_hand == 6
    assert written_off == WrittenOff(movement, replayed=False)
    assert (movement.batch, movement.kind, movement.quantity, movement.quantity_after) == (
        batch,
        "WRITTEN_OFF",
        4,
        6,
    )
    assert (movement.reason, movement.moved_by) == ("Broken", pharmacist)


def test_all_of_an_expired_batch_can_be_written_off(pharmacist):
    make_stock(make_drug(), 7, days_left=-1)
    expired = StockBatch.objects.get()

    write_off(expired, 7, pharmacist, reason="Expired")

    expired.refresh_from_db()
    assert expired.quantity_on_hand == 0


def test_the_same_key_writes_off_once_and_answers_again(pharmacist, batch):
    first = write_off(batch, 10, pharmacist, "tap-1")
    before = everything()

    again = write_off(batch, 10, pharmacist, "tap-1")

    assert (again.movement, again.replayed) == (first.movement, True)
    assert everything() == before


@pytest.mark.parametrize("other", [{"quantity": 3}, {"reason": "Lost"}])
def test_a_key_spent_on_another_write_off_is_refused_without_a_trace(pharmacist, batch, other):
    write_off(batch, 4, pharmacist, "tap-1")
    before = everything()

    with pytest.raises(KeyReused):
        write_off(**{"batch": batch, "quantity": 4, **other}, pharmacist=pharmacist, key="tap-1")

    assert everything() == before


def test_more_than_the_batch_holds_is_refused_without_a_trace(pharmacist, batch):
    make_stock(batch.service_item, 50, batch="B2")
    before = everything()

    with pytest.raises(MoreThanOnHand) as refusal:
        write_off(batch, 11, pharmacist, "tap-1")

    assert (refusal.value.field, refusal.value.facts) == ("quantity", {"on_hand": 10})
    assert refusal.value.detail == "Only 10 of this batch are on the shelf."
    assert everything() == before


@pytest.mark.parametrize("quantity", [0, -1])
def test_nothing_is_not_written_off(pharmacist, batch, quantity):
    before = everything()

    with pytest.raises(InvalidRequest) as refusal:
        write_off(batch, quantity, pharmacist, "tap-1")

    assert refusal.value.wrong_field == "quantity"
    assert everything() == before


@pytest.mark.parametrize("reason", ["", " \n\t"])
def test_a_write_off_without_a_reason_is_refused_without_a_trace(pharmacist, batch, reason):
    before = everything()

    with pytest.raises(InvalidRequest) as refusal:
        write_off(batch, 1, pharmacist, "tap-1", reason)

    assert refusal.value.wrong_field == "reason"
    assert everything() == before


def test_a_batch_that_does_not_exist_is_not_found(pharmacist):
    before = everything()

    with pytest.raises(NotFound):
        write_off(StockBatch(pk=987_654_321), 1, pharmacist, "tap-1")

    assert everything() == before
