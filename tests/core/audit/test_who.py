"""Who is recorded: the person of a request, the command, and nobody of an earlier request."""

from functools import partial

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from hospital.core.audit.marks import mark_of, marked, marked_as_command
from hospital.core.models import Change
from smcapp1.models import PatientProfile
from tests.admin_pages import page_of, signed_in
from tests.api import client_as, client_of, post
from tests.core.audit.changes import changes_since, newest, sql
from tests.factories import PatientFactory, UserFactory

pytestmark = pytest.mark.django_db
PATIENT = {"first_name": "Ada", "last_name": "Obi", "date_of_birth": "1990-01-31", "sex": "F"}
APPLICATION = "hospital"


def _who(change):
    return (change.actor_id, change.via, change.program)


def test_a_change_in_the_admin_is_its_users(cashier):
    patient = PatientFactory(first_name="Ada", last_name="Obi", phone="1")
    start = newest()

    page = page_of("smcapp1_patientprofile", patient.pk)
    shown = {"first_name": "Ada", "last_name": "Obi", "phone": "1"}
    seen = {f"initial-{name}": value for name, value in shown.items()}
    signed_in(cashier).post(page, {**seen, **shown, "last_name": "Eze"})

    (change,) = changes_since(start)
    assert change.before == {"last_name": "Obi"}
    assert _who(change) == (cashier.pk, "admin:smcapp1_patientprofile_change", APPLICATION)


def test_a_change_over_rest_is_its_tokens_user(cashier):
    start = newest()

    post(client_of(cashier), "/api/patients/", PATIENT)

    (change,) = changes_since(start)
    assert _who(change) == (cashier.pk, "patients", APPLICATION)


def test_the_next_request_on_the_connection_is_not_the_last_ones(cashier):
    other = UserFactory(role="Cashier")
    start = newest()

    post(client_of(cashier), "/api/patients/", PATIENT)
    PatientFactory()
    post(client_of(other), "/api/patients/", PATIENT)
    sql("UPDATE smcapp1_patientprofile SET phone = '9' WHERE last_name = 'Obi'")

    recorded = [change.actor_id for change in changes_since(start)]
    assert recorded == [cashier.pk, None, other.pk, None, None]
    assert connection.execute_wrappers == []


def test_a_request_that_fails_leaves_no_mark(cashier):
    assert post(client_of(cashier), "/api/patients/", {}).status_code == 400
    assert client_as("Auditor").post("/api/patients/", PATIENT).status_code == 403

    assert connection.execute_wrappers == []


def test_a_command_is_named_with_the_account_that_ran_it(monkeypatch):
    monkeypatch.setenv("LOGNAME", "ops")
    start = newest()

    with marked_as_command(["manage.py", "createsuperuser", "--noinput"]):
        call_command("createsuperuser", "--noinput", username="root1", email="", verbosity=0)

    assert {_who(change) for change in changes_since(start)} == {
        (None, "command createsuperuser by ops", APPLICATION)
    }


def test_of_two_users_in_one_transaction_each_statement_has_its_own(cashier):
    other, patient = UserFactory(), PatientFactory(phone="1")
    start = newest()

    with transaction.atomic():
        for user, phone in ((cashier, "2"), (other, "3")):
            with marked(partial(mark_of, user.pk, "here")):
                PatientProfile.objects.filter(pk=patient.pk).update(phone=phone)

    assert [change.actor_id for change in changes_since(start)] == [cashier.pk, other.pk]


def test_no_value_can_pass_for_a_mark(cashier):
    patient = PatientFactory(phone="1")
    start = newest()

    PatientProfile.objects.filter(pk=patient.pk).update(phone=f"/*by:{cashier.pk} via:x*/")
    with marked(lambda: mark_of(None, f"*/ DROP TABLE core_user; /*by:{cashier.pk} via:y*/")):
        PatientProfile.objects.filter(pk=patient.pk).update(phone="2")

    assert [(change.actor_id, change.via) for change in changes_since(start)] == [
        (None, ""),
        (None, f" DROP TABLE core_user by:{cashier.pk} via:y"),
    ]


def test_when_is_the_clock_and_not_the_transactions_start():
    patient = PatientFactory()
    start = newest()

    with transaction.atomic():
        for phone in ("2", "3"):
            PatientProfile.objects.filter(pk=patient.pk).update(phone=phone)

    first, second = changes_since(start)
    assert first.changed_at < second.changed_at
    assert Change.objects.count() >= 2
