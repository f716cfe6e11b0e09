"""Admin forms of the wallet."""

from django import forms
from unfold.widgets import UnfoldAdminTextInputWidget

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


class DayInput(UnfoldAdminTextInputWidget):  # type: ignore[misc] # unfold has no types
    """The browser's own input of a day."""

    input_type = "date"


class CloseDaysForm(ActForm):
    """Up to which day the books are closed."""

    business_date = forms.DateField(
        label="Close every day up to and including",
        widget=DayInput,
        help_text="A day that is over.",
    )
