"""What a patient fills in to pay a bill."""

from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict

from hospital.core.errors import InvalidRequest
from hospital.core.locale_formats import local_money
from hospital.core.money import money_text
from hospital.core.portal import PortalAmount, PortalForm
from invoicing_app.forms import department_choices, payable
from invoicing_app.models import ALL_DEPARTMENTS
from invoicing_app.payment_services import Bill

CONFIRMED_TOTAL = "confirmed_total"


class PayBillForm(PortalForm):
    """Which share of a bill is paid; how much that is stands on the page that is confirmed."""

    department = forms.ChoiceField(
        label="What do you pay?",
        choices=department_choices,  # what was paid meanwhile too: pressing twice pays once
        initial=ALL_DEPARTMENTS,
        widget=forms.RadioSelect,
    )
    confirmed_total = PortalAmount(required=False, widget=forms.HiddenInput)

    def offer(self, bill: Bill) -> None:
        """Let only what is due on the bill be chosen; what was chosen stays."""
        shares = [(code, f"{name}: {local_money(due)}") for code, name, due in payable(bill)]
        chosen = self["department"].value()
        if self.is_bound and chosen not in dict(shares):
            shares += [choice for choice in department_choices() if choice[0] == chosen]
        department: Any = self.fields["department"]
        department.widget.choices = shares

    def show_total(self, total: Decimal) -> None:
        """Have the next step carry what the patient reads now: no more is paid than that."""
        sent = QueryDict(mutable=True)
        sent.update(self.data)
        sent[self.add_prefix(CONFIRMED_TOTAL)] = money_text(total)
        self.data = sent

    def total(self) -> Decimal:
        """
        Return what the patient has read and confirmed.

        :raises InvalidRequest: if it was not shown
        """
        total: Decimal | None = self.cleaned_data[CONFIRMED_TOTAL]
        if total is None:
            raise InvalidRequest("department", "Read how much it is, then press the button again.")
        return total
