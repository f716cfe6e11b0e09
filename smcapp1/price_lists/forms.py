"""The form in which the accountant hands in a price list."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from hospital.core.forms import RefusableForm
from smcapp1.models import Department
from smcapp1.price_lists.columns import OPTIONS, Chosen

MOST_BYTES = 5 * 1024 * 1024
TOO_LARGE = (
    "This list is too large for this page. Somebody with access to the server can import it with"
    " the command import_price_list."
)
_LOOKS = UnfoldAdminTextInputWidget().attrs["class"]


def _heading(what: str) -> forms.CharField:
    return forms.CharField(
        label=f"Heading of the {what}",
        required=False,
        max_length=200,
        help_text="Only needed if the list has several that could be meant, or other words.",
        widget=UnfoldAdminTextInputWidget,
    )


class PriceListForm(RefusableForm):
    """A published list, the department that it prices, and the day from which it does."""

    department = forms.ModelChoiceField(
        Department.objects.order_by("name"), widget=UnfoldAdminSelectWidget
    )
    file = forms.FileField(
        label="Price list",
        max_length=200,
        help_text="A CSV file as it was published, or a sheet that was saved as CSV.",
        # With a text box of its own: unfold's script writes the file's name into the next one.
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
    )
    effective_from = forms.DateField(
        label="Prices begin on",
        initial=timezone.localdate,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"class": _LOOKS, "type": "date"}),
    )
    name_column = _heading("name")
    price_column = _heading("price")
    code_column = _heading("code")

    def clean_file(self) -> Any:
        if self.cleaned_data["file"].size > MOST_BYTES:
            raise ValidationError(TOO_LARGE)
        return self.cleaned_data["file"]

    @property
    def chosen(self) -> Chosen:
        wanted = self.cleaned_data
        return Chosen(wanted["name_column"], wanted["price_column"], wanted["code_column"])


def in_words_of_the_page(detail: str) -> str:
    """Return a refusal with the fields' labels where it names the command's options."""
    for role, option in OPTIONS.items():
        detail = detail.replace(option, f"“{PriceListForm.base_fields[f'{role}_column'].label}”")
    return detail
