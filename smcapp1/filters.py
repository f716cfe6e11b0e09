"""How lists of the hospital's records can be narrowed."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from smcapp1.models import (
    Consultation,
    Department,
    PatientProfile,
    ServiceItem,
    StockBatch,
    StockCount,
)

MAX_SEARCH = 100  # characters: each word of a search is one more condition


class IdFilter(django_filters.NumberFilter):
    """Narrow by the id of a row; anything but a whole number is an error that names the field."""

    field_class = forms.IntegerField


class DepartmentFilter(django_filters.ModelChoiceFilter):
    """Narrow by a department's code; an unknown code is an error that names the field."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Department.objects.all(), to_field_name="code", **kwargs)


class PatientFilter(django_filters.FilterSet):
    search = django_filters.CharFilter(
        method="find", label="number, name or phone", max_length=MAX_SEARCH
    )

    class Meta:
        model = PatientProfile
        fields: list[str] = []

    def find(self, patients: Any, name: str, text: str) -> Any:
        return patients.found_by(text)


class ServiceItemFilter(django_filters.FilterSet):
    department = DepartmentFilter()
    search = django_filters.CharFilter(method="find", label="code or name", max_length=MAX_SEARCH)

    class Meta:
        model = ServiceItem
        fields: list[str] = []

    def find(self, items: QuerySet[ServiceItem], name: str, text: str) -> QuerySet[ServiceItem]:
        for word in text.split():
            items = items.filter(Q(code__icontains=word) | Q(name__icontains=word))
        return items


class ConsultationFilter(django_filters.FilterSet):
    patient_id = IdFilter()

    class Meta:
        model = Consultation
        fields: list[str] = []


class StockFilter(django_filters.FilterSet):
    service_item_id = IdFilter()

    class Meta:
        model = StockBatch
        fields: list[str] = []


class StockCountFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(choices=StockCount.Status.choices)

    class Meta:
        model = StockCount
        fields: list[str] = []
