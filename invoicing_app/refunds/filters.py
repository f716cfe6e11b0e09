"""How lists of refunds can be narrowed."""

import django_filters

from invoicing_app.refunds.models import Refund
from smcapp1.filters import IdFilter


class RefundFilter(django_filters.FilterSet):
    """``from`` and ``to`` are the business days of refunds that were paid out, both included."""

    payment_id = IdFilter()
    consultation_id = IdFilter("payment__consultation_id")
    status = django_filters.ChoiceFilter(choices=Refund.Status.choices)
    kind = django_filters.ChoiceFilter(choices=Refund.Kind.choices)
    receipt_number = django_filters.CharFilter()

    class Meta:
        model = Refund
        fields: list[str] = []


def _day(lookup: str) -> django_filters.DateFilter:
    return django_filters.DateFilter("business_date", lookup, input_formats=["%Y-%m-%d"])


# ``from`` is no name that a class body can spell.
RefundFilter.base_filters["from"] = _day("gte")
RefundFilter.base_filters["to"] = _day("lte")
