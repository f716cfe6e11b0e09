"""How lists of waivers can be narrowed."""

import django_filters

from invoicing_app.waivers.models import Waiver
from smcapp1.filters import IdFilter


class WaiverFilter(django_filters.FilterSet):
    """``from`` and ``to`` are the business days of granted waivers, both included."""

    consultation_id = IdFilter()
    status = django_filters.ChoiceFilter(choices=Waiver.Status.choices)
    reason = django_filters.CharFilter("reason__code")

    class Meta:
        model = Waiver
        fields: list[str] = []


def _day(lookup: str) -> django_filters.DateFilter:
    return django_filters.DateFilter("business_date", lookup, input_formats=["%Y-%m-%d"])


# ``from`` is no name that a class body can spell.
WaiverFilter.base_filters["from"] = _day("gte")
WaiverFilter.base_filters["to"] = _day("lte")
