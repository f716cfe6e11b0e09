"""What somebody fills in to get an online account."""

from django import forms
from django.utils import timezone

from smcapp1.models import PatientProfile
from smcapp1.portal.sign_in_forms import CodeForm, NewAccountForm

ACCOUNT = ("username", "password", "password_again")


def _name(label: str, known: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": known})
    return forms.CharField(label=label, max_length=100, widget=widget)


class SignUpForm(NewAccountForm):
    """A new patient, and how that person will sign in."""

    first_name = _name("First name", "given-name")
    last_name = _name("Last name", "family-name")
    date_of_birth = forms.DateField(
        label="Date of birth",
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}, format="%Y-%m-%d"),
    )
    sex = forms.ChoiceField(choices=[("", "Choose"), *PatientProfile.Sex.choices])
    phone = forms.CharField(
        label="Phone (may be left out)",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    field_order = ("first_name", "last_name", "date_of_birth", "sex", "phone", *ACCOUNT)

    def clean_date_of_birth(self) -> object:
        born = self.cleaned_data["date_of_birth"]
        if born > timezone.localdate():
            raise forms.ValidationError("A date of birth cannot lie in the future.")
        return born


class ClaimForm(NewAccountForm, CodeForm):
    """A patient whom the hospital knows, with the code of the desk."""

    field_order = ("hospital_number", "code", *ACCOUNT)
