"""Voiding an unpaid item."""

import pytest
from django.utils import timezone

from hospital.core.acts import Act
from hospital.core.errors import InvalidRequest, KeyReused, NotFound
from invoicing_app.errors import AlreadyPaid, AlreadyVoid
from invoicing_app.models import BillItem
from invoicing_app.services import void_item
from tests.factories import make_bill, make_item
from tests.invoicing_app.desk import items_of, pay, void
from tests.rows import everything


def test_a_void_item_keeps_who_when_and_why(cashier, supervisor):
    consultation = make_bill(make_item(), make_item("LABORATORY"))
    scan, _ = items_of(consultation)
    before = timezone.now()

    voided = void_item(bill_item_id=scan.pk, reason="  Wrong patient ", act=Act(supervisor))

    scan, untouched = items_of(consultation)
    assert (voided.item, voided.replayed) == (scan, False)
    assert (scan.status, scan.voided_by, scan.void_reason, scan.receipt_number) == (
        "VOID",
        supervisor,
        "Wrong patient",
        "",
    )
    assert scan.voided_at
    assert before <= scan.voided_at <= timezone.now()
    assert (untouched.status, untouched.voided_by) == ("UNPAID", None)


def test_an_item_of_a_closed_consultation_can_be_voided(cashier):
    consultation = make_bill(make_item())
    consultation.status = "CLOSED"
    consultation.save(update_fields=["status"])

    void(items_of(consultation)[0], cashier)

    assert [item.status for item in items_of(consultation)] == ["VOID"]


def test_the_same_key_gives_the_first_outcome_again(cashier):
    (item,) = items_of(make_bill(make_item()))
    act = Act(cashier, "tap-1")
    void_item(bill_item_id=item.pk, reason="Wrong patient", act=act)
    before = everything()

    again = void_item(bill_item_id=item.pk, reason="Wrong patient", act=act)

    assert (again.item.status, again.replayed) == ("VOID", True)
    assert everything() == before


def the_item_is_paid(cashier):
    consultation = make_bill(make_item())
    pay(consultation, cashier, "CASH", "100.00")
    return items_of(consultation)[0].pk, "Wrong patient"


def the_item_was_refunded(cashier):
    item_id, reason = the_item_is_paid(cashier)
    BillItem.objects.update(status="REFUNDED")
    return item_id, reason


def the_item_is_void(cashier):
    (item,) = items_of(make_bill(make_item()))
    void(item, cashier)
    return item.pk, "Ordered by mistake"


def there_is_no_such_item(cashier):
    return 987_654_321, "Wrong patient"


def no_item_can_have_this_id(cashier):
    return 2**70, "Wrong patient"


def no_reason_is_given(cashier):
    return items_of(make_bill(make_item()))[0].pk, ""


def the_reason_is_blank(cashier):
    return items_of(make_bill(make_item()))[0].pk, " \n\t "


REFUSALS = [
    (the_item_is_paid, AlreadyPaid),
    (the_item_was_refunded, AlreadyPaid),
    (the_item_is_void, AlreadyVoid),
    (there_is_no_such_item, NotFound),
    (no_item_can_have_this_id, NotFound),
    (no_reason_is_given, InvalidRequest),
    (the_reason_is_blank, InvalidRequest),
]


@pytest.mark.parametrize(
    ("arranged", "error"), REFUSALS, ids=[arranged.__name__ for arranged, _ in REFUSALS]
)
def test_a_refused_void_changes_nothing_at_all(cashier, arranged, error):
    item_id, reason = arranged(cashier)
    before = everything()

    with pytest.raises(error) as refusal:
        void_item(bill_item_id=item_id, reason=reason, act=Act(cashier, "tap-1"))

    assert refusal.type is error
    assert everything() == before


@pytest.mark.parametrize("other", ["item", "reason"])
def test_the_same_key_with_another_fact_is_refused(cashier, other):
    first, second = items_of(make_bill(make_item(), make_item()))
    act = Act(cashier, "tap-1")
    void_item(bill_item_id=first.pk, reason="Wrong patient", act=act)
    changed = {"item": (second.pk, "Wrong patient"), "reason": (first.pk, "Wrong drug")}[other]
    before = everything()

    with pytest.raises(KeyReused):
        void_item(bill_item_id=changed[0], reason=changed[1], act=act)

    assert everything() == before


def test_a_refused_void_does_not_spend_its_key(cashier):
    (item,) = items_of(make_bill(make_item()))
    act = Act(cashier, "tap-1")
    with pytest.raises(InvalidRequest):
        void_item(bill_item_id=item.pk, reason="", act=act)

    voided = void_item(bill_item_id=item.pk, reason="Wrong patient", act=act)

    assert (voided.item.status, voided.replayed) == ("VOID", False)
