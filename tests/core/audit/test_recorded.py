"""What is recorded of a change, however it is made."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection

from hospital.core.audit.records import audited_kinds
from hospital.core.models import User
from smcapp1.models import PatientProfile, Price, ServiceItem, StockBatch
from tests.core.audit.changes import changes_since, newest, seen_since, sql
from tests.factories import (
    DepartmentFactory,
    PatientFactory,
    UserFactory,
    make_bill,
    make_drug,
    make_item,
    make_wallet,
)
from tests.invoicing_app.desk import pay
from tests.rows import statements

pytestmark = pytest.mark.django_db


def test_a_bulk_update_is_recorded_row_by_row():
    first, second = make_item(price="10.00"), make_item(price="20.00")
    start = newest()

    Price.objects.filter(service_item__in=[first, second]).update(unit_price=Decimal("15.00"))

    assert seen_since(start, "unit_price") == [
        ("smcapp1_price", "CHANGED", {"unit_price": Decimal("10.00")}, {"unit_price": 15}),
        ("smcapp1_price", "CHANGED", {"unit_price": Decimal("20.00")}, {"unit_price": 15}),
    ]


def test_an_amount_is_kept_to_the_cent():
    item = make_item(price="999999999999.99")
    start = newest()

    Price.objects.filter(service_item=item).update(unit_price=Decimal("0.10"))

    (change,) = changes_since(start)
    assert change.before == {"unit_price": Decimal("999999999999.99")}
    assert change.after is not None
    assert str(change.after["unit_price"]) == "0.10"


def test_what_is_added_in_bulk_is_recorded_whole():
    department = DepartmentFactory()
    start = newest()

    ServiceItem.objects.bulk_create(
        ServiceItem(code=code, name=code.lower(), department=department) for code in ("A", "B")
    )

    assert seen_since(start, "code", "name", "is_active") == [
        ("smcapp1_serviceitem", "ADDED", None, {"code": "A", "name": "a", "is_active": True}),
        ("smcapp1_serviceitem", "ADDED", None, {"code": "B", "name": "b", "is_active": True}),
    ]


def test_a_price_that_an_upsert_replaces_is_a_change_and_not_an_addition():
    item = make_item(price="10.00")
    start = newest()

    sql(
        "INSERT INTO smcapp1_price (service_item_id, unit_price, effective_from)"
        " VALUES (%s, 12, '2020-01-01')"
        " ON CONFLICT (service_item_id, effective_from) DO UPDATE SET unit_price = 12",
        item.pk,
    )

    assert seen_since(start) == [("smcapp1_price", "CHANGED", {"unit_price": Decimal("10.00")}, {})]


def test_raw_sql_of_the_applications_role_is_recorded():
    patient = PatientFactory(phone="1")
    start = newest()

    sql("UPDATE smcapp1_patientprofile SET phone = '2' WHERE id = %s", patient.pk)

    assert seen_since(start, "phone", "last_name") == [
        (
            "smcapp1_patientprofile",
            "CHANGED",
            {"phone": "1"},
            {"phone": "2", "last_name": patient.last_name},
        )
    ]


def test_an_update_that_changes_nothing_is_not_recorded():
    patient = PatientFactory()
    start = newest()

    PatientProfile.objects.filter(pk=patient.pk).update(phone=patient.phone)

    assert changes_since(start) == []


def test_a_role_granted_by_raw_sql_concerns_the_user_and_the_role():
    user, role = UserFactory(), Group.objects.get(name="Supervisor")
    start = newest()

    sql("INSERT INTO core_user_groups (user_id, group_id) VALUES (%s, %s)", user.pk, role.pk)

    (change,) = changes_since(start)
    assert (change.record, change.kind) == ("core_user_groups", "ADDED")
    assert set(change.subjects) >= {f"core_user:{user.pk}", f"auth_group:{role.pk}"}


def test_roles_and_permissions_taken_away_are_recorded():
    user = UserFactory(role="Cashier")
    permission = Permission.objects.get(codename="view_change")
    user.user_permissions.add(permission)
    role = Group.objects.get(name="Auditor")
    start = newest()

    user.groups.clear()
    user.user_permissions.clear()
    role.permissions.remove(permission)

    assert [(change.record, change.kind) for change in changes_since(start)] == [
        ("core_user_groups", "REMOVED"),
        ("core_user_user_permissions", "REMOVED"),
        ("auth_group_permissions", "REMOVED"),
    ]


def test_of_a_password_only_that_it_changed_is_kept():
    user = UserFactory(password="first")
    start = newest()

    user.set_password("second")
    user.save()

    (change,) = changes_since(start)
    assert change.before == {"password": None}
    added = changes_since(0)
    assert [one for one in added if "password" in (one.after or {})] == []


def test_signing_in_changes_nothing_that_is_recorded(client):
    user = UserFactory()
    start = newest()

    client.force_login(user)

    user.refresh_from_db()
    assert user.last_login is not None
    assert changes_since(start) == []


def test_a_user_who_is_deleted_stays_in_the_record():
    user = UserFactory(username="gone")
    start = newest()

    User.objects.filter(pk=user.pk)._raw_delete("default")

    assert [(one.kind, (one.before or {})["username"]) for one in changes_since(start)] == [
        ("REMOVED", "gone")
    ]


def test_a_payment_records_no_change_and_sends_no_statement_more(cashier):
    drug = make_drug(price="100.00", holding=5)
    bill = make_bill(drug, patient=PatientFactory())
    start = newest()

    pay(bill, cashier, "CASH", "100.00")

    assert changes_since(start) == []
    assert StockBatch.objects.get(service_item=drug).quantity_on_hand == 4


def test_a_delivery_records_the_batch_with_its_cost():
    start = newest()

    drug = make_drug(holding=7)

    added = [change for change in changes_since(start) if change.record == "smcapp1_stockbatch"]
    assert [change.kind for change in added] == ["ADDED"]
    assert f"smcapp1_serviceitem:{drug.pk}" in added[0].subjects


def test_every_audited_table_has_the_triggers_and_the_links_that_the_apps_name():
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT tgrelid::regclass::text, array_agg(tgname::text ORDER BY tgname),
                   bool_and(tgenabled = 'A'),
                   max(encode(tgargs, 'escape'))
              FROM pg_trigger WHERE tgname LIKE 'records%%' GROUP BY 1
            """
        )
        there = {table: (names, always, args) for table, names, always, args in cursor.fetchall()}

    names = ["records_delete", "records_insert", "records_not_truncated", "records_update"]
    there["smcapp1_stockbatch"][0].remove("records_quantity")
    of_wallets, *_ = there["client_wallet_walletaccount"]
    assert of_wallets == ["records_update"]  # of its status; a deposit opens wallets and fills them
    of_wallets[:] = names
    assert there == {
        table: (names, True, _arguments(kind)) for table, kind in audited_kinds().items()
    }


def _arguments(kind):
    """Return what the triggers are told, as PostgreSQL shows it."""
    fields = {field.name: field for field in kind.model._meta.concrete_fields}
    links = " ".join(
        f"{fields[name].column}>{fields[name].related_model._meta.db_table}"
        for name in kind.audited.links
    )
    told = [links, " ".join(kind.audited.hidden), " ".join(kind.audited.ignored)]
    return "".join(f"{one}\\000" for one in told)


def test_the_status_of_a_wallet_is_recorded_by_whoever_changes_it():
    wallet = make_wallet(holding="100.00")
    start = newest()

    sql("UPDATE client_wallet_walletaccount SET status = 'FROZEN' WHERE id = %s", wallet.pk)
    sql("UPDATE client_wallet_walletaccount SET status = 'FROZEN' WHERE id = %s", wallet.pk)

    (change,) = changes_since(start)
    assert (change.record, change.record_id, change.before) == (
        "client_wallet_walletaccount",
        str(wallet.pk),
        {"status": "ACTIVE"},
    )
    assert set(change.after or {}) == {"id", "patient_id", "status", "created_at"}
    assert change.subjects == [
        f"client_wallet_walletaccount:{wallet.pk}",
        f"smcapp1_patientprofile:{wallet.patient_id}",
    ]


def test_money_that_comes_and_goes_is_no_change_of_its_wallet():
    patient = PatientFactory()
    start = newest()

    wallet = make_wallet(patient=patient, holding="100.00")

    assert wallet.account_balance == Decimal("100.00")
    of_users = {"core_user", "core_user_groups"}  # the cashier who took it
    assert {change.record for change in changes_since(start)} == of_users


def test_statements_of_a_change_are_as_many_as_before():
    patient = PatientFactory()

    def change():
        PatientProfile.objects.filter(pk=patient.pk).update(last_name="Other")

    assert statements(change) == 1
