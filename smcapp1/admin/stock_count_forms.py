"""Forms of a stock count: what is counted, how many there are of each batch, and why."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget
from unfold.widgets import UnfoldAdminTextInputWidget as TextInput

from hospital.core.forms import ActForm, OneTimeKeyForm, QuantityInput
from smcapp1.models import Department, StockBatch, StockCountLine
from smcapp1.services.stock_counts import MOST_COUNTED, MOST_LINES


class OpenCountForm(ActForm):
    """A department's whole shelf, or batches by the numbers that stand on them."""

    department = forms.ModelChoiceField(
        Department.objects.filter(kind=Department.Kind.PHARMACY).order_by("name"),
        required=False,
        widget=UnfoldAdminSelectWidget,
        empty_label="Batches, by number",
        help_text="All that this department has on the shelf.",
    )
    batch_numbers = forms.CharField(
        required=False,
        max_length=40_000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4, "autocomplete": "off"}),
        help_text="Or the numbers of some batches, one on each line.",
    )

    def clean_batch_numbers(self) -> list[int]:
        """Return the ids of the batches with these numbers that hold anything."""
        lines = self.cleaned_data["batch_numbers"].splitlines()
        numbers = {line.strip() for line in lines if line.strip()}
        if any("\0" in number for number in numbers):
            raise ValidationError("There is no such batch.")
        if len(numbers) > MOST_LINES:
            raise ValidationError(f"Count {MOST_LINES} batches at most at once.")
        found = StockBatch.objects.filter(batch_number__in=numbers, quantity_on_hand__gt=0)
        ids = dict(found.values_list("pk", "batch_number"))
        if missing := sorted(numbers.difference(ids.values())):
            raise ValidationError(f"No batch {missing[0]} is on the shelf.")
        return sorted(ids)


def counting_form(lines: Sequence[StockCountLine]) -> type[OneTimeKeyForm]:
    """Return a form with a number for each batch; nothing of it says what should be there."""
    fields = {
        f"batch_{line.batch_id}": forms.IntegerField(
            label=_named(line.batch),
            min_value=0,
            max_value=MOST_COUNTED,
            widget=QuantityInput,
        )
        for line in lines
    }
    return type("CountingForm", (OneTimeKeyForm,), fields)


def explaining_form(lines: Sequence[StockCountLine]) -> type[OneTimeKeyForm]:
    """Return a form with a reason for each batch that has more or fewer than it should."""
    fields = {
        f"batch_{line.batch_id}": forms.CharField(
            label=_named(line.batch),
            max_length=200,
            initial=line.reason,
            widget=TextInput(attrs={"autocomplete": "off"}),
            help_text=in_words(line),
        )
        for line in lines
    }
    return type("ExplainingForm", (OneTimeKeyForm,), fields)


def by_batch(typed: Mapping[str, Any]) -> dict[int, Any]:
    """Return what was typed into such a form, by the batch's id."""
    prefix = "batch_"
    return {
        int(name.removeprefix(prefix)): value
        for name, value in typed.items()
        if name.startswith(prefix)
    }


def in_words(line: StockCountLine) -> str:
    """Return what was counted of a batch, and what should have been there."""
    variance = line.variance or 0
    more = f"{variance:,} more" if variance > 0 else f"{-variance:,} fewer"
    return f"{line.counted:,} counted, {line.expected:,} expected: {more}"


def _named(batch: StockBatch) -> str:
    return f"{batch}, expires {date_format(batch.expires_on, 'DATE_FORMAT')}"
