"""One code shown by two people at once lets one of them in; without the lock, both."""

from functools import partial
from unittest import mock

import pytest

from hospital.core.acts import Act
from hospital.core.models import User
from hospital.core.transactions import retry_conflicts
from smcapp1.errors import CodeNotAccepted, UsernameTaken
from smcapp1.models import PatientProfile
from smcapp1.services import OnlineAccount, claim_patient
from tests.factories import PatientFactory, UserFactory
from tests.races import run_together, without_row_locks
from tests.smcapp1.online import PASSWORD, make_code
from tests.smcapp1.test_patient_codes import signing_up

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("real_commits")]

BEFORE_IT_IS_SPENT = 'UPDATE "smcapp1_patientcode"'
BEFORE_THE_LOGIN = 'INSERT INTO "core_user"'


def claimed_by_two():
    """Let two people use one code, each with a name of their own."""
    patient = PatientFactory()
    patient.refresh_from_db()
    code = make_code(patient)
    claims = [
        partial(
            claim_patient,
            hospital_number=patient.hospital_number,
            code=code,
            username=username,
            password=PASSWORD,
            act=Act(UserFactory(is_staff=False)),
        )
        for username in ("ada", "obi")
    ]
    results = run_together(*claims, pause_before=BEFORE_IT_IS_SPENT)
    patient.refresh_from_db()
    return [type(one) for one in results], patient


def test_a_code_opens_one_account():
    kinds, patient = claimed_by_two()

    assert kinds == [OnlineAccount, CodeNotAccepted]
    assert patient.user.username == "ada"
    assert User.objects.filter(username__in=["ada", "obi"]).count() == 1


def test_without_the_lock_it_opens_two():
    with without_row_locks():
        kinds, _ = claimed_by_two()

    assert kinds == [OnlineAccount, OnlineAccount]
    assert User.objects.filter(username__in=["ada", "obi"]).count() == 2


def signed_up_by_two(*acts):
    signups = [retry_conflicts(partial(signing_up, act)) for act in acts]
    return run_together(*signups, pause_before=BEFORE_THE_LOGIN)


def test_one_form_sent_twice_at_once_makes_one_patient():
    act = Act(UserFactory(is_staff=False), "a key")

    first, second = signed_up_by_two(act, act)

    assert (first.facts(), second.facts()) == (first.facts(), first.facts())
    assert (first.replayed, second.replayed) == (False, True)
    assert PatientProfile.objects.count() == 1


def signed_up_in_other_capitals():
    visitor = UserFactory(is_staff=False)
    signups = [
        retry_conflicts(partial(signing_up, Act(visitor, name), username=name))
        for name in ("ngozi", "NGOZI")
    ]
    return [type(one) for one in run_together(*signups, pause_before=BEFORE_THE_LOGIN)]


def test_one_name_in_other_capitals_wanted_at_once_is_given_to_one():
    assert signed_up_in_other_capitals() == [OnlineAccount, UsernameTaken]
    assert PatientProfile.objects.count() == 1


def test_without_waiting_for_each_other_it_is_given_to_two():
    with mock.patch("smcapp1.services.accounts.hold_job"):
        kinds = signed_up_in_other_capitals()

    assert kinds == [OnlineAccount, OnlineAccount]


def test_one_name_wanted_by_two_at_once_is_given_to_one():
    visitor = UserFactory(is_staff=False)

    results = signed_up_by_two(Act(visitor, "one"), Act(visitor, "two"))

    assert [type(one) for one in results] == [OnlineAccount, UsernameTaken]
    assert PatientProfile.objects.count() == 1
