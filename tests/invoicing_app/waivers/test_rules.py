"""What the database keeps true of waivers, whatever the code does."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from invoicing_app.waivers.models import Waiver, WaiverLimit, WaiverLine, WaiverReason
from tests.core.audit.changes import newest, seen_since
from tests.factories import UserFactory, make_bill, make_item
from tests.invoicing_app.desk import items_of, pay
from tests.invoicing_app.waivers.desk import approve, ask, ask_for_much, reject, take_back
from tests.rows import changeable_columns, rule_that_refuses

pytestmark = pytest.mark.django_db


def copy_of(waiver_id, **changed):
    row = Waiver.objects.filter(pk=waiver_id).values().get()
    return lambda: Waiver.objects.create(**{**row, "id": None, **changed})


@pytest.fixture
def asked(cashier):
    return ask_for_much(make_bill(make_item()), cashier, "60.00")


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"amount": 0}, "waiver_above_zero"),
        ({"note": ""}, "waiver_says_why"),
        ({"asked_percent": 5}, "waiver_is_an_amount_or_a_percentage"),
        ({"asked_amount": None}, "waiver_is_an_amount_or_a_percentage"),
        (
            {"asked_amount": None, "asked_percent": Decimal("100.01")},
            "waiver_is_an_amount_or_a_percentage",
        ),
        ({"decided_at": timezone.now()}, "waiver_is_decided_by_somebody"),
        ({"approved_hash": "x"}, "waiver_is_granted_as_it_was_asked_for"),
    ],
)
def test_a_request_is_whole(asked, changed, rule):
    assert rule_that_refuses(copy_of(asked.id, **changed)) == rule


def test_an_approval_is_of_what_was_asked_for(asked, supervisor):
    approve(asked, supervisor)

    rule = rule_that_refuses(copy_of(asked.id, approved_hash="0" * 64))

    assert rule == "waiver_is_granted_as_it_was_asked_for"


def test_nobody_rejects_their_own(asked, cashier, supervisor):
    reject(asked, supervisor)

    rule = rule_that_refuses(copy_of(asked.id, decided_by_id=cashier.pk))

    assert rule == "waiver_above_the_limit_takes_two_people"


def test_nobody_grants_themselves_a_cent_above_the_limit(cashier):
    granted = ask(make_bill(make_item(price="9000.00")), cashier, "5000.00")

    rule = rule_that_refuses(copy_of(granted.id, day_used=Decimal("0.01")))

    assert rule == "waiver_above_the_limit_takes_two_people"


def test_lines_come_with_their_waiver_and_make_it_up(cashier):
    bill = make_bill(make_item(), make_item("LABORATORY"))
    granted = ask(bill, cashier, "60.00")
    _, test = items_of(bill)

    def add_line(**line):
        WaiverLine.objects.create(**{"waiver_id": granted.id, "bill_item": test, **line})

    assert rule_that_refuses(lambda: add_line(amount=1)) == "lines_make_up_the_waiver"
    other = Waiver.objects.create(
        **{**Waiver.objects.filter(pk=granted.id).values().get(), "id": None, "entry_id": None}
        | {"status": "REQUESTED", "decided_by_id": None, "decided_at": None}
        | {"approved_hash": "", "business_date": None}
    )
    foreign = rule_that_refuses(lambda: add_line(waiver_id=other.pk, amount=60))
    assert foreign == "lines_make_up_the_waiver"


def refuses(sql, *values):
    refusal = pytest.raises((IntegrityError, ProgrammingError))
    with refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
    return True


def test_what_was_decided_stays(asked, cashier, supervisor):
    reject(asked, supervisor)
    change = "UPDATE invoicing_app_waiver SET status = %s WHERE id = %s"

    assert refuses(change, "REQUESTED", asked.id)
    assert refuses(change, "GRANTED", asked.id)


def test_what_is_granted_is_taken_back_and_nothing_else(cashier):
    granted = ask(make_bill(make_item()), cashier, "60.00")
    change = "UPDATE invoicing_app_waiver SET status = %s WHERE id = %s"

    assert refuses(change, "WITHDRAWN", granted.id)
    assert refuses("UPDATE invoicing_app_waiver SET decided_at = now()")


def test_a_line_is_taken_back_once(cashier):
    take_back(ask(make_bill(make_item()), cashier, "60.00"), cashier)

    assert refuses("UPDATE invoicing_app_waiverline SET taken_back_id = NULL")
    assert refuses("UPDATE invoicing_app_waiverline SET taken_back_id = taken_back_id")


def test_what_was_paid_is_waived_as_it_was(cashier):
    bill = make_bill(make_item())
    ask(bill, cashier, "60.00")
    pay(bill, cashier, "CASH", "40.00")

    assert refuses("UPDATE invoicing_app_billitem SET waived = 0")


def test_nothing_is_deleted_and_only_these_columns_change():
    assert changeable_columns("invoicing_app_waiver") == {
        "status",
        "decided_by_id",
        "decided_at",
        "decision_note",
        "approved_hash",
        "entry_id",
        "business_date",
    }
    assert changeable_columns("invoicing_app_waiverline") == {"taken_back_id"}
    assert changeable_columns("invoicing_app_waivertakeback") == set()
    for table in ("waiver", "waiverline", "waivertakeback", "waiverreason", "waiverlimit"):
        assert refuses(f"DELETE FROM invoicing_app_{table}")  # noqa: S608 - own tables


def test_changes_of_reasons_and_limits_are_recorded():
    start = newest()

    WaiverLimit.objects.filter(role__name="Cashier").update(day_amount=Decimal(7))
    WaiverReason.objects.filter(code="OTHER").update(is_active=False)

    assert seen_since(start, "day_amount", "is_active") == [
        (
            "invoicing_app_waiverlimit",
            "CHANGED",
            {"day_amount": Decimal("5000.00")},
            {"day_amount": 7, "is_active": None},
        ),
        (
            "invoicing_app_waiverreason",
            "CHANGED",
            {"is_active": True},
            {"day_amount": None, "is_active": False},
        ),
    ]


def test_a_limit_is_not_below_zero():
    role = Group.objects.create(name="Guests")

    rule = rule_that_refuses(lambda: WaiverLimit.objects.create(role=role, day_amount=-1))

    assert rule == "waiver_limit_not_negative"
    assert UserFactory().groups.count() == 0
