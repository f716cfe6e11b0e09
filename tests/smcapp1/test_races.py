"""Two people at one batch or one key at once; each race is lost without the row locks."""

from datetime import date
from functools import partial

import pytest
from django.db import IntegrityError

from hospital.core.acts import Act
from hospital.core.errors import KeyReused
from hospital.core.transactions import TransactionConflict, retry_conflicts
from smcapp1.errors import MoreThanOnHand, PatientChanged, ResultReleased
from smcapp1.models import Consultation, LabResult, PatientProfile, StockBatch, StockMovement
from smcapp1.services import (
    Received,
    Released,
    WrittenOff,
    change_patient,
    enter_result,
    open_consultation,
    receive_stock,
    register_patient,
    release_result,
    write_off_stock,
)
from tests.factories import ConsultationFactory, PatientFactory, UserFactory, make_drug
from tests.races import run_together, without_row_locks

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("real_commits")]

BEFORE_THE_SHELF = 'UPDATE "smcapp1_stockbatch"'
BEFORE_THE_RESULT = 'UPDATE "smcapp1_labresult"'
BEFORE_THE_PATIENT = 'INSERT INTO "smcapp1_patientprofile"'
BEFORE_THE_CORRECTION = 'UPDATE "smcapp1_patientprofile"'
BEFORE_THE_VISIT = 'INSERT INTO "smcapp1_consultation"'
EXPIRY = date(2030, 1, 1)


def receive_into(drug, quantities):
    return run_together(
        *(
            partial(
                receive_stock,
                service_item_id=drug.pk,
                batch_number="B1",
                expires_on=EXPIRY,
                quantity=quantity,
                act=Act(UserFactory(role="Pharmacist")),
            )
            for quantity in quantities
        ),
        pause_before=BEFORE_THE_SHELF,
    )


def make_batch(drug):
    StockBatch.objects.create(service_item=drug, batch_number="B1", expires_on=EXPIRY)


def test_two_deliveries_of_one_batch_add_up():
    drug = make_drug()
    make_batch(drug)

    received = receive_into(drug, [5, 7])

    assert [type(one) for one in received] == [Received, Received]
    assert StockBatch.objects.get().quantity_on_hand == 12
    assert list(StockMovement.objects.order_by("pk").values_list("quantity", "quantity_after")) == [
        (5, 5),
        (7, 12),
    ]


def test_without_the_lock_a_delivery_is_lost():
    drug = make_drug()
    make_batch(drug)

    with without_row_locks():
        receive_into(drug, [5, 7])

    assert StockBatch.objects.get().quantity_on_hand == 7


def test_two_first_deliveries_of_one_batch_open_it_once():
    received = receive_into(make_drug(), [5, 7])

    assert [type(one) for one in received] == [Received, Received]
    assert StockBatch.objects.get().quantity_on_hand == 12


def write_off_twice(quantities):
    make_drug(holding=10)
    batch = StockBatch.objects.get()
    return run_together(
        *(
            partial(
                write_off_stock,
                batch_id=batch.pk,
                quantity=quantity,
                reason="Broken",
                act=Act(UserFactory(role="Pharmacist")),
            )
            for quantity in quantities
        ),
        pause_before=BEFORE_THE_SHELF,
    )


def test_two_write_offs_of_one_batch_never_take_more_than_it_holds():
    first, second = write_off_twice([6, 5])

    assert isinstance(first, WrittenOff)
    assert isinstance(second, MoreThanOnHand)
    assert StockBatch.objects.get().quantity_on_hand == 4


def test_without_the_lock_more_is_written_off_than_there_was():
    with without_row_locks():
        results = write_off_twice([6, 5])

    written_off = StockMovement.objects.filter(kind="WRITTEN_OFF")
    assert [type(one) for one in results] == [WrittenOff, WrittenOff]
    assert sum(written_off.values_list("quantity", flat=True)) == 11


def release_while_it_is_corrected():
    scientist = UserFactory(role="Laboratory")
    test = LabResult.objects.create(consultation=ConsultationFactory(), test=make_drug())
    read = enter_result(lab_result_id=test.pk, result="Negative", act=Act(scientist))
    assert read.resulted_at
    return run_together(
        partial(
            release_result,
            lab_result_id=test.pk,
            entered_at=read.resulted_at,
            act=Act(scientist),
        ),
        partial(enter_result, lab_result_id=test.pk, result="Positive", act=Act(scientist)),
        pause_before=BEFORE_THE_RESULT,
    )


def test_a_result_is_released_as_it_was_read_or_not_at_all():
    released, corrected = release_while_it_is_corrected()

    assert isinstance(released, Released)
    assert isinstance(corrected, ResultReleased)
    assert LabResult.objects.get().result == "Negative"


def test_without_the_lock_the_database_still_refuses_to_change_what_was_released():
    with without_row_locks():
        released, corrected = release_while_it_is_corrected()

    assert isinstance(released, Released)
    assert isinstance(corrected, IntegrityError)
    assert LabResult.objects.get().result == "Negative"


ADA = {
    "first_name": "Ada",
    "last_name": "Obi",
    "date_of_birth": date(1990, 5, 17),
    "sex": "F",
}


def register_twice(register, **other):
    act = Act(UserFactory(role="Cashier"), "tap-1")
    return run_together(
        partial(register, **ADA, act=act),
        partial(register, **{**ADA, **other}, act=act),
        pause_before=BEFORE_THE_PATIENT,
    )


def test_a_patient_sent_twice_under_one_key_is_registered_once():
    first, second = register_twice(retry_conflicts(register_patient))

    assert second.patient == first.patient
    assert (first.replayed, second.replayed) == (False, True)
    assert PatientProfile.objects.count() == 1


def test_two_patients_sent_under_one_key_are_one_patient_and_one_refusal():
    first, second = register_twice(retry_conflicts(register_patient), first_name="Amaka")

    assert first.patient.first_name == "Ada"
    assert isinstance(second, KeyReused)
    assert PatientProfile.objects.count() == 1


def test_without_running_it_again_the_second_gets_a_conflict():
    first, second = register_twice(register_patient)

    assert first.replayed is False
    assert isinstance(second, TransactionConflict)
    assert PatientProfile.objects.count() == 1


def test_a_visit_sent_twice_under_one_key_is_opened_once():
    patient, act = PatientFactory(), Act(UserFactory(role="Cashier"), "tap-1")
    tap = partial(retry_conflicts(open_consultation), patient_id=patient.pk, act=act)

    first, second = run_together(tap, tap, pause_before=BEFORE_THE_VISIT)

    assert second.consultation == first.consultation
    assert (first.replayed, second.replayed) == (False, True)
    assert Consultation.objects.count() == 1


def correct_at_once(patient, names):
    """Let people who all read the same name each write another one over it."""
    return run_together(
        *(
            partial(
                change_patient,
                patient_id=patient.pk,
                seen={"last_name": patient.last_name},
                wanted={"last_name": name},
            )
            for name in names
        ),
        pause_before=BEFORE_THE_CORRECTION,
    )


def test_of_two_corrections_of_one_name_the_second_is_refused():
    patient = PatientFactory(last_name="Obi")

    first, second = correct_at_once(patient, ["Eze", "Okafor"])

    assert (type(first), type(second)) == (PatientProfile, PatientChanged)
    assert PatientProfile.objects.get().last_name == "Eze"


def test_without_the_lock_a_correction_is_written_over():
    patient = PatientFactory(last_name="Obi")

    with without_row_locks():
        first, second = correct_at_once(patient, ["Eze", "Okafor"])

    assert (type(first), type(second)) == (PatientProfile, PatientProfile)
