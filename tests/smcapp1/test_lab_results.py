"""Entering the result of a paid test, correcting it, and releasing it."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from hospital.core.acts import Act
from hospital.core.errors import InvalidRequest, KeyReused, NotFound
from smcapp1.errors import NoResult, ResultChanged, ResultReleased
from smcapp1.models import LabResult
from smcapp1.services import Released, enter_result, release_result
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


def entered(test, scientist, result="Negative"):
    return enter_result(lab_result_id=test.pk, result=result, act=Act(scientist))


def release(lab_result, releaser, key="", **other):
    return release_result(
        **{"lab_result_id": lab_result.pk, "entered_at": lab_result.resulted_at, **other},
        act=Act(releaser, key),
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
    release(entered(pending, scientist), scientist)
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


# Releasing


def test_a_release_keeps_who_and_when_and_leaves_the_result_alone(scientist, pending):
    result, chief = entered(pending, scientist), UserFactory(role="Laboratory")
    before = timezone.now()

    released = release(result, chief)

    stored = LabResult.objects.get()
    assert released == Released(stored, replayed=False)
    assert (stored.status, stored.result) == ("RELEASED", "Negative")
    assert (stored.resulted_by, stored.released_by) == (scientist, chief)
    assert stored.resulted_at == result.resulted_at
    assert stored.released_at
    assert before <= stored.released_at <= timezone.now()


def test_who_entered_a_result_may_release_it(scientist, pending):
    release(entered(pending, scientist), scientist)

    stored = LabResult.objects.get()
    assert (stored.resulted_by, stored.released_by) == (scientist, scientist)


def test_the_same_key_releases_once_and_answers_again(scientist, pending):
    result = entered(pending, scientist)
    release(result, scientist, "tap-1")
    before = everything()

    again = release(result, scientist, "tap-1")

    assert (again.lab_result, again.replayed) == (result, True)
    assert everything() == before


def test_a_key_spent_on_one_test_releases_no_other(scientist, pending):
    other = LabResult.objects.create(consultation=pending.consultation, test=pending.test)
    release(entered(pending, scientist), scientist, "tap-1")
    other = entered(other, scientist)
    before = everything()

    with pytest.raises(KeyReused):
        release(other, scientist, "tap-1")

    assert everything() == before


def test_what_was_released_is_not_released_again(scientist, pending):
    result = entered(pending, scientist)
    colleague = UserFactory(role="Laboratory")
    release(result, scientist)
    before = everything()

    with pytest.raises(ResultReleased):
        release(result, colleague)

    assert everything() == before


def test_a_test_without_a_result_is_not_released(scientist, pending):
    before = everything()

    with pytest.raises(NoResult):
        release(pending, scientist, entered_at=timezone.now())

    assert everything() == before


def test_nobody_releases_a_result_that_they_have_not_seen(scientist, pending):
    seen = entered(pending, scientist).resulted_at
    entered(pending, scientist, "Positive")
    before = everything()

    with pytest.raises(ResultChanged):
        release(pending, scientist, entered_at=seen)

    assert everything() == before


def test_a_test_that_was_never_paid_is_not_released(scientist):
    before = everything()

    with pytest.raises(NotFound):
        release(LabResult(pk=987_654_321), scientist, entered_at=timezone.now())

    assert everything() == before


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE smcapp1_labresult SET result = 'Positive'",
        "UPDATE smcapp1_labresult SET status = 'RESULTED', released_by_id = NULL,"
        " released_at = NULL",
        "UPDATE smcapp1_labresult SET released_at = now()",
    ],
)
def test_a_released_result_is_final_for_sql_too(scientist, pending, change):
    release(entered(pending, scientist), scientist)
    before = everything()

    with (
        pytest.raises(IntegrityError, match="refused"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)

    assert everything() == before
