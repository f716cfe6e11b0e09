"""Patients' online accounts: opened by themselves, or with a code that the desk printed."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction

from hospital.core.acts import Act, Answer
from hospital.core.idempotency import earlier_answer, keep_answer
from hospital.core.open_sessions import end_other_sessions
from hospital.core.system_users import NAMES_KEPT_FREE
from hospital.core.transactions import hold_job
from smcapp1.errors import AlreadyOnline, CodeNotAccepted, UsernameTaken, WrongPassword
from smcapp1.models import PatientCode, PatientProfile
from smcapp1.services.codes import ROLE, hash_of, is_staff_login, lock_holder, use_code
from smcapp1.services.patients import require_past_birth

CLAIM, RESET = PatientCode.Purpose.CLAIM, PatientCode.Purpose.RESET


@dataclass(frozen=True)
class OnlineAccount(Answer):
    """A patient's account, and whether an earlier call with the same key had done this."""

    patient_id: int
    hospital_number: str
    username: str
    replayed: bool = False


@transaction.atomic
def sign_up_patient(
    *,
    username: str,
    password: str,
    first_name: str,
    last_name: str,
    date_of_birth: date,
    sex: str,
    act: Act,
    phone: str = "",
) -> OnlineAccount:
    """
    Register somebody who says so, with an account; the patient is marked as self-registered.

    Nobody is found by name and birth date: an earlier record is claimed with a code instead.
    Repeating a call with the same key returns the same account.

    :raises UsernameTaken: if somebody else signs in by this name
    :raises InvalidRequest: if the birth date lies in the future
    :raises KeyReused: if the key was used for something else
    """
    require_past_birth(date_of_birth)
    person = {"first_name": first_name, "last_name": last_name, "sex": sex, "phone": phone}
    facts = {"username": username, "date_of_birth": date_of_birth.isoformat(), **person}
    if kept := earlier_answer(act, "sign-up", facts):
        return OnlineAccount.again(kept)
    user = _new_user(username, password, first_name, last_name)
    if user is None:  # it may have been this very act, at the same time
        kept = earlier_answer(act, "sign-up", facts)
        if kept is None:
            raise UsernameTaken
        return OnlineAccount.again(kept)
    patient = PatientProfile.objects.create(
        user=user, date_of_birth=date_of_birth, is_self_registered=True, **person
    )
    patient.refresh_from_db(fields=["hospital_number"])
    return _kept(act, "sign-up", facts, patient, username)


@transaction.atomic
def claim_patient(
    *, hospital_number: str, code: str, username: str, password: str, act: Act
) -> OnlineAccount:
    """
    Open an account for a patient who is known, with a code of the desk. Locks the patient.

    Repeating a call with the same key returns the same account.

    :raises CodeNotAccepted: if number and code do not go together, or the code is spent or too old
    :raises AlreadyOnline: if the patient got an account in the meantime
    :raises UsernameTaken: if somebody else signs in by this name
    """
    patient = lock_holder(hospital_number)
    facts = {"username": username, "code": hash_of(patient, CLAIM, code)}
    if kept := earlier_answer(act, "claim", facts):
        return OnlineAccount.again(kept)
    use_code(patient, CLAIM, code)
    if patient.user_id is not None:
        raise AlreadyOnline
    user = _new_user(username, password, patient.first_name, patient.last_name)
    if user is None:
        raise UsernameTaken
    patient.user = user
    patient.save(update_fields=["user"])
    return _kept(act, "claim", facts, patient, username)


@transaction.atomic
def reset_password(*, hospital_number: str, code: str, password: str, act: Act) -> OnlineAccount:
    """
    Set a new password with a code of the desk, and end all sessions. Locks the patient.

    Repeating a call with the same key sets nothing again.

    :raises CodeNotAccepted: if number and code do not go together, or the code is spent or too old
    """
    patient = lock_holder(hospital_number)
    facts = {"code": hash_of(patient, RESET, code)}
    if kept := earlier_answer(act, "reset-password", facts):
        return OnlineAccount.again(kept)
    use_code(patient, RESET, code)
    user: Any = patient.user
    if user is None or is_staff_login(user):  # it became so after the code was printed
        raise CodeNotAccepted
    user.set_password(password)
    user.save(update_fields=["password"])
    end_other_sessions(user, but=None)
    return _kept(act, "reset-password", facts, patient, user.get_username())


@transaction.atomic
def change_password(*, user_id: int, old_password: str, new_password: str, act: Act) -> bool:
    """
    Let a user choose another password; return whether a call with the same key had done it before.

    Locks the user.

    :raises WrongPassword: if the old one is not the user's
    """
    users = get_user_model().objects.select_for_update(of=("self",), no_key=True)
    user = users.get(pk=user_id)
    if earlier_answer(act, "change-password", {}) is not None:
        return True
    if not user.check_password(old_password):
        raise WrongPassword
    user.set_password(new_password)
    user.save(update_fields=["password"])
    keep_answer(act, "change-password", {}, {})
    return False


def _new_user(username: str, password: str, first_name: str, last_name: str) -> Any:
    """
    Return a new login of a patient, None where the name is somebody's, in whatever capitals.

    Keeps everybody waiting who wants this name.
    """
    hold_job(f"login-name:{username.casefold()}")
    users = get_user_model().objects
    if username.casefold() in NAMES_KEPT_FREE or users.filter(username__iexact=username).exists():
        return None
    wanted = get_user_model()(
        username=username,
        password=make_password(password),
        first_name=first_name,
        last_name=last_name,
    )
    users.bulk_create([wanted], ignore_conflicts=True)  # waits for whoever takes it now
    user = users.get(username=username)
    if user.password != wanted.password:
        return None
    user.groups.add(Group.objects.get(name=ROLE))
    return user


def _kept(
    act: Act, name: str, facts: dict[str, Any], patient: PatientProfile, username: str
) -> OnlineAccount:
    account = OnlineAccount(patient.pk, patient.hospital_number, username)
    keep_answer(act, name, facts, account.facts())
    return account
