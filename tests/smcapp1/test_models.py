"""What the database refuses of the hospital's records, whatever the code does."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from hospital.core.acts import Act
from smcapp1.models import (
    Consultation,
    Department,
    LabResult,
    PatientProfile,
    Price,
    ServiceItem,
    StockBatch,
    StockMovement,
)
from smcapp1.services import receive_stock
from tests.factories import (
    ConsultationFactory,
    DepartmentFactory,
    PatientFactory,
    UserFactory,
    make_drug,
    make_item,
)
from tests.rows import changeable_columns, everything, rule_that_refuses

pytestmark = pytest.mark.usefixtures("db")

BORN = date(1990, 5, 17)


def write_patient(**changed):
    facts = {"first_name": "Ada", "last_name": "Obi", "date_of_birth": BORN, "sex": "F"}
    return PatientProfile.objects.create(**{**facts, **changed})


def write_department(**changed):
    facts = {"code": "WARD_7", "name": "Ward 7", "kind": "OTHER"}
    return Department.objects.create(**{**facts, **changed})


def write_consultation(**changed):
    facts = {
        "patient": PatientFactory(),
        "opened_at": timezone.now(),
        "opened_by": UserFactory(),
    }
    return Consultation.objects.create(**{**facts, **changed})


def write_service_item(**changed):
    facts = {"code": "XR-1", "name": "Chest X-ray", "department": DepartmentFactory()}
    return ServiceItem.objects.create(**{**facts, **changed})


def write_price(**changed):
    facts = {"unit_price": Decimal("0.01"), "effective_from": date(2026, 1, 1)}
    return Price.objects.create(service_item=make_item(), **{**facts, **changed})


def write_batch(**changed):
    facts = {"batch_number": "B1", "expires_on": date(2030, 1, 1)}
    return StockBatch.objects.create(service_item=make_drug(), **{**facts, **changed})


def write_movement(**changed):
    facts = {"kind": "RECEIVED", "quantity": 5, "quantity_after": 5, "moved_by": UserFactory()}
    return StockMovement.objects.create(batch=write_batch(), **{**facts, **changed})


def write_lab_result(**changed):
    facts = {"consultation": ConsultationFactory(), "test": make_item("LABORATORY")}
    return LabResult.objects.create(**{**facts, **changed})


def entered(**changed):
    facts = {"status": "RESULTED", "result": "Negative", "resulted_at": timezone.now()}
    return {**facts, "resulted_by": UserFactory(), **changed}


def released(**changed):
    facts = {"released_by": UserFactory(), "released_at": timezone.now()}
    return entered(**{"status": "RELEASED", **facts, **changed})


BROKEN = [
    (write_patient, {"first_name": ""}, "patient_has_a_name"),
    (write_patient, {"last_name": ""}, "patient_has_a_name"),
    (write_patient, {"sex": "Q"}, "patient_sex_is_known"),
    (write_department, {"code": "ALL"}, "department_code_is_upper_case_and_not_all"),
    (write_department, {"code": ""}, "department_code_is_upper_case_and_not_all"),
    (write_department, {"code": "ward"}, "department_code_is_upper_case_and_not_all"),
    (write_department, {"code": "7TH"}, "department_code_is_upper_case_and_not_all"),
    (write_department, {"code": "WARD 7"}, "department_code_is_upper_case_and_not_all"),
    (write_department, {"code": "ALL\n"}, "department_code_is_upper_case_and_not_all"),
    (write_department, {"kind": "DENTAL"}, "department_kind_is_known"),
    (write_consultation, {"status": "LOST"}, "consultation_status_is_known"),
    (write_service_item, {"code": ""}, "service_item_has_code_and_name"),
    (write_service_item, {"name": ""}, "service_item_has_code_and_name"),
    (write_price, {"unit_price": "0.00"}, "price_above_zero"),
    (write_price, {"unit_price": "-0.01"}, "price_above_zero"),
    (write_batch, {"unit_cost": "-0.01"}, "stock_cost_not_negative"),
    (write_movement, {"quantity": 0, "quantity_after": 0}, "movement_above_zero"),
    (write_movement, {"kind": "STOLEN"}, "movement_kind_is_known"),
    (write_movement, {"kind": "WRITTEN_OFF", "quantity_after": 0}, "write_off_has_a_reason"),
    (
        write_movement,
        {"quantity": 6, "quantity_after": 5},
        "movement_into_stock_leaves_at_least_itself",
    ),
    (
        write_movement,
        {"kind": "RETURNED", "quantity": 6, "quantity_after": 5},
        "movement_into_stock_leaves_at_least_itself",
    ),
    (write_lab_result, {"status": "LOST"}, "a_result_has_text_author_and_time"),
    (write_lab_result, {"status": "RESULTED"}, "a_result_has_text_author_and_time"),
    (write_lab_result, {"result": "Negative"}, "a_result_has_text_author_and_time"),
]


def named(value):
    return value.__name__ if callable(value) else str(value)


@pytest.mark.parametrize(("write", "wrong", "rule"), BROKEN, ids=named)
def test_a_record_that_breaks_a_rule_is_refused(write, wrong, rule):
    refused_by = rule_that_refuses(lambda: write(**wrong))

    assert refused_by == rule


@pytest.mark.parametrize(
    "missing", [{"resulted_by": None}, {"resulted_at": None}, {"result": ""}], ids=str
)
@pytest.mark.parametrize("whole", [entered, released])
def test_a_lab_result_needs_author_time_and_text(whole, missing):
    refused_by = rule_that_refuses(lambda: write_lab_result(**whole(**missing)))

    assert refused_by == "a_result_has_text_author_and_time"


@pytest.mark.parametrize("missing", [{"released_by": None}, {"released_at": None}], ids=str)
def test_a_release_needs_author_and_time(missing):
    refused_by = rule_that_refuses(lambda: write_lab_result(**released(**missing)))

    assert refused_by == "a_released_result_has_releaser_and_time"


def test_only_what_is_released_has_a_releaser():
    refused_by = rule_that_refuses(lambda: write_lab_result(**released(status="RESULTED")))

    assert refused_by == "a_released_result_has_releaser_and_time"


@pytest.mark.parametrize("half", ["set_by", "set_at"])
def test_a_price_has_author_and_time_or_neither(half):
    known = {"set_by": UserFactory(), "set_at": timezone.now()}

    refused_by = rule_that_refuses(lambda: write_price(**{half: known[half]}))

    assert refused_by == "price_has_author_and_time_or_neither"


@pytest.mark.parametrize(
    "write",
    [
        write_patient,
        write_department,
        write_consultation,
        write_service_item,
        write_price,
        write_batch,
        write_movement,
        write_lab_result,
        lambda: write_lab_result(**entered()),
        lambda: write_lab_result(**released()),
        lambda: write_movement(kind="DISPENSED", quantity_after=0),
        lambda: write_movement(kind="WRITTEN_OFF", quantity_after=0, reason="Broken"),
        *[lambda kind=kind: write_department(kind=kind) for kind in Department.Kind.values],
    ],
)
def test_a_record_that_keeps_the_rules_is_accepted(write):
    written = write()

    assert list(type(written).objects.filter(pk=written.pk)) == [written]


def test_stock_is_never_negative():
    batch = write_batch(quantity_on_hand=1)

    refused_by = rule_that_refuses(
        lambda: StockBatch.objects.filter(pk=batch.pk).update(quantity_on_hand=-1)
    )

    assert refused_by in {"stock_not_negative", "smcapp1_stockbatch_quantity_on_hand_check"}


def test_an_item_has_one_price_a_day():
    price = write_price()
    same_day = {"service_item": price.service_item, "effective_from": price.effective_from}

    refused_by = rule_that_refuses(lambda: Price.objects.create(unit_price="9.00", **same_day))

    assert refused_by == "one_price_per_item_and_day"


def test_a_batch_of_one_expiry_has_one_row():
    batch = write_batch()
    same = {"service_item": batch.service_item, "batch_number": "B1"}
    StockBatch.objects.create(**same, expires_on=batch.expires_on + timedelta(days=1))

    refused_by = rule_that_refuses(
        lambda: StockBatch.objects.create(**same, expires_on=batch.expires_on)
    )

    assert refused_by == "one_row_per_batch"


@pytest.mark.parametrize(
    ("write", "field"),
    [
        (write_department, "code"),
        (write_service_item, "code"),
        (write_patient, "external_id"),
        (write_consultation, "external_id"),
        (write_patient, "hospital_number"),
    ],
)
def test_a_name_in_the_records_is_used_once(write, field):
    written = write(**{field: "WARD_9"})

    refused_by = rule_that_refuses(lambda: write(**{field: "WARD_9"}))

    assert refused_by == f"{written._meta.db_table}_{field}_key"


def test_records_without_an_external_id_do_not_meet():
    patients = [write_patient(external_id=None), write_patient(external_id=None)]

    assert [patient.external_id for patient in patients] == [None, None]


# What the application's role may change


@pytest.mark.parametrize(
    ("model", "columns"),
    [
        (
            PatientProfile,
            {"first_name", "last_name", "date_of_birth", "sex", "phone", "user_id"},
        ),
        (Department, {"name"}),
        (StockMovement, set()),
        (StockBatch, {"quantity_on_hand"}),
        (Consultation, {"status"}),
        (Price, {"unit_price", "set_by_id", "set_at"}),
        (
            LabResult,
            {
                "result",
                "status",
                "resulted_by_id",
                "resulted_at",
                "released_by_id",
                "released_at",
            },
        ),
    ],
)
def test_the_application_may_change_these_columns_and_no_other(model, columns):
    changeable = changeable_columns(model._meta.db_table)

    assert changeable == columns


@pytest.mark.parametrize(
    "model", [Department, StockMovement, StockBatch, Consultation, Price, LabResult]
)
@pytest.mark.parametrize("change", ["DELETE FROM", "TRUNCATE"])
def test_the_application_may_not_remove_departments_stock_visits_prices_or_results(model, change):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"{change} {model._meta.db_table}")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE smcapp1_stockmovement SET quantity = 1",
        "UPDATE smcapp1_stockmovement SET moved_by_id = moved_by_id",
        "UPDATE smcapp1_stockbatch SET expires_on = '2099-01-01'",
        "DELETE FROM smcapp1_stockmovement",
    ],
)
def test_the_application_may_not_rewrite_what_left_the_shelf(change):
    receive_stock(
        service_item_id=make_drug().pk,
        batch_number="B1",
        expires_on=date(2030, 1, 1),
        quantity=5,
        act=Act(UserFactory()),
    )
    before = everything()

    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)

    assert everything() == before
