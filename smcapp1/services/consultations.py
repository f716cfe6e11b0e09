"""Opening consultations, and the row lock that guards a bill."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from hospital.core.acts import Act
from hospital.core.errors import NotFound
from hospital.core.idempotency import earlier_answer, keep_answer
from smcapp1.models import (
    Consultation,
    PatientProfile,
)


@dataclass(frozen=True)
class Opened:
    """A consultation, and whether an earlier call with the same key opened it."""

    consultation: Consultation
    replayed: bool = False


@transaction.atomic
def open_consultation(*, patient_id: int, act: Act, opened_at: datetime | None = None) -> Opened:
    """
    Open a consultation, now or at the instant given. The same key returns the same consultation.

    :raises NotFound: if there is no such patient
    :raises KeyReused: if the key was used for another patient
    """
    facts = {"patient_id": patient_id}
    if kept := earlier_answer(act, "open-consultation", facts):
        return Opened(Consultation.objects.get(pk=kept["consultation_id"]), replayed=True)
    if not PatientProfile.objects.filter(pk=patient_id).exists():
        raise NotFound("There is no patient with this id.")
    consultation = Consultation.objects.create(
        patient_id=patient_id, opened_at=opened_at or timezone.now(), opened_by=act.actor
    )
    keep_answer(act, "open-consultation", facts, {"consultation_id": consultation.pk})
    return Opened(consultation)


def lock_consultation(consultation_id: int) -> Consultation:
    """
    Lock a consultation, the first row lock of any act on its bill; return it as it now is.

    :raises NotFound: if there is no such consultation
    """
    locked = Consultation.objects.select_for_update(of=("self",), no_key=True)
    try:
        return locked.get(pk=consultation_id)
    except Consultation.DoesNotExist:
        raise NotFound("There is no consultation with this id.") from None
