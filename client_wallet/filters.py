"""How lists of shifts and of hand-overs can be narrowed."""

import django_filters

from client_wallet.models import HandOver, Shift
from smcapp1.filters import IdFilter


class ShiftFilter(django_filters.FilterSet):
    """``from`` and ``to`` are days, both included, on which a shift was opened."""

    status = django_filters.ChoiceFilter(choices=Shift.Status.choices)
    cashier_id = IdFilter()

    class Meta:
        model = Shift
        fields: list[str] = []


class HandOverFilter(django_filters.FilterSet):
    """``from`` and ``to`` are days, both included, on which cash was given."""

    status = django_filters.ChoiceFilter(choices=HandOver.Status.choices)
    shift_id = IdFilter()

    class Meta:
        model = HandOver
        fields: list[str] = []


def _days(filters: type[django_filters.FilterSet], column: str) -> None:
    """Add ``from`` and ``to``: the one is no name that a class body can spell."""
    for name, lookup in (("from", "gte"), ("to", "lte")):
        filters.base_filters[name] = django_filters.DateFilter(
            f"{column}__date", lookup, input_formats=["%Y-%m-%d"]
        )


_days(ShiftFilter, "opened_at")
_days(HandOverFilter, "given_at")
