"""Nobody changes the record of changes, writes into it, or goes past it."""

from contextlib import suppress

import psycopg2
import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction

from hospital.core.audit.marks import mark_of
from hospital.core.models import Change
from smcapp1.models import PatientProfile, StockBatch
from tests.core.audit.changes import changes_since, newest, seen_since, sql
from tests.databases import owner_cursor
from tests.factories import PatientFactory, UserFactory, make_drug

WRITE = (
    "INSERT INTO core_change (changed_at, record, kind, record_id, subjects, via, database_role,"
    " program) VALUES (now(), 'core_user', 'CHANGED', '1', '{}', '', 'somebody', '')"
)
FORGERIES = [
    WRITE,
    "UPDATE core_change SET actor_id = NULL",
    "DELETE FROM core_change",
    "TRUNCATE core_change",
    "TRUNCATE smcapp1_price",
    "ALTER TABLE smcapp1_price DISABLE TRIGGER ALL",
    "DROP TRIGGER records_update ON smcapp1_price",
    "SET session_replication_role = replica",
    "CREATE TEMPORARY TABLE core_user (id bigint, username text) ON COMMIT DROP;"
    " CREATE TRIGGER forged AFTER UPDATE ON core_user"
    " FOR EACH ROW EXECUTE FUNCTION core_record_change('', '', '')",
]
OWNERS = [
    "UPDATE core_change SET actor_id = NULL",
    "DELETE FROM core_change",
    "TRUNCATE core_change",
    "TRUNCATE smcapp1_price",
    "TRUNCATE core_user CASCADE",
    "TRUNCATE core_user_groups",
]


@pytest.mark.django_db
@pytest.mark.parametrize("forgery", FORGERIES)
def test_the_applications_role_cannot_forge_the_record(forgery):
    PatientFactory()
    before = list(Change.objects.order_by("pk").values())

    with (
        pytest.raises(ProgrammingError, match="permission denied|must be owner"),
        transaction.atomic(),
    ):
        sql(forgery)

    assert list(Change.objects.order_by("pk").values()) == before


@pytest.mark.django_db
def test_a_temporary_table_of_the_same_name_takes_no_change_away():
    patient = PatientFactory(phone="1")
    start = newest()

    with transaction.atomic():
        sql("CREATE TEMPORARY TABLE core_change (LIKE core_change) ON COMMIT DROP")
        sql("UPDATE public.smcapp1_patientprofile SET phone = '2' WHERE id = %s", patient.pk)
        sql("DROP TABLE pg_temp.core_change")

    assert [change.before for change in changes_since(start)] == [{"phone": "1"}]


@pytest.mark.django_db
def test_a_change_that_is_undone_leaves_no_record():
    patient = PatientFactory()
    start = newest()

    with suppress(DatabaseError), transaction.atomic():
        PatientProfile.objects.filter(pk=patient.pk).update(phone="2")
        sql("SELECT 1 / 0")

    assert changes_since(start) == []


@pytest.mark.parametrize("session", ["origin", "replica"])
def test_the_owner_cannot_change_or_empty_what_is_recorded(session, real_commits):
    with owner_cursor(real_commits) as cursor:
        with suppress(psycopg2.errors.InsufficientPrivilege):  # only a superuser may set it
            cursor.execute(f"SET session_replication_role = {session}")
        refusals = {}
        for statement in OWNERS:
            with pytest.raises(psycopg2.Error) as caught:
                cursor.execute(statement)
            refusals[statement] = caught.value.pgcode

    assert refusals == dict.fromkeys(OWNERS, "23001")


def test_what_the_owner_changes_is_recorded_under_the_databases_role(real_commits):
    patient = PatientFactory(phone="1")
    start = newest()

    with owner_cursor(real_commits) as cursor:
        cursor.execute("SET application_name = 'by hand'")
        cursor.execute("UPDATE smcapp1_patientprofile SET phone = '2'")
        cursor.execute("SELECT session_user")
        (role,) = cursor.fetchone()

    (change,) = changes_since(start)
    assert (change.record_id, change.before) == (str(patient.pk), {"phone": "1"})
    assert (change.actor, change.via, change.database_role, change.program) == (
        None,
        "",
        role,
        "by hand",
    )


def test_a_role_that_could_rewrite_the_record_cannot_blame_somebody(real_commits):
    user = UserFactory()
    PatientFactory(phone="1")
    start = newest()

    with owner_cursor(real_commits) as cursor:
        cursor.execute(f"{mark_of(user.pk, 'x')} UPDATE smcapp1_patientprofile SET phone = ''")  # noqa: S608

    assert [change.actor_id for change in changes_since(start)] == [None]


def test_a_quantity_that_the_owner_changes_without_a_movement_is_recorded(real_commits):
    make_drug(holding=5)
    start = newest()

    with owner_cursor(real_commits) as cursor:
        cursor.execute("UPDATE smcapp1_stockbatch SET quantity_on_hand = 6")

    assert seen_since(start, "quantity_on_hand") == [
        ("smcapp1_stockbatch", "CHANGED", {"quantity_on_hand": 5}, {"quantity_on_hand": 6})
    ]


def test_a_cost_and_a_quantity_changed_both_at_once_are_one_change(real_commits):
    make_drug(holding=5)
    start = newest()

    with owner_cursor(real_commits) as cursor:
        cursor.execute("UPDATE smcapp1_stockbatch SET quantity_on_hand = 6, unit_cost = 2")

    (change,) = changes_since(start)
    assert change.before == {"quantity_on_hand": 5, "unit_cost": 0}


def test_every_other_column_of_a_batch_is_recorded(real_commits):
    make_drug(holding=5)
    other = make_drug()
    changes = {
        "service_item_id": other.pk,
        "batch_number": "'B2'",
        "expires_on": "'2099-01-01'",
        "unit_cost": 7,
    }
    start = newest()

    with owner_cursor(real_commits) as cursor:
        for column, value in changes.items():
            cursor.execute(f"UPDATE smcapp1_stockbatch SET {column} = {value}")  # noqa: S608 - ours

    recorded = {key for change in changes_since(start) for key in (change.before or {})}
    columns = {field.column for field in StockBatch._meta.concrete_fields}
    assert recorded == set(changes) == columns - {"id", "quantity_on_hand"}


@pytest.mark.django_db
def test_a_refused_change_is_refused_as_before():
    patient = PatientFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        PatientProfile.objects.filter(pk=patient.pk).update(sex="?")

    assert connection.is_usable()
