"""Two imports of one list at once: the second waits, and finds nothing left to do."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from hospital.core.acts import Act
from smcapp1.models import ServiceItem
from smcapp1.price_lists.applying import import_price_list
from smcapp1.services import set_price
from tests.factories import DepartmentFactory, UserFactory
from tests.races import run_together
from tests.smcapp1.price_lists.lists import CODED, prices, read

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("real_commits")]


def importing() -> str:
    plan = import_price_list(
        read(CODED), department_code="LABORATORY", effective_from=timezone.localdate()
    )
    return plan.counts


def two_at_once(*known: str) -> list[Any]:
    """Import a list twice, into a catalogue that knows these items at another price."""
    department = DepartmentFactory(code="LABORATORY")
    for code in known:
        item = ServiceItem.objects.create(code=code, name=code, department=department)
        set_price(
            service_item_id=item.pk,
            unit_price=Decimal("9.00"),
            effective_from=timezone.localdate(),
            act=Act(UserFactory()),
        )
    return run_together(importing, importing, pause_before='INSERT INTO "smcapp1_')


def test_two_imports_at_once_exclude_each_other():
    assert two_at_once("FBC", "MAL") == [
        "new=0 changed=2 unchanged=0 rejected=0",
        "new=0 changed=0 unchanged=2 rejected=0",
    ]


def test_without_the_lock_both_would_report_the_same_changes(monkeypatch):
    monkeypatch.setattr("smcapp1.price_lists.applying.hold_job", lambda name: None)

    assert two_at_once("FBC", "MAL") == ["new=0 changed=2 unchanged=0 rejected=0"] * 2


def test_a_code_taken_meanwhile_makes_the_import_look_again(monkeypatch):
    monkeypatch.setattr("smcapp1.price_lists.applying.hold_job", lambda name: None)

    assert two_at_once() == [
        "new=2 changed=0 unchanged=0 rejected=0",
        "new=0 changed=0 unchanged=2 rejected=0",
    ]
    assert prices() == {"Full blood count": "12.50", "Malaria film": "3.00"}
