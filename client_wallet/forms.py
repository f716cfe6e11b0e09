"""Admin forms of the wallet."""

from django import forms

from hospital.core.forms import ActForm
from smcapp1.models import PatientProfile

NO_PATIENT = "There is no such patient. Find the patient again."


class DepositForm(ActForm):
    """Money taken from a patient; the wallet is opened on first use."""

    patient = forms.ModelChoiceField(
        PatientProfile.objects.all(),
        widget=forms.HiddenInput,
        error_messages={"required": "Say whose wallet it is.", "invalid_choice": NO_PATIENT},
    )
