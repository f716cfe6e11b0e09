"""Forms of shifts: opening one, counting its drawer, accepting a difference, handing cash over."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from client_wallet.admin.shift_words import person
from client_wallet.models import HandOver
from hospital.core.forms import (
    ActForm,
    AmountFormField,
    AmountInput,
    OneTimeKeyForm,
    QuantityInput,
)
from hospital.core.money import CENT, ZERO, money_text

OPEN_SHIFT = "client_wallet.open_shift"
MOST_PIECES = 999_999  # of one denomination
PIECES = "pieces_"  # the beginning of a field's name; the denomination follows


class CountForm(OneTimeKeyForm):
    """What lies in a drawer, by denomination, and what the slips of terminal and bank come to."""

    card_slip_total = AmountFormField(
        label="Card: total of the terminal’s slip",
        max_digits=14,
        decimal_places=2,
        min_value=ZERO,
        required=False,
        widget=AmountInput,
        help_text="Left empty: there is no slip to compare with.",
    )
    transfer_slip_total = AmountFormField(
        label="Bank transfers: total of the bank’s list",
        max_digits=14,
        decimal_places=2,
        min_value=ZERO,
        required=False,
        widget=AmountInput,
        help_text="Left empty: there is no list to compare with.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pieces = {_name(one): _PiecesField(one) for one in settings.CASH_DENOMINATIONS}
        self.fields = {**pieces, **self.fields}

    @property
    def currency(self) -> str:
        return str(settings.CURRENCY)

    def pieces(self) -> Iterator[tuple[Decimal, int, forms.BoundField]]:
        """Yield each denomination, how many cents it is, and the field of its pieces."""
        for one in settings.CASH_DENOMINATIONS:
            yield one, int(one / CENT), self[_name(one)]

    @staticmethod
    def counts(typed: Mapping[str, Any]) -> dict[Decimal, int]:
        """Return how many pieces of each denomination were counted; an empty field is none."""
        return {one: typed[_name(one)] or 0 for one in settings.CASH_DENOMINATIONS}


class _PiecesField(forms.IntegerField):
    def __init__(self, denomination: Decimal) -> None:
        label = f"{money_text(denomination)}: how many pieces"
        super().__init__(
            label=label, min_value=0, max_value=MOST_PIECES, required=False, widget=QuantityInput
        )


def _name(denomination: Decimal) -> str:
    return PIECES + money_text(denomination).replace(".", "_")


class OpenShiftForm(ActForm):
    """What cash the drawer begins with."""

    opening_float = AmountFormField(
        label="Opening float",
        max_digits=14,
        decimal_places=2,
        min_value=ZERO,
        initial=ZERO,
        widget=AmountInput,
        help_text="Cash out of the safe, as you counted it into the drawer. 0.00: it begins empty.",
    )


class AcceptForm(OneTimeKeyForm):
    """Why a difference is accepted."""

    reason = forms.CharField(
        label="Why you accept it",
        max_length=200,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="What you found out about the difference. It stands on the Z report.",
    )


class HandOverForm(ActForm):
    """Cash that leaves the own drawer."""

    amount = AmountFormField(max_digits=14, decimal_places=2, widget=AmountInput)
    to = forms.ChoiceField(choices=HandOver.Target, widget=UnfoldAdminSelectWidget)
    cashier_id = forms.ModelChoiceField(
        get_user_model().objects.none(),
        label="Which cashier",
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text="Whoever has a drawer; only for another cashier.",
    )
    external_reference = forms.CharField(
        label="Slip of the bank",
        max_length=100,
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text="Its number, or that of the sealed bag; only for the bank.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["cashier_id"]
        field.queryset = cashiers()
        field.label_from_instance = person


class ReceiveForm(OneTimeKeyForm):
    """Nothing to type: whoever presses the button has counted the cash and has it."""


def cashiers() -> Any:
    """Return who has a drawer, by name."""
    people: Any = get_user_model().objects
    holders = people.with_perm(
        OPEN_SHIFT,
        backend="django.contrib.auth.backends.ModelBackend",
        include_superusers=False,
    )
    return holders.order_by("username")
