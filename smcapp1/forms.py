"""Admin forms of the hospital's records."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet
from django.utils import timezone

from hospital.core.forms import ActForm, QuantityInput, RecordForm
from hospital.core.money import CENT


class RegisterPatientForm(ActForm):
    """A new patient; the system issues the hospital number."""


class ReceiveStockForm(ActForm):
    """A delivery of one batch of a drug."""

    quantity = forms.IntegerField(min_value=1, max_value=1_000_000, widget=QuantityInput)


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


class PriceFormSet(BaseInlineFormSet):  # type: ignore[type-arg] # no generic at run time
    """Prices that stand, and new ones, of which one may replace a price of its own day."""

    def validate_unique(self) -> None:
        """Compare the new prices with each other; ``set_price`` replaces one that stands."""
        new = [line for line in self.extra_forms if line.is_valid() and line.has_changed()]
        days = [line.cleaned_data["effective_from"] for line in new]
        if len(days) != len(set(days)):
            raise ValidationError("Write one new price for a day.")


class PriceForm(RecordForm):
    """A new price of an item, from today or later on; a price of that very day is replaced."""

    def clean_unit_price(self) -> Any:
        if self.cleaned_data["unit_price"] < CENT:
            raise ValidationError("A price must be greater than zero.")
        return self.cleaned_data["unit_price"]

    def clean_effective_from(self) -> Any:
        if self.cleaned_data["effective_from"] < timezone.localdate():
            raise ValidationError(
                "A new price begins today or later; past prices stay as they are."
            )
        return self.cleaned_data["effective_from"]

    def _post_clean(self) -> None:
        """Leave the instance to ``set_price``, which replaces a price of the same day."""
