"""What was paid and not handed out leaks: of a drug handed out in part, the rest."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from invoicing_app.owed import take_back
from invoicing_app.reports import standing
from tests.factories import make_drug
from tests.invoicing_app.reports import independent
from tests.invoicing_app.reports.hospital_days import business_day
from tests.invoicing_app.stock.drugs import hand_out, paid_drug

pytestmark = pytest.mark.django_db


def leaked(day):
    rows: Any = standing.not_handed_out(day)
    return list(rows.values_list("pk", "amount"))


def test_the_rest_of_a_drug_handed_out_in_part_leaks_until_it_is_handed_out(settings):
    settings.LEAKAGE_DAYS = 3
    today = timezone.localdate()
    with business_day(today - timedelta(days=4)):
        item = paid_drug(10, make_drug(price="12.00", holding=10))
    hand_out(item, 4)

    assert leaked(today) == [(item.pk, Decimal("72.00"))]
    assert independent.leaked(today) == {"not-handed-out": Decimal("72.00")}
    assert leaked(today - timedelta(days=1)) == [(item.pk, Decimal("120.00"))]
    hand_out(item)
    assert leaked(today) == []


def test_what_was_refunded_leaks_no_more(settings):
    settings.LEAKAGE_DAYS = 3
    today = timezone.localdate()
    with business_day(today - timedelta(days=4)):
        item = paid_drug(10)

    take_back({item.pk: 10})

    assert leaked(today) == []
