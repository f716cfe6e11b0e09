"""How lists of claims, batches and remittances can be narrowed."""

from typing import Any

import django_filters
from django.db.models import F

from invoicing_app.payers.models import Claim, ClaimBatch, Remittance
from smcapp1.filters import IdFilter


class ClaimFilter(django_filters.FilterSet):
    """``is_open``: something is open on the claim; ``is_sent``: it is in a batch."""

    payer_id = IdFilter()
    consultation_id = IdFilter()
    batch_id = IdFilter()
    is_sent = django_filters.BooleanFilter("batch", "isnull", exclude=True)
    is_open = django_filters.BooleanFilter(method="with_open")

    class Meta:
        model = Claim
        fields: list[str] = []

    def with_open(self, claims: Any, name: str, is_open: bool) -> Any:
        if is_open:
            return claims.filter(settled_amount__lt=F("amount"))
        return claims.filter(settled_amount=F("amount"))


class BatchFilter(django_filters.FilterSet):
    payer_id = IdFilter()

    class Meta:
        model = ClaimBatch
        fields: list[str] = []


class RemittanceFilter(django_filters.FilterSet):
    payer_id = IdFilter()
    reference = django_filters.CharFilter()

    class Meta:
        model = Remittance
        fields: list[str] = []
