"""Patients' covers: whose member a patient is, from when and until when."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from hospital.core.acts import Act
from hospital.core.errors import InvalidRequest, NotFound
from hospital.core.idempotency import earlier_answer, keep_answer
from invoicing_app.payers.errors import AlreadyCovered, CoverWasUsed
from invoicing_app.payers.models import Claim, PatientCover, Payer
from smcapp1.models import PatientProfile

LONGEST_MEMBER_NUMBER = 50


@dataclass(frozen=True)
class CoverRecorded:
    """A patient's cover, and whether an earlier call with the same key recorded or ended it."""

    cover: PatientCover
    replayed: bool = False


@transaction.atomic
def record_patient_cover(
    *,
    patient_id: int,
    payer_id: int,
    member_number: str,
    valid_from: date,
    valid_until: date | None = None,
    act: Act,
) -> CoverRecorded:
    """
    Record that a payer covers a patient, on these days, both included. Locks the patient.

    Repeating a call with the same key returns the same cover.

    :raises InvalidRequest: if the number is none, the end lies before the beginning, or the payer
        covers nothing new
    :raises NotFound: if there is no such patient or payer
    :raises AlreadyCovered: if another cover of the patient holds on one of these days
    :raises KeyReused: if the key was used for another cover
    """
    member_number = member_number.strip()
    if not 1 <= len(member_number) <= LONGEST_MEMBER_NUMBER or "\0" in member_number:
        raise InvalidRequest("member_number", f"Write 1 to {LONGEST_MEMBER_NUMBER} characters.")
    if valid_until is not None and valid_until < valid_from:
        raise InvalidRequest("valid_until", "A cover ends after it began.")
    facts = {
        "patient_id": patient_id,
        "payer_id": payer_id,
        "member_number": member_number,
        "valid_from": str(valid_from),
        "valid_until": valid_until and str(valid_until),
    }
    patient = _lock_patient(patient_id)
    if kept := earlier_answer(act, "record-patient-cover", facts):
        return CoverRecorded(_cover(kept["cover_id"]), replayed=True)
    _require_active(payer_id)
    _require_free(patient, valid_from, valid_until)
    cover = PatientCover.objects.create(
        patient=patient,
        payer_id=payer_id,
        member_number=member_number,
        valid_from=valid_from,
        valid_until=valid_until,
        recorded_by=act.actor,
        recorded_at=timezone.now(),
    )
    keep_answer(act, "record-patient-cover", facts, {"cover_id": cover.pk})
    return CoverRecorded(_cover(cover.pk))


@transaction.atomic
def end_patient_cover(*, cover_id: int, last_day: date, act: Act) -> CoverRecorded:
    """
    Let a patient's cover end. Locks the patient, and the cover that payments lock too.

    ``last_day`` is the last one on which it holds; the day before it began, if it never should
    have. It can be moved until the cover was used after it. Repeating a call with the same key
    returns the cover.

    :raises InvalidRequest: if the last day lies further before the cover's first
    :raises NotFound: if there is no such cover
    :raises CoverWasUsed: if a later payment counted on it
    :raises AlreadyCovered: if it would end in the time of another cover
    :raises KeyReused: if the key was used for another end
    """
    facts = {"cover_id": cover_id, "last_day": str(last_day)}
    patient = _lock_patient(_cover(cover_id).patient_id)
    locked = PatientCover.objects.select_for_update(of=("self",), no_key=True)
    cover = locked.get(pk=cover_id)
    if earlier_answer(act, "end-patient-cover", facts):
        return CoverRecorded(_cover(cover_id), replayed=True)
    if last_day < cover.valid_from - timedelta(days=1):
        raise InvalidRequest("last_day", f"This cover began on {cover.valid_from}.")
    used = Claim.objects.filter(cover=cover).aggregate(day=Max("business_date"))["day"]
    if used and used > last_day:
        raise CoverWasUsed(f"This cover was used on {used}.", last_used_on=str(used))
    _require_free(patient, cover.valid_from, last_day, but=cover_id)
    cover.valid_until = last_day
    cover.save(update_fields=["valid_until"])
    keep_answer(act, "end-patient-cover", facts, {"cover_id": cover.pk})
    return CoverRecorded(_cover(cover_id))


def _lock_patient(patient_id: int) -> PatientProfile:
    locked = PatientProfile.objects.select_for_update(of=("self",), no_key=True)
    try:
        return locked.get(pk=patient_id)
    except PatientProfile.DoesNotExist:
        raise NotFound("There is no patient with this id.") from None


def _cover(cover_id: int) -> PatientCover:
    try:
        return PatientCover.objects.select_related("payer").get(pk=cover_id)
    except PatientCover.DoesNotExist:
        raise NotFound("There is no cover with this id.") from None


def _require_active(payer_id: int) -> None:
    payer = Payer.objects.filter(pk=payer_id).first()
    if payer is None:
        raise NotFound("There is no payer with this id.")
    if not payer.is_active:
        raise InvalidRequest("payer", f"{payer} pays for nothing new.")


def _require_free(
    patient: PatientProfile, first: date, last: date | None, *, but: int | None = None
) -> None:
    others = PatientCover.objects.filter(patient=patient)
    if but is not None:
        others = others.exclude(pk=but)
    for other in others.select_related("payer").order_by("pk"):
        begins_in_time = last is None or other.valid_from <= last
        ends_in_time = other.valid_until is None or other.valid_until >= first
        never_held = other.valid_until is not None and other.valid_until < other.valid_from
        if begins_in_time and ends_in_time and not never_held:
            raise AlreadyCovered(f"{other.payer} covers this patient in that time.")
