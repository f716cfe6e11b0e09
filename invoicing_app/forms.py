"""Admin forms of bills and payments."""

from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from client_wallet.models import PaymentMethod
from hospital.core.forms import (
    ActForm,
    AmountFormField,
    AmountInput,
    QuantityInput,
    RefusableForm,
)
from hospital.core.money import with_currency
from invoicing_app.models import ALL_DEPARTMENTS
from invoicing_app.payment_services import Bill, PaymentIntent
from invoicing_app.services import MAX_QUANTITY
from invoicing_app.tenders import Tender
from smcapp1.models import Consultation, Department

ALL_IN_WORDS = "All departments"
NO_VISIT = "There is no such visit. Find the patient again."


def department_choices() -> list[tuple[str, str]]:
    departments = Department.objects.order_by("name").values_list("code", "name")
    return [(ALL_DEPARTMENTS, ALL_IN_WORDS), *departments]


def payable(bill: Bill) -> list[tuple[str, str, Decimal]]:
    """Return what can be paid on a bill: all of it, or a department's share (code, name, due)."""
    names = {item.department.code: item.department.name for item in bill.items}
    shares = [
        (due.department, names[due.department], due.total_due)
        for due in bill.departments
        if due.total_due
    ]
    return [(ALL_DEPARTMENTS, ALL_IN_WORDS, bill.total_due), *shares]


def _method(which: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=f"{which} method",
        choices=[("", "None"), *PaymentMethod.choices],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )


def _amount(which: str) -> AmountFormField:
    return AmountFormField(
        label=f"{which} amount",
        max_digits=14,
        decimal_places=2,
        required=False,
        widget=AmountInput,
        help_text="One that is not cash may be left empty: it pays what the others leave.",
    )


def _reference(which: str) -> forms.CharField:
    return forms.CharField(
        label=f"{which} external reference",
        max_length=100,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="The slip's number of a card or bank payment.",
    )


class FurtherTenders(forms.Form):
    """What is handed over besides the first method; the numbers are those of the tenders."""

    further: ClassVar = (2, 3)

    method_2, method_3 = _method("Second"), _method("Third")
    amount_2, amount_3 = _amount("Second"), _amount("Third")
    reference_2, reference_3 = _reference("Second"), _reference("Third")

    def clean(self) -> Any:
        cleaned = super().clean()
        for number in self.further:
            if self.cleaned_data.get(f"amount_{number}") and not self.cleaned_data.get(
                f"method_{number}"
            ):
                self.add_error(f"method_{number}", "Say by which method this was paid.")
        return cleaned

    def further_tenders(self) -> list[Tender]:
        wanted = self.cleaned_data
        return [
            Tender(
                wanted[f"method_{number}"],
                wanted[f"amount_{number}"],
                wanted[f"reference_{number}"],
            )
            for number in self.further
            if wanted[f"method_{number}"]
        ]


class PaymentForm(FurtherTenders, ActForm):
    """What is handed over for a bill; how much is due is the server's to say."""

    consultation = forms.ModelChoiceField(
        Consultation.objects.all(),
        widget=forms.HiddenInput,
        error_messages={"required": "Say whose visit is paid.", "invalid_choice": NO_VISIT},
    )
    department = forms.ChoiceField(
        choices=department_choices, initial=ALL_DEPARTMENTS, widget=UnfoldAdminSelectWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount_paid"].widget.attrs["data-begin-here"] = ""

    def offer(self, bill: Bill) -> None:
        """Be about this bill: let only what is due on it be chosen; what was chosen stays."""
        self.initial.setdefault("consultation", bill.consultation_id)
        shares = [(code, f"{name}: {with_currency(due)}") for code, name, due in payable(bill)]
        chosen = self["department"].value()
        if chosen not in dict(shares):
            shares += [choice for choice in department_choices() if choice[0] == chosen]
        department: Any = self.fields["department"]
        department.widget.choices = shares

    def intent(self) -> PaymentIntent:
        wanted = self.cleaned_data
        first = Tender(
            wanted["payment_method"], wanted["amount_paid"], wanted["external_reference"]
        )
        bill = PaymentIntent(
            consultation_id=wanted["consultation"].pk,
            department=wanted["department"],
            key=wanted["one_time_key"],
        )
        if further := self.further_tenders():
            return replace(bill, tenders=[first, *further])
        return replace(
            bill,
            payment_method=first.payment_method,
            amount_paid=first.amount,
            external_reference=first.external_reference,
        )


class OpenConsultationForm(ActForm):
    """A new visit of a patient."""


class ConsultationForm(ActForm):
    """A visit, on which items are ordered."""


class OrderForm(RefusableForm, forms.ModelForm):  # type: ignore[type-arg] # the inline names it
    """One catalogue item to be ordered."""

    quantity = forms.IntegerField(
        min_value=1,
        max_value=MAX_QUANTITY,
        initial=1,
        widget=QuantityInput,
    )

    def _post_clean(self) -> Any:
        """Leave the instance alone: ordering prices it."""
