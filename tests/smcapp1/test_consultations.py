"""Opening consultations, and locking them."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from hospital.core.acts import Act
from hospital.core.errors import KeyReused, NotFound
from smcapp1.models import Consultation
from smcapp1.services import Opened, lock_consultation, open_consultation
from tests.factories import ConsultationFactory, PatientFactory
from tests.rows import everything


def test_a_consultation_is_opened_now_by_whoever_opens_it(cashier):
    patient = PatientFactory()
    before = timezone.now()

    opened = open_consultation(patient_id=patient.pk, act=Act(cashier))

    stored = Consultation.objects.get()
    assert opened == Opened(stored, replayed=False)
    assert (stored.patient, stored.status, stored.opened_by, stored.external_id) == (
        patient,
        "OPEN",
        cashier,
        None,
    )
    assert before <= stored.opened_at <= timezone.now()


def test_a_consultation_may_have_been_opened_earlier(cashier):
    then = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)

    opened = open_consultation(patient_id=PatientFactory().pk, act=Act(cashier), opened_at=then)

    assert opened.consultation.opened_at == then


def test_a_patient_may_have_several_open_consultations(cashier):
    patient = PatientFactory()

    for _ in range(2):
        open_consultation(patient_id=patient.pk, act=Act(cashier))

    assert patient.consultations.filter(status="OPEN").count() == 2


def test_the_same_key_gives_the_same_consultation_and_opens_nothing(cashier):
    patient = PatientFactory()
    first = open_consultation(patient_id=patient.pk, act=Act(cashier, "tap-1"))
    before = everything()

    again = open_consultation(patient_id=patient.pk, act=Act(cashier, "tap-1"))

    assert again == Opened(first.consultation, replayed=True)
    assert everything() == before


def test_the_same_key_for_another_patient_is_refused(cashier):
    open_consultation(patient_id=PatientFactory().pk, act=Act(cashier, "tap-1"))
    other = PatientFactory()
    before = everything()

    with pytest.raises(KeyReused):
        open_consultation(patient_id=other.pk, act=Act(cashier, "tap-1"))

    assert everything() == before


@pytest.mark.parametrize("patient_id", [0, 987_654_321, 2**70])
def test_nobody_s_consultation_is_refused_without_a_trace(cashier, patient_id):
    PatientFactory()
    before = everything()

    with pytest.raises(NotFound):
        open_consultation(patient_id=patient_id, act=Act(cashier, "tap-1"))

    assert everything() == before


@pytest.mark.usefixtures("db")
def test_a_locked_consultation_is_the_row_as_it_is_now():
    consultation = ConsultationFactory()
    Consultation.objects.update(status="CLOSED")

    locked = lock_consultation(consultation.pk)

    assert (locked, locked.status) == (consultation, "CLOSED")


@pytest.mark.usefixtures("db")
def test_a_consultation_that_does_not_exist_cannot_be_locked():
    with pytest.raises(NotFound):
        lock_consultation(987_654_321)
