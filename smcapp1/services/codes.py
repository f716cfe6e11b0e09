"""One-time codes: printed by the desk for a patient, used once by whoever holds the paper."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import choice
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from hospital.core.acts import Act
from hospital.core.errors import NotFound
from hospital.core.idempotency import earlier_answer, keep_answer
from hospital.core.second_factor import has_second_factor
from smcapp1.errors import AlreadyOnline, CodeNotAccepted, LoginOfStaff, NotOnline
from smcapp1.models import PatientCode, PatientProfile

ROLE = "Patient"  # the group of whoever has an online account
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that is read as another
LENGTH = 10  # 49 bits: more than anybody guesses before it expires
_GROUP = 5
Purpose = PatientCode.Purpose


@dataclass(frozen=True)
class CodeIssued:
    """A code as it is printed; "" when it was shown before, since only its hash is kept."""

    code: str
    expires_at: datetime
    replayed: bool = False


@transaction.atomic
def issue_patient_code(*, patient_id: int, purpose: str, act: Act) -> CodeIssued:
    """
    Make a code for a patient; those before it for the same purpose are void. Locks the patient.

    Repeating a call with the same key makes no further one.

    :raises NotFound: if there is no such patient
    :raises AlreadyOnline: if an account is to be opened that is there
    :raises NotOnline: if there is no account whose password could be set
    :raises LoginOfStaff: if the account can do more than a patient's
    """
    facts = {"patient_id": patient_id, "purpose": purpose}
    patient = _locked(pk=patient_id)
    if patient is None:
        raise NotFound("There is no patient with this id.")
    if kept := earlier_answer(act, "issue-patient-code", facts):
        issued = PatientCode.objects.get(pk=kept["id"])
        return CodeIssued("", issued.expires_at, replayed=True)
    _require_use(patient, purpose)
    code, now = _new_code(), timezone.now()
    issued = PatientCode.objects.create(
        patient=patient,
        purpose=purpose,
        code_hash=hash_of(patient, purpose, code),
        issued_by=act.actor,
        issued_at=now,
        expires_at=now + timedelta(hours=settings.PATIENT_CODE_HOURS),
    )
    keep_answer(act, "issue-patient-code", facts, {"id": issued.pk})
    return CodeIssued(code, issued.expires_at)


def lock_holder(hospital_number: str) -> PatientProfile:
    """
    Lock and return the patient of a hospital number, however it is written.

    :raises CodeNotAccepted: if there is none: nobody finds out here who was a patient
    """
    patient = _locked(hospital_number=hospital_number.strip().upper())
    if patient is None:
        raise CodeNotAccepted
    return patient


def use_code(patient: PatientProfile, purpose: str, code: str) -> None:
    """
    Spend a code. The caller holds the patient's lock.

    :raises CodeNotAccepted: if it is not the patient's newest, was used, or is too old
    """
    now = timezone.now()
    newest = PatientCode.objects.filter(patient=patient, purpose=purpose).order_by("-pk").first()
    if newest is None or newest.used_at is not None or newest.expires_at <= now:
        raise CodeNotAccepted
    if not constant_time_compare(newest.code_hash, hash_of(patient, purpose, code)):
        raise CodeNotAccepted
    newest.used_at = now
    newest.save(update_fields=["used_at"])


def hash_of(patient: PatientProfile, purpose: str, code: str) -> str:
    """Return what is kept of a code; without SECRET_KEY it tells nothing."""
    written = re.sub(r"[^A-Z0-9]", "", code.upper())
    value = f"{patient.pk}:{purpose}:{written}"
    return salted_hmac("smcapp1.PatientCode", value, algorithm="sha256").hexdigest()


def is_staff_login(user: Any) -> bool:
    """
    Return whether a login may do more than a patient's, or is kept better: the desk cannot open it.

    Over REST a role is enough to act by; nothing asks there whether it is staff.
    """
    return bool(
        user.is_staff
        or user.is_superuser
        or user.groups.exclude(name=ROLE).exists()
        or user.user_permissions.exists()
        or has_second_factor(user)
    )


def _require_use(patient: PatientProfile, purpose: str) -> None:
    if purpose == Purpose.CLAIM and patient.user is not None:
        raise AlreadyOnline
    if purpose == Purpose.RESET and patient.user is None:
        raise NotOnline
    if purpose == Purpose.RESET and is_staff_login(patient.user):
        raise LoginOfStaff


def _locked(**by: Any) -> PatientProfile | None:
    patients = PatientProfile.objects.select_for_update(of=("self",), no_key=True)
    try:
        return patients.get(**by)
    except PatientProfile.DoesNotExist:
        return None


def _new_code() -> str:
    drawn = "".join(choice(ALPHABET) for _ in range(LENGTH))
    return f"{drawn[:_GROUP]}-{drawn[_GROUP:]}"
