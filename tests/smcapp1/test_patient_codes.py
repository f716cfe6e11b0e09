"""One-time codes: who gets one, what it opens, and that it opens it once."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from hospital.core.acts import Act
from hospital.core.errors import InvalidRequest, KeyReused, NotFound
from hospital.core.models import User
from hospital.core.system_users import NAMES_KEPT_FREE
from smcapp1.errors import (
    AlreadyOnline,
    CodeNotAccepted,
    LoginOfStaff,
    NotOnline,
    UsernameTaken,
    WrongPassword,
)
from smcapp1.models import PatientCode, PatientProfile
from smcapp1.services import (
    change_password,
    claim_patient,
    issue_patient_code,
    reset_password,
    sign_up_patient,
)
from tests.factories import PatientFactory, UserFactory
from tests.rows import everything
from tests.smcapp1.online import ANOTHER, PASSWORD, login_of, make_code, make_online


@pytest.fixture
def patient(db) -> PatientProfile:
    patient = PatientFactory()
    patient.refresh_from_db()
    return patient


@pytest.fixture
def act(db) -> Act:
    return Act(UserFactory(is_staff=False), "a key")


def claiming(patient, code, act, username="ada"):
    return claim_patient(
        hospital_number=patient.hospital_number,
        code=code,
        username=username,
        password=PASSWORD,
        act=act,
    )


def resetting(patient, code, act):
    return reset_password(
        hospital_number=patient.hospital_number, code=code, password=ANOTHER, act=act
    )


def signing_up(act, **wanted):
    person = {
        "username": "ada",
        "password": PASSWORD,
        "first_name": "Ada",
        "last_name": "Obi",
        "date_of_birth": timezone.localdate() - timedelta(days=9000),
        "sex": "F",
    }
    return sign_up_patient(**{**person, **wanted}, act=act)


def test_a_code_opens_the_account_of_the_patient_it_was_printed_for(patient, act):
    account = claiming(patient, make_code(patient), act)

    user = login_of(patient)
    assert (account.patient_id, account.username) == (patient.pk, "ada")
    assert (user.username, user.check_password(PASSWORD)) == ("ada", True)
    assert [group.name for group in user.groups.all()] == ["Patient"]
    assert (user.is_staff, patient.is_self_registered) == (False, False)


def test_of_a_code_only_a_hash_is_kept(patient):
    code = make_code(patient)

    kept = str(list(PatientCode.objects.values_list()))

    assert code not in kept
    assert code.replace("-", "") not in kept


@pytest.mark.parametrize("written", [str.lower, lambda code: f" {code.replace('-', ' ')} "])
def test_however_people_write_it_it_is_the_same_code(patient, act, written):
    assert claiming(patient, written(make_code(patient)), act).patient_id == patient.pk


def test_a_code_is_used_once(patient, act):
    code = make_code(patient)
    claiming(patient, code, act)
    PatientProfile.objects.filter(pk=patient.pk).update(user=None)

    with pytest.raises(CodeNotAccepted):
        claiming(patient, code, Act(act.actor), username="obi")


def test_the_same_form_sent_again_has_the_same_answer_and_does_nothing(patient, act):
    code = make_code(patient)
    first = claiming(patient, code, act)
    before = everything()

    again = claiming(patient, code, act)

    assert (again.facts(), again.replayed) == (first.facts(), True)
    assert everything() == before


def test_a_newer_code_voids_the_one_before(patient, act):
    older, newer = make_code(patient), make_code(patient)

    with pytest.raises(CodeNotAccepted):
        claiming(patient, older, act)
    assert claiming(patient, newer, act).patient_id == patient.pk


def test_a_code_that_is_too_old_opens_nothing(patient, act, settings):
    settings.PATIENT_CODE_HOURS = 0
    code = make_code(patient)

    with pytest.raises(CodeNotAccepted):
        claiming(patient, code, act)


def test_what_does_not_fit_is_refused_and_leaves_no_trace(patient, act):
    mine, other = make_code(patient), PatientFactory()
    other.refresh_from_db()
    before = everything()

    for holder, code in ((other, mine), (patient, "AAAAA-AAAAA"), (patient, "")):
        with pytest.raises(CodeNotAccepted):
            claiming(holder, code, act)
    with pytest.raises(CodeNotAccepted):
        resetting(patient, mine, act)
    with pytest.raises(UsernameTaken):
        claiming(patient, mine, act, username=act.actor.username)

    assert everything() == before
    assert claiming(patient, mine, act).patient_id == patient.pk


def test_a_patient_who_got_an_account_meanwhile_gets_no_second_one(patient, act):
    code = make_code(patient)
    PatientProfile.objects.filter(pk=patient.pk).update(user=UserFactory(is_staff=False))

    with pytest.raises(AlreadyOnline):
        claiming(patient, code, act)


def test_a_code_sets_a_new_password_and_the_old_one_is_over(db, act):
    patient = make_online()

    account = resetting(patient, make_code(patient, "RESET"), act)

    assert account.username == "ada"
    assert login_of(patient).check_password(ANOTHER)


def make_staff(user):
    User.objects.filter(pk=user.pk).update(is_staff=True)


def make_superuser(user):
    User.objects.filter(pk=user.pk).update(is_superuser=True)


def give_role(user):
    user.groups.add(Group.objects.get(name="Cashier"))


def give_permission(user):
    user.user_permissions.add(Permission.objects.get(codename="take_deposit"))


def give_second_factor(user):
    TOTPDevice.objects.create(user=user, name="App", confirmed=True)


@pytest.mark.parametrize(
    "become_more", [make_staff, make_superuser, give_role, give_permission, give_second_factor]
)
def test_no_code_opens_a_login_that_is_more_than_a_patients(db, act, cashier, become_more):
    patient = make_online()
    code = make_code(patient, "RESET")
    become_more(login_of(patient))

    with pytest.raises(CodeNotAccepted):
        resetting(patient, code, act)
    with pytest.raises(LoginOfStaff):
        issue_patient_code(patient_id=patient.pk, purpose="RESET", act=Act(cashier))
    assert login_of(patient).check_password(PASSWORD)
    assert PatientCode.objects.count() == 1


def test_codes_are_printed_for_what_they_can_be_used_for(patient, cashier):
    online, staff = make_online(), PatientFactory(user=UserFactory(role="Supervisor"))
    nobody = 987_654_321

    refusals = {}
    for pk, purpose in (
        (patient.pk, "RESET"),
        (online.pk, "CLAIM"),
        (staff.pk, "RESET"),
        (nobody, "CLAIM"),
    ):
        with pytest.raises((NotOnline, AlreadyOnline, LoginOfStaff, NotFound)) as refused:
            issue_patient_code(patient_id=pk, purpose=purpose, act=Act(cashier))
        refusals[pk] = refused.type

    assert refusals == {
        patient.pk: NotOnline,
        online.pk: AlreadyOnline,
        staff.pk: LoginOfStaff,
        nobody: NotFound,
    }
    assert PatientCode.objects.count() == 0


def test_a_code_is_told_once_however_often_its_form_is_sent(patient, cashier):
    act = Act(cashier, "a key")
    first, again = [
        issue_patient_code(patient_id=patient.pk, purpose="CLAIM", act=act) for _ in range(2)
    ]

    assert (len(first.code), again.code, again.replayed) == (11, "", True)
    assert PatientCode.objects.count() == 1


def test_who_signs_up_is_a_new_patient_whom_nobody_has_seen(act):
    account = signing_up(act, phone="+234 800")

    patient = PatientProfile.objects.get(pk=account.patient_id)
    assert (patient.full_name, patient.phone, patient.is_self_registered) == (
        "Ada Obi",
        "+234 800",
        True,
    )
    user = login_of(patient)
    assert (user.username, user.get_full_name()) == ("ada", "Ada Obi")
    assert account.hospital_number == patient.hospital_number


def test_signing_up_again_with_the_same_form_makes_nobody_else(act):
    first = signing_up(act)
    before = everything()

    again = signing_up(act)

    assert (again.facts(), again.replayed) == (first.facts(), True)
    assert everything() == before
    with pytest.raises(KeyReused):
        signing_up(act, first_name="Ade")


@pytest.mark.parametrize("username", ["obi", "OBI", *sorted(NAMES_KEPT_FREE)])
def test_nobody_signs_up_by_a_name_that_is_somebodys(act, username):
    UserFactory(username="obi")
    before = everything()

    with pytest.raises(UsernameTaken):
        signing_up(act, username=username)

    assert everything() == before


def test_nobody_signs_up_before_they_are_born(act):
    with pytest.raises(InvalidRequest):
        signing_up(act, date_of_birth=timezone.localdate() + timedelta(days=1))


def test_another_password_needs_the_one_before(db):
    user = login_of(make_online())
    wanted = {"user_id": user.pk, "new_password": ANOTHER, "act": Act(user, "a key")}

    with pytest.raises(WrongPassword):
        change_password(old_password="wrong", **wanted)
    first, again = [change_password(old_password=PASSWORD, **wanted) for _ in range(2)]

    user.refresh_from_db()
    assert (first, again, user.check_password(ANOTHER)) == (False, True, True)
