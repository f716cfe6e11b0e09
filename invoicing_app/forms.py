"""Admin forms of bills and payments."""

from decimal import Decimal
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget

from hospital.core.forms import ActForm, QuantityInput, RefusableForm
from hospital.core.money import with_currency
from invoicing_app.models import ALL_DEPARTMENTS
from invoicing_app.payment_services import Bill, PaymentIntent
from invoicing_app.services import MAX_QUANTITY
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


class PaymentForm(ActForm):
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
        return PaymentIntent(
            consultation_id=wanted["consultation"].pk,
            department=wanted["department"],
            payment_method=wanted["payment_method"],
            amount_paid=wanted["amount_paid"],
            external_reference=wanted["external_reference"],
            key=wanted["one_time_key"],
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
