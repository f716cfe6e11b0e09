"""What payers owe at the end of a day, by how long they have owed it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    Count,
    F,
    IntegerField,
    OuterRef,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from hospital.core.money import ZERO, MoneyField
from invoicing_app.payers.models import Claim, ClaimSettlement, Payer

AGES: Mapping[int, str] = {30: "0 to 30 days", 60: "31 to 60 days", 90: "61 to 90 days", 0: "Older"}


@dataclass(frozen=True)
class Owed:
    """What one payer owes: claims with something open on them, and how much, by age."""

    payer: Payer
    claims: int
    by_age: Mapping[int, Decimal]  # the days of AGES → amount

    @property
    def total(self) -> Decimal:
        return sum(self.by_age.values(), ZERO)


def open_claims(day: date) -> Any:
    """
    Return the claims of which something was open when a business day ended, with ``open`` and
    ``age``: a claim is as old as the payment that made it.
    """
    lessened = (
        ClaimSettlement.objects.filter(claim=OuterRef("pk"), entry__business_date__lte=day)
        .order_by()
        .values("claim")
        .annotate(total=Sum("amount"))
        .values("total")
    )
    ages = [
        When(business_date__gte=date.fromordinal(day.toordinal() - days), then=Value(days))
        for days in AGES
        if days
    ]
    claims: Any = Claim.objects  # its type knows no annotations
    return (
        claims.filter(business_date__lte=day)
        .annotate(
            open=F("amount") - Coalesce(Subquery(lessened), ZERO, output_field=MoneyField()),
            age=Case(*ages, default=Value(0), output_field=IntegerField()),
        )
        .filter(open__gt=0)
    )


def owed_by_payers(day: date) -> Sequence[Owed]:
    """
    Return what each payer owes when a business day ended. Two queries.

    In all it is what the journal's account of the payer comes to on that day.
    """
    sums: dict[int, dict[int, Decimal]] = {}
    numbers: dict[int, int] = {}
    groups = open_claims(day).values_list("payer", "age")
    for payer_id, age, owed, number in groups.annotate(Sum("open"), Count("pk")).order_by():
        sums.setdefault(payer_id, {})[age] = owed
        numbers[payer_id] = numbers.get(payer_id, 0) + number
    return [
        Owed(payer, numbers[payer.pk], {age: sums[payer.pk].get(age, ZERO) for age in AGES})
        for payer in Payer.objects.filter(pk__in=sums).order_by("name", "pk")
    ]
