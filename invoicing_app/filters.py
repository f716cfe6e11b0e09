"""How lists of payments and lab results can be narrowed."""

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, QuerySet

from invoicing_app.models import (
    ALL_DEPARTMENTS,
    NOTHING,
    SETTLED_BY,
    SPLIT,
    DepositReceiving,
    PaymentTender,
)
from smcapp1.filters import IdFilter
from smcapp1.models import Department, LabResult


class _PaidDepartment(django_filters.ChoiceFilter):
    """A department's code or ALL, as the payment was asked for."""

    def __init__(self) -> None:
        super().__init__(choices=_departments)


def _departments() -> list[tuple[str, str]]:
    known = Department.objects.values_list("code", "name").order_by("code")
    return [(ALL_DEPARTMENTS, "All"), *known]


class _SettledBy(django_filters.ChoiceFilter):
    """A method by which a payment was settled, whole or in part; or SPLIT: by several."""

    def __init__(self) -> None:
        super().__init__(choices=SETTLED_BY)

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        if value in {SPLIT, NOTHING}:
            return qs.filter(payment_method=value)
        if not value:
            return qs
        tenders = PaymentTender.objects.filter(payment=OuterRef("pk"), payment_method=value)
        return qs.filter(Exists(tenders))


class PaymentFilter(django_filters.FilterSet):
    """``from`` and ``to`` are business days, both included."""

    consultation_id = IdFilter()
    department = _PaidDepartment()
    payment_method = _SettledBy()
    receipt_number = django_filters.CharFilter()

    class Meta:
        model = DepositReceiving
        fields: list[str] = []


def _day(lookup: str) -> django_filters.DateFilter:
    return django_filters.DateFilter("business_date", lookup, input_formats=["%Y-%m-%d"])


# ``from`` is no name that a class body can spell.
PaymentFilter.base_filters["from"] = _day("gte")
PaymentFilter.base_filters["to"] = _day("lte")


class LabResultFilter(django_filters.FilterSet):
    consultation_id = IdFilter()

    class Meta:
        model = LabResult
        fields: list[str] = []
