"""How lists of payments and lab results can be narrowed."""

import django_filters

from client_wallet.models import PaymentMethod
from invoicing_app.models import ALL_DEPARTMENTS, DepositReceiving
from smcapp1.filters import IdFilter
from smcapp1.models import Department, LabResult


class _PaidDepartment(django_filters.ChoiceFilter):
    """A department's code or ALL, as the payment was asked for."""

    def __init__(self) -> None:
        super().__init__(choices=_departments)


def _departments() -> list[tuple[str, str]]:
    known = Department.objects.values_list("code", "name").order_by("code")
    return [(ALL_DEPARTMENTS, "All"), *known]


class PaymentFilter(django_filters.FilterSet):
    """``from`` and ``to`` are business days, both included."""

    consultation_id = IdFilter()
    department = _PaidDepartment()
    payment_method = django_filters.ChoiceFilter(choices=PaymentMethod.choices)
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
