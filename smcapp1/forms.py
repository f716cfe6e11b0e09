"""Admin forms of the hospital's records."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from unfold.widgets import UnfoldAdminSingleDateWidget, UnfoldAdminTextareaWidget

from hospital.core.forms import (
    ActForm,
    AmountFormField,
    AmountInput,
    OneTimeKeyForm,
    QuantityInput,
    RecordForm,
)


class RegisterPatientForm(ActForm):
    """A new patient; the system issues the hospital number."""


class PatientForm(RecordForm):
    """What may be changed of a patient; each field comes with what stood in it when it was read."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.show_hidden_initial = True

    def seen(self) -> dict[str, Any]:
        """Return what stood in the fields when the form was shown."""
        return {name: self._seen(name) for name in self.fields}

    def _seen(self, name: str) -> Any:
        shown = self.data.get(self.add_initial_prefix(name))
        try:
            return self.fields[name].to_python(shown)
        except ValidationError:
            return None  # not what this form had shown


class ReceiveStockForm(ActForm):
    """A delivery of one batch of a drug."""

    quantity = forms.IntegerField(min_value=1, max_value=1_000_000, widget=QuantityInput)

    class Meta:
        labels = {"service_item": "Drug"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.pop("unit_cost", None)  # a cost that nobody typed would value it at nothing


class LabResultForm(ActForm):
    """The result of a paid test."""


class DepartmentForm(RecordForm):
    """A department; its code is what bills, payments and accounts are known by."""

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        plain = code.isascii() and code.replace("_", "A").isalnum() and code == code.upper()
        if not (plain and code[0].isalpha()) or code == "ALL":
            raise ValidationError(
                "Write a code in capital letters, digits and _, beginning with a letter; not ALL."
            )
        return code


class ServiceItemForm(RecordForm):
    """An item of the catalogue; and, where one is written, its new price from a day on."""

    unit_price = AmountFormField(
        label="Price", required=False, max_digits=14, decimal_places=2, widget=AmountInput
    )
    effective_from = forms.DateField(
        label="From",
        required=False,
        initial=timezone.localdate,
        widget=UnfoldAdminSingleDateWidget,
        help_text="Today or later. A price of that very day is replaced, earlier ones stay.",
    )

    class Meta:
        widgets = {"reorder_level": QuantityInput}

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        is_priced = typed.get("unit_price") is not None
        if is_priced and "effective_from" in typed and typed["effective_from"] is None:
            self.add_error("effective_from", "Say from which day it costs that.")
        return typed


class WriteOffForm(OneTimeKeyForm):
    """How many of a batch are thrown away, and why."""

    quantity = forms.IntegerField(min_value=1, max_value=1_000_000, widget=QuantityInput)
    reason = forms.CharField(max_length=200, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}))


class ReleaseForm(OneTimeKeyForm):
    """Which result was read: the one that was entered at that instant."""

    entered_at = forms.CharField(widget=forms.HiddenInput(attrs={"autocomplete": "off"}))

    def clean_entered_at(self) -> datetime:
        try:
            return datetime.fromisoformat(self.cleaned_data["entered_at"])
        except ValueError:
            raise ValidationError("Open the result again to release it.") from None
