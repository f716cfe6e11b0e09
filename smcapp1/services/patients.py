"""Registering patients, and changing what is known of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from hospital.core.acts import Act
from hospital.core.errors import InvalidRequest, NotFound
from hospital.core.idempotency import earlier_answer, keep_answer
from smcapp1.errors import PatientChanged
from smcapp1.models import PatientProfile


@dataclass(frozen=True)
class Registered:
    """A patient, and whether an earlier call with the same key registered them."""

    patient: PatientProfile
    replayed: bool = False


@transaction.atomic
def register_patient(
    *, first_name: str, last_name: str, date_of_birth: date, sex: str, act: Act, phone: str = ""
) -> Registered:
    """
    Register a patient; the database issues the hospital number.

    Repeating a call with the same key returns the same patient.

    :raises InvalidRequest: if the birth date lies in the future
    :raises KeyReused: if the key was used for another patient
    """
    require_past_birth(date_of_birth)
    facts = {
        "first_name": first_name,
        "last_name": last_name,
        "date_of_birth": date_of_birth.isoformat(),
        "sex": sex,
        "phone": phone,
    }
    if kept := earlier_answer(act, "register-patient", facts):
        return Registered(PatientProfile.objects.get(pk=kept["patient_id"]), replayed=True)
    patient = PatientProfile.objects.create(
        first_name=first_name,
        last_name=last_name,
        date_of_birth=date_of_birth,
        sex=sex,
        phone=phone,
    )
    keep_answer(act, "register-patient", facts, {"patient_id": patient.pk})
    return Registered(patient)


@transaction.atomic
def change_patient(
    *, patient_id: int, seen: Mapping[str, Any], wanted: Mapping[str, Any]
) -> PatientProfile:
    """
    Change a patient's names, phone or login. Locks the patient.

    ``seen`` is what stood in the fields when whoever asks read them: a change that somebody else
    made since then is not written over.

    :raises NotFound: if there is no such patient
    :raises PatientChanged: if something else stands there now
    """
    locked = PatientProfile.objects.select_for_update(of=("self",), no_key=True)
    try:
        patient = locked.get(pk=patient_id)
    except PatientProfile.DoesNotExist:
        raise NotFound("There is no patient with this id.") from None
    if any(getattr(patient, name) != value for name, value in seen.items()):
        raise PatientChanged
    for name, value in wanted.items():
        setattr(patient, name, value)
    if wanted:
        patient.save(update_fields=list(wanted))
    return patient


def require_past_birth(day: date) -> None:
    """
    :raises InvalidRequest: if nobody can have been born on that day yet
    """
    if day > timezone.localdate():
        raise InvalidRequest("date_of_birth", "A date of birth cannot lie in the future.")
