"""Paid drugs are handed out: what is owed, once, and never before it is paid."""

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from hospital.core.acts import Act
from hospital.core.errors import InvalidRequest, KeyReused, NotFound
from invoicing_app.errors import AlreadyHandedOut, NotPaid
from invoicing_app.hand_outs import HandedOut, hand_out_drugs
from invoicing_app.models import BillItem, DispensedStock, DrugHandOut, HandedOutStock
from tests.factories import UserFactory, add_to_bill, make_bill, make_drug, make_item, make_stock
from tests.invoicing_app.desk import items_of, pay, void
from tests.rows import everything, rule_that_refuses, statements


@pytest.fixture
def pharmacist(db):
    return UserFactory(role="Pharmacist")


def paid_bill(*quantities):
    """Return a consultation with a paid drug of each quantity."""
    bill = make_bill(*((make_drug(holding=50), quantity) for quantity in quantities))
    pay(bill, UserFactory(role="Cashier"), "CASH", "5000.00")
    return bill


def hand_out(bill, items, pharmacist, key=""):
    return hand_out_drugs(
        consultation_id=bill.pk,
        bill_item_ids=[item.pk for item in items],
        act=Act(pharmacist, key),
    )


def test_a_visits_drugs_are_handed_out_at_once_with_who_and_when(pharmacist):
    bill = paid_bill(2, 3)
    first, second = items_of(bill)
    before = timezone.now()

    handed_out = hand_out(bill, [second, first], pharmacist)

    rows = list(DrugHandOut.objects.order_by("pk"))
    assert handed_out == HandedOut(rows, {first.pk: 0, second.pk: 0}, replayed=False)
    assert [(row.bill_item, row.quantity, row.handed_out_by) for row in rows] == [
        (first, 2, pharmacist),
        (second, 3, pharmacist),
    ]
    assert before <= rows[0].handed_out_at == rows[1].handed_out_at <= timezone.now()
    assert not BillItem.objects.to_hand_out().exists()


def test_the_stock_that_was_taken_knows_its_hand_out(pharmacist):
    drug = make_drug()
    make_stock(drug, 2, batch="B1")
    make_stock(drug, 9, batch="B2")
    bill = make_bill((drug, 5), make_drug(holding=1))
    pay(bill, UserFactory(role="Cashier"), "CASH", "600.00")
    first, second = items_of(bill)

    (given,) = hand_out(bill, [first], pharmacist).hand_outs

    portions = HandedOutStock.objects.order_by("dispensed").values_list("hand_out", "quantity")
    assert list(portions) == [(given.pk, 2), (given.pk, 3)]
    stock = DispensedStock.objects.order_by("pk").values_list("bill_item", "handed_out")
    assert list(stock) == [(first.pk, 2), (first.pk, 3), (second.pk, 0)]


def test_one_drug_of_a_visit_leaves_the_others_waiting(pharmacist):
    bill = paid_bill(1, 1)
    first, second = items_of(bill)

    hand_out(bill, [first], pharmacist)

    assert list(BillItem.objects.to_hand_out()) == [second]


def test_only_paid_drugs_wait(pharmacist):
    bill = paid_bill(1)
    add_to_bill(bill, make_drug(holding=5))
    scan = make_bill(make_item("RADIOLOGY"))
    pay(scan, UserFactory(role="Cashier"), "CASH", "100.00")

    assert list(BillItem.objects.to_hand_out()) == items_of(bill)[:1]


def test_the_same_key_hands_out_once_and_answers_again(pharmacist):
    bill = paid_bill(1, 1)
    first = hand_out(bill, items_of(bill), pharmacist, "tap-1")
    before = everything()

    again = hand_out(bill, reversed(items_of(bill)), pharmacist, "tap-1")

    assert again == HandedOut(first.hand_outs, first.owed, replayed=True)
    assert everything() == before


def test_a_key_spent_on_other_drugs_is_refused_without_a_trace(pharmacist):
    bill = paid_bill(1, 1)
    first, second = items_of(bill)
    hand_out(bill, [first], pharmacist, "tap-1")
    before = everything()

    with pytest.raises(KeyReused):
        hand_out(bill, [second], pharmacist, "tap-1")

    assert everything() == before


def test_a_drug_that_was_handed_out_refuses_the_whole_hand_out(pharmacist):
    bill = paid_bill(1, 1)
    first, second = items_of(bill)
    hand_out(bill, [second], pharmacist)
    before = everything()

    with pytest.raises(AlreadyHandedOut) as refusal:
        hand_out(bill, [first, second], pharmacist, "tap-1")

    assert refusal.value.detail == f"{second.description} was already handed out."
    assert everything() == before


def test_an_unpaid_drug_is_refused_without_a_trace(pharmacist):
    bill = paid_bill(1)
    (unpaid,) = add_to_bill(bill, make_drug(holding=5))
    before = everything()

    with pytest.raises(NotPaid) as refusal:
        hand_out(bill, items_of(bill), pharmacist, "tap-1")

    assert refusal.value.detail == f"{unpaid.description} is unpaid; nothing was handed out."
    assert everything() == before


def test_a_void_drug_is_refused_without_a_trace(pharmacist):
    bill = make_bill(make_drug(holding=5))
    void(items_of(bill)[0], UserFactory(role="Pharmacist"))
    before = everything()

    with pytest.raises(NotPaid):
        hand_out(bill, items_of(bill), pharmacist)

    assert everything() == before


def test_what_is_no_drug_is_refused_without_a_trace(pharmacist):
    bill = make_bill(make_item("RADIOLOGY"))
    pay(bill, UserFactory(role="Cashier"), "CASH", "100.00")
    before = everything()

    with pytest.raises(InvalidRequest) as refusal:
        hand_out(bill, items_of(bill), pharmacist)

    assert refusal.value.wrong_field == "items"
    assert everything() == before


def test_nothing_is_not_handed_out(pharmacist):
    bill = paid_bill(1)
    before = everything()

    with pytest.raises(InvalidRequest):
        hand_out(bill, [], pharmacist)

    assert everything() == before


def test_an_item_of_another_bill_is_not_found(pharmacist):
    bill, other = paid_bill(1), paid_bill(1)
    before = everything()

    with pytest.raises(NotFound) as refusal:
        hand_out(bill, [*items_of(bill), *items_of(other)], pharmacist)

    assert refusal.value.facts == {"bill_item_ids": [items_of(other)[0].pk]}
    assert everything() == before


def test_many_drugs_take_the_statements_of_one(pharmacist):
    one, many = paid_bill(1), paid_bill(1, 2, 3, 4, 5)

    few = statements(lambda: hand_out(one, items_of(one), pharmacist))

    assert statements(lambda: hand_out(many, items_of(many), pharmacist)) == few


# What the database keeps true, whatever the code does


def write(item, quantity=1):
    return DrugHandOut.objects.create(
        bill_item=item,
        quantity=quantity,
        handed_out_by=UserFactory(),
        handed_out_at=timezone.now(),
    )


def test_the_database_takes_no_more_hand_outs_of_an_item_than_were_paid(pharmacist):
    (item,) = items_of(paid_bill(2))
    write(item)
    write(item)

    assert rule_that_refuses(lambda: write(item)) == "hand_out_is_of_a_paid_drug"


def test_the_database_takes_no_hand_out_of_nothing(pharmacist):
    (item,) = items_of(paid_bill(2))

    assert rule_that_refuses(lambda: write(item, 0)) == "hand_out_above_zero"


def test_the_database_takes_no_hand_out_of_more_than_was_paid(pharmacist):
    (item,) = items_of(paid_bill(2))

    assert rule_that_refuses(lambda: write(item, 3)) == "hand_out_is_of_a_paid_drug"


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("department", ["PHARMACY", "RADIOLOGY"])
def test_the_database_takes_no_hand_out_of_what_is_unpaid_or_no_drug(department):
    bill = make_bill(make_item(department))
    if department != "PHARMACY":
        pay(bill, UserFactory(role="Cashier"), "CASH", "100.00")

    assert rule_that_refuses(lambda: write(items_of(bill)[0])) == "hand_out_is_of_a_paid_drug"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE invoicing_app_drughandout SET quantity = 1",
        "DELETE FROM invoicing_app_drughandout",
        "TRUNCATE invoicing_app_drughandout",
    ],
)
def test_a_hand_out_is_not_rewritten(pharmacist, change):
    bill = paid_bill(1)
    hand_out(bill, items_of(bill), pharmacist)
    before = everything()

    with (
        pytest.raises((ProgrammingError, IntegrityError), match="permission denied|refused"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)

    assert everything() == before
