"""Codes and accounts of patients, as the tests make them."""

from typing import Any

from hospital.core.acts import Act
from smcapp1.models import PatientProfile
from smcapp1.services import issue_patient_code
from tests.factories import PatientFactory, UserFactory

PASSWORD = "a long secret"
ANOTHER = "another long secret"


def login_of(patient: PatientProfile) -> Any:
    """Return the user who signs in as this patient, as it is now."""
    patient.refresh_from_db()
    return patient.user


def make_code(patient: PatientProfile, purpose: str = "CLAIM") -> str:
    """Return a code that a cashier printed for the patient."""
    act = Act(UserFactory(role="Cashier"))
    return issue_patient_code(patient_id=patient.pk, purpose=purpose, act=act).code


def make_online(username: str = "ada", **wanted: Any) -> PatientProfile:
    """Return a patient who signs in as ``ada`` with PASSWORD."""
    user = UserFactory(username=username, role="Patient", is_staff=False, password=PASSWORD)
    patient: PatientProfile = PatientFactory(user=user, **wanted)
    patient.refresh_from_db()
    return patient
