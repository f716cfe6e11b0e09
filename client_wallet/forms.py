"""Admin forms of the wallet."""

from django import forms
from django.contrib.admin import site

from client_wallet.models import WalletAccount
from hospital.core.forms import ActForm, PickOne
from smcapp1.models import PatientProfile


class DepositForm(ActForm):
    """Money taken from a patient; the wallet is opened on first use."""

    patient = forms.ModelChoiceField(
        PatientProfile.objects.all(),
        widget=PickOne(WalletAccount._meta.get_field("patient"), site),
        help_text="Search by hospital number, name or phone.",
    )
