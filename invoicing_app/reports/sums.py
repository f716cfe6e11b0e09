"""Figures in groups: a queryset added up by one query, and read from several sides."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, Self

from django.db.models import Count, QuerySet, Sum

from hospital.core.money import ZERO


@dataclass(frozen=True)
class Sums:
    """Groups of rows: what each has in common, ``number`` of rows, and ``sum`` of their amounts."""

    groups: Sequence[Any]

    @property
    def total(self) -> Decimal:
        return sum((one.sum for one in self.groups), ZERO)

    @property
    def number(self) -> int:
        return sum(one.number for one in self.groups)

    def where(self, **wanted: Any) -> Self:
        """Return the groups in which these names have these values."""
        chosen = [
            one
            for one in self.groups
            if all(getattr(one, name) == value for name, value in wanted.items())
        ]
        return type(self)(chosen)

    def by(self, *names: str) -> Mapping[Any, "Sums"]:
        """Return the groups by the value of a name, or by the values of several, in order."""
        parts: dict[Any, list[Any]] = defaultdict(list)
        for one in self.groups:
            key = tuple(getattr(one, name) for name in names)
            parts[key if len(names) > 1 else key[0]].append(one)
        return {key: Sums(parts[key]) for key in sorted(parts)}


NOTHING = Sums([])


def sums(rows: QuerySet[Any], amount: str, *names: str) -> Sums:
    """Add up an amount of rows by the values of some columns. One query."""
    added = {"number": Count("pk"), "sum": Sum(amount)}
    if not names:
        found = rows.order_by().aggregate(**added)
        return Sums([SimpleNamespace(**found)] if found["number"] else [])
    groups = rows.order_by().values(*names).annotate(**added)
    return Sums([SimpleNamespace(**one) for one in groups])
