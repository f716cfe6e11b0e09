"""Forms of the admin: they show refusals beside the field, and carry a key that is spent once."""

import re
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.http import QueryDict
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from hospital.core.acts import Act
from hospital.core.errors import DomainError, InvalidRequest, KeyReused
from hospital.core.money import MoneyField

ID_DIGITS = 19  # as many as a bigint never needs
ONE_TIME_KEY = "one_time_key"
NO_KEY = (
    "This form came without the key that keeps it from being taken twice, and nothing was done. "
    "Check whether it was taken before, then press the button again."
)
USED_FORM = (
    "This form was used before: what was done then stands, and nothing was done now. "
    "Open a new form to do something else."
)


_TYPED_AMOUNT = re.compile(r"-?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]*)?")


class QuantityInput(UnfoldAdminTextInputWidget):  # type: ignore[misc] # unfold has no types
    """A text input: the wheel and the arrow keys change what stands in a number input."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "numeric", "autocomplete": "off", **(attrs or {})})


class AmountInput(UnfoldAdminTextInputWidget):  # type: ignore[misc] # unfold has no types
    """A text input, as for quantities; phones show digits and a point."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "decimal", "autocomplete": "off", **(attrs or {})})


class AmountFormField(forms.DecimalField):
    """An amount as people write it, ``1200``, ``1200.50`` or ``1,200.50``; never ``12e2``."""

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values or not isinstance(value, str):
            return super().to_python(value)
        if not _TYPED_AMOUNT.fullmatch(value.strip()):
            raise ValidationError("Write an amount in digits, like 1200 or 1,200.50.")
        return super().to_python(value.replace(",", ""))


AMOUNTS = {MoneyField: {"form_class": AmountFormField, "widget": AmountInput}}


def is_id(text: str) -> bool:
    """Return whether a text, from an address or a request, can be the id of a row."""
    return text.isascii() and text.isdecimal() and len(text) < ID_DIGITS


class PickOne(AutocompleteSelect):
    """A search for one row by id; what is no id, in an address or a request, picks nothing."""

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        ids = [one for one in value if is_id(str(one))]
        return super().optgroups(name, ids, attrs)


class RefusableForm(forms.Form):
    """A form that shows, among its errors, why a service refused what was typed into it."""

    refusal: ClassVar[DomainError | None] = None  # set by the admin on a subclass of its own

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and self.refusal is not None:
            self.show_refusal(self.refusal)

    def show_refusal(self, refusal: DomainError) -> None:
        """Put the refusal beside its field, or above the form where it has none."""
        field = refusal.wrong_field if isinstance(refusal, InvalidRequest) else refusal.field
        self.add_error(field if field in self.fields else None, _in_words(refusal))


class OneTimeKeyForm(RefusableForm):
    """
    A form that can be sent twice and acts once.

    Its hidden key is made when the form is first shown and stays through every refusal. The script
    writes it into the page's address, so that "back" brings the same form with the same key.
    """

    given_key: ClassVar[str] = ""  # from the page's address; set by the admin on a subclass

    one_time_key = forms.CharField(
        required=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"})
    )

    class Media:
        js = ("core/one_time_key.js", "core/first_field.js", "core/send_once.js")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault(ONE_TIME_KEY, self.given_key or str(uuid4()))

    def clean(self) -> dict[str, Any]:
        if not _is_key(self.cleaned_data.get(ONE_TIME_KEY, "")):
            sent = QueryDict(mutable=True)
            sent.update(self.data)
            sent[self.add_prefix(ONE_TIME_KEY)] = str(uuid4())
            self.data = sent
            raise ValidationError(NO_KEY)
        return self.cleaned_data

    def act(self, actor: Any) -> Act:
        return Act(actor, self.cleaned_data[ONE_TIME_KEY])


class RecordForm(RefusableForm, forms.ModelForm):  # type: ignore[type-arg] # the admin names it
    """A form whose record the admin saves itself."""


class ActForm(OneTimeKeyForm, forms.ModelForm):  # type: ignore[type-arg] # the admin names it
    """A form whose values a service gets: what may be written is the service's decision."""

    def _post_clean(self) -> None:
        """Leave the instance alone: the service makes the row, by rules of its own."""


class ReasonForm(OneTimeKeyForm):
    """Why something is undone."""

    reason = forms.CharField(max_length=200, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}))


def _is_key(text: str) -> bool:
    """Return whether a text is a key as this module writes them, not in a longer spelling."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _in_words(refusal: DomainError) -> str:
    if isinstance(refusal, KeyReused):
        return USED_FORM
    return refusal.message if isinstance(refusal, InvalidRequest) else refusal.detail
