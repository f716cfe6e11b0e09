"""Entering the result of a paid test."""

import pytest
from django.utils import timezone

from hospital.core.acts import Act
from hospital.core.errors import InvalidRequest, NotFound
from smcapp1.errors import ResultReleased
from smcapp1.models import LabResult
from smcapp1.services import enter_result
from tests.factories import ConsultationFactory, UserFactory, make_item
from tests.rows import everything


@pytest.fixture
def scientist(db):
    return UserFactory(role="Laboratory")


@pytest.fixture
def pending(db):
    return LabResult.objects.create(
        consultation=ConsultationFactory(), test=make_item("LABORATORY")
    )


def test_a_result_keeps_its_text_author_and_time(scientist, pending):
    before = timezone.now()

    entered = enter_result(lab_result_id=pending.pk, result=" Negative \n", act=Act(scientist))

    stored = LabResult.objects.get()
    assert entered == stored
    assert (stored.status, stored.result, stored.resulted_by) == (
        "RESULTED",
        "Negative",
        scientist,
    )
    assert stored.resulted_at
    assert before <= stored.resulted_at <= timezone.now()
    assert (stored.consultation, stored.test, stored.requested_at) == (
        pending.consultation,
        pending.test,
        pending.requested_at,
    )


def test_a_result_can_be_corrected_by_somebody_else_before_it_is_released(scientist, pending):
    enter_result(lab_result_id=pending.pk, result="Negative", act=Act(scientist))
    colleague = UserFactory(role="Laboratory")

    enter_result(lab_result_id=pending.pk, result="Positive", act=Act(colleague))

    stored = LabResult.objects.get()
    assert (stored.status, stored.result, stored.resulted_by) == (
        "RESULTED",
        "Positive",
        colleague,
    )


def test_one_result_leaves_the_others_pending(scientist, pending):
    other = LabResult.objects.create(consultation=pending.consultation, test=pending.test)

    enter_result(lab_result_id=pending.pk, result="Negative", act=Act(scientist))

    other.refresh_from_db()
    assert (other.status, other.result) == ("PENDING", "")


@pytest.mark.parametrize("result", ["", "  \n\t"])
def test_an_empty_result_is_refused_without_a_trace(scientist, pending, result):
    before = everything()

    with pytest.raises(InvalidRequest):
        enter_result(lab_result_id=pending.pk, result=result, act=Act(scientist))

    assert everything() == before


def test_a_released_result_is_refused_without_a_trace(scientist, pending):
    enter_result(lab_result_id=pending.pk, result="Negative", act=Act(scientist))
    LabResult.objects.update(status="RELEASED")
    before = everything()

    with pytest.raises(ResultReleased):
        enter_result(lab_result_id=pending.pk, result="Positive", act=Act(scientist))

    assert everything() == before


@pytest.mark.usefixtures("pending")
@pytest.mark.parametrize("lab_result_id", [0, 987_654_321, 2**70])
def test_a_test_that_was_never_paid_has_no_result(scientist, lab_result_id):
    before = everything()

    with pytest.raises(NotFound):
        enter_result(lab_result_id=lab_result_id, result="Negative", act=Act(scientist))

    assert everything() == before
