"""How people name a wallet: by its id, or by its patient's hospital number."""

from uuid import UUID

from django.db.models import Q

from smcapp1.patient_search import exact_hospital_number


def wallet_named(text: str) -> Q:
    """Return the condition on wallets: the one that the text can mean, or none."""
    try:
        return Q(pk=UUID(text.strip()))
    except ValueError:
        return Q(patient__hospital_number=exact_hospital_number(text) or "")
