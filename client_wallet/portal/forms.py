"""What the lists of the own wallet can be narrowed to."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms

from client_wallet.transactions import STATUSES, TYPES, Wanted
from client_wallet.wording import movement_name, state_name
from hospital.core.errors import InvalidRequest

LONGEST_PERIOD = timedelta(days=366)


class DayInput(forms.DateInput):
    """The browser's own input of a day."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _day(label: str, *, required: bool) -> forms.DateField:
    return forms.DateField(
        label=label, required=required, widget=DayInput, input_formats=["%Y-%m-%d"]
    )


class HistoryFilter(forms.Form):
    """Left empty, a field narrows nothing."""

    type = forms.ChoiceField(
        label="What",
        required=False,
        choices=[("", "Everything"), *((name, movement_name(name)) for name in TYPES)],
    )
    status = forms.ChoiceField(
        label="State",
        required=False,
        choices=[("", "Any"), *((name, state_name(name)) for name in STATUSES)],
    )
    first_day = _day("From", required=False)
    last_day = _day("To", required=False)

    def wanted(self) -> Wanted:
        return Wanted(**self._typed())

    def query(self) -> str:
        """Return what the list is narrowed to as an address says it; nothing if it is not."""
        return urlencode(self._typed())

    def _typed(self) -> dict[str, Any]:
        return {name: typed for name, typed in self.cleaned_data.items() if typed}


class PeriodForm(forms.Form):
    """The days of a statement, both included."""

    first_day = _day("From", required=True)
    last_day = _day("To", required=True)

    def clean(self) -> dict[str, Any]:
        first: date | None = self.cleaned_data.get("first_day")
        last: date | None = self.cleaned_data.get("last_day")
        if first and last and last - first > LONGEST_PERIOD:
            self.add_error("last_day", "A statement is of a year at most.")
        return self.cleaned_data

    def show_refusal(self, refusal: InvalidRequest) -> None:
        self.add_error(refusal.wrong_field, refusal.message)
