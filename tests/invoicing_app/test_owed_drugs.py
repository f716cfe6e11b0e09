"""Of a paid drug a part can be handed out; the rest is owed, and handed out or taken back later."""

import pytest
from django.db import transaction

from invoicing_app.errors import AlreadyHandedOut, MoreThanHandedOut, MoreThanOwed
from invoicing_app.models import BillItem
from invoicing_app.owed import bring_back, owed, owed_of, take_back
from tests.factories import make_drug, make_stock
from tests.invoicing_app.stock.drugs import counts_of, hand_out, paid_drug
from tests.rows import everything

pytestmark = pytest.mark.django_db


def test_a_part_leaves_the_rest_owed():
    item = paid_drug(10)

    given = hand_out(item, 4)

    assert [one.quantity for one in given.hand_outs] == [4]
    assert (given.owed, owed(item.pk)) == ({item.pk: 6}, 6)
    assert list(BillItem.objects.to_hand_out()) == [item]


def test_the_rest_is_handed_out_later_and_then_nothing_waits():
    item = paid_drug(10)
    hand_out(item, 4)

    rest = hand_out(item)

    assert [one.quantity for one in rest.hand_outs] == [6]
    assert (owed(item.pk), counts_of(item)) == (0, [(10, 10, 0, 0)])
    assert not BillItem.objects.to_hand_out().exists()


def test_what_expires_first_is_handed_out_first():
    drug = make_drug()
    make_stock(drug, 6, days_left=90, batch="LATER")
    make_stock(drug, 2, days_left=30, batch="SOONER")
    item = paid_drug(5, drug)

    hand_out(item, 3)

    assert counts_of(item) == [(2, 2, 0, 0), (3, 1, 0, 0)]


def test_no_more_is_handed_out_than_is_owed_and_a_refusal_leaves_no_trace():
    item = paid_drug(10)
    pharmacist = hand_out(item, 4).hand_outs[0].handed_out_by
    before = everything()

    with pytest.raises(MoreThanOwed) as refusal:
        hand_out(item, 7, pharmacist, "tap-1")

    assert refusal.value.facts == {"bill_item_id": item.pk, "owed": 6, "requested": 7}
    assert everything() == before


def test_what_was_taken_back_is_not_handed_out():
    item = paid_drug(10)
    pharmacist = hand_out(item, 4).hand_outs[0].handed_out_by
    with transaction.atomic():
        (portion,) = take_back({item.pk: 6})
    before = everything()

    with pytest.raises(AlreadyHandedOut):
        hand_out(item, None, pharmacist)

    assert everything() == before
    assert (portion.quantity, counts_of(item)) == (6, [(10, 4, 6, 0)])


def test_no_more_is_taken_back_than_is_owed():
    item = paid_drug(10)
    hand_out(item, 4)

    with pytest.raises(MoreThanOwed) as refusal, transaction.atomic():
        take_back({item.pk: 7})

    assert refusal.value.facts == {"bill_item_id": item.pk, "owed": 6, "requested": 7}
    assert counts_of(item) == [(10, 4, 0, 0)]


def test_what_is_brought_back_was_handed_out_and_is_owed_no_more():
    item = paid_drug(10)
    hand_out(item, 4)
    bring_back({item.pk: 3})

    with pytest.raises(MoreThanHandedOut) as refusal, transaction.atomic():
        bring_back({item.pk: 2})

    assert refusal.value.facts == {"bill_item_id": item.pk, "handed_out": 1, "requested": 2}
    assert (owed(item.pk), counts_of(item)) == (6, [(10, 4, 0, 3)])


def test_a_repeated_part_is_handed_out_once():
    item = paid_drug(10)
    first = hand_out(item, 4)
    pharmacist = first.hand_outs[0].handed_out_by
    once = hand_out(item, 3, pharmacist, "tap-1")
    before = everything()

    again = hand_out(item, 3, pharmacist, "tap-1")

    assert (again.hand_outs, again.owed, again.replayed) == (once.hand_outs, {item.pk: 3}, True)
    assert everything() == before


def test_what_is_owed_of_many_is_read_in_one_query(django_assert_num_queries):
    items = [paid_drug(2), paid_drug(3)]
    hand_out(items[1], 1)

    with django_assert_num_queries(1):
        assert owed_of([item.pk for item in items]) == {items[0].pk: 2, items[1].pk: 2}
