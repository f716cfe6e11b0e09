"""Admin forms of bills and payments."""

from typing import Any

from django import forms
from django.contrib.admin import site
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from unfold.widgets import UnfoldAdminSelectWidget

from hospital.core.forms import ActForm, PickOne, QuantityInput, RefusableForm
from invoicing_app.models import ALL_DEPARTMENTS, DepositReceiving
from invoicing_app.payment_services import PaymentIntent
from invoicing_app.services import MAX_QUANTITY
from smcapp1.models import Consultation, Department


def consultation_label(consultation: Consultation) -> str:
    """Return a visit as the desk picks it: whose, when, and its number."""
    opened = date_format(localtime(consultation.opened_at), "SHORT_DATE_FORMAT")
    return f"{consultation.patient} · {opened} · no. {consultation.pk}"


def department_choices() -> list[tuple[str, str]]:
    departments = Department.objects.order_by("name").values_list("code", "name")
    return [(ALL_DEPARTMENTS, "All departments"), *departments]


class ConsultationSelect(PickOne):
    """Looks consultations up by their patient."""

    def get_url(self) -> str:
        return reverse("admin:smcapp1_consultation_choices")


class ConsultationField(forms.ModelChoiceField):  # type: ignore[type-arg] # no generic at run time
    def label_from_instance(self, obj: Consultation) -> str:
        return consultation_label(obj)


class PaymentForm(ActForm):
    """What is handed over for a bill; how much is due is the server's to say."""

    consultation = ConsultationField(
        Consultation.objects.select_related("patient"),
        widget=ConsultationSelect(DepositReceiving._meta.get_field("consultation"), site),
        help_text="Search by the patient's hospital number, name or phone, or the visit's number.",
    )
    department = forms.ChoiceField(
        choices=department_choices, initial=ALL_DEPARTMENTS, widget=UnfoldAdminSelectWidget
    )

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
