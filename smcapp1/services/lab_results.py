"""Results of paid tests: entered, corrected, and released as an act of its own."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from hospital.core.acts import Act
from hospital.core.errors import InvalidRequest, NotFound
from hospital.core.idempotency import earlier_answer, keep_answer
from smcapp1.errors import NoResult, ResultChanged, ResultReleased, TestCancelled, TestStarted
from smcapp1.models import LabResult


@transaction.atomic
def enter_result(*, lab_result_id: int, result: str, act: Act) -> LabResult:
    """
    Enter or correct the result of a paid test that is not released yet. Locks the result's row.

    :raises InvalidRequest: if the result is empty
    :raises NotFound: if there is no such paid test
    :raises ResultReleased: if it was released
    :raises TestCancelled: if it was cancelled
    """
    if not result.strip():
        raise InvalidRequest("result", "Write the result.")
    lab_result = _lock_lab_result(lab_result_id)
    if lab_result.status == LabResult.Status.RELEASED:
        raise ResultReleased
    if lab_result.status == LabResult.Status.CANCELLED:
        raise TestCancelled
    lab_result.result = result.strip()
    lab_result.status = LabResult.Status.RESULTED
    lab_result.resulted_by = act.actor
    lab_result.resulted_at = timezone.now()
    lab_result.save(update_fields=["result", "status", "resulted_by", "resulted_at"])
    return lab_result


@dataclass(frozen=True)
class Released:
    """A released result, and whether an earlier call with the same key released it."""

    lab_result: LabResult
    replayed: bool = False


@transaction.atomic
def release_result(*, lab_result_id: int, entered_at: datetime, act: Act) -> Released:
    """
    Release a result: from then on it is final, for everybody. Locks the result's row.

    ``entered_at`` is when the result that the releaser read was entered, so that nobody releases
    what they have not seen. Whoever entered it may release it. Repeating a call with the same key
    returns the same result.

    :raises NotFound: if there is no such paid test
    :raises NoResult: if none was entered yet
    :raises ResultChanged: if it was corrected since
    :raises ResultReleased: if it was released before
    :raises TestCancelled: if it was cancelled
    :raises KeyReused: if the key was used for another release
    """
    facts = {"lab_result_id": lab_result_id, "entered_at": entered_at.isoformat()}
    lab_result = _lock_lab_result(lab_result_id)
    if earlier_answer(act, "release-result", facts):
        return Released(lab_result, replayed=True)
    _require_releasable(lab_result, entered_at)
    lab_result.status = LabResult.Status.RELEASED
    lab_result.released_by = act.actor
    lab_result.released_at = timezone.now()
    lab_result.save(update_fields=["status", "released_by", "released_at"])
    keep_answer(act, "release-result", facts, {"lab_result_id": lab_result.pk})
    return Released(lab_result)


def cancel_tests(lab_result_ids: Collection[int]) -> None:
    """
    Cancel tests that nobody has begun; part of a refund. Locks their results in id order.

    :raises ResultReleased: if the result of one was released
    :raises TestStarted: if a result was entered
    :raises TestCancelled: if one was cancelled before
    """
    locked = LabResult.objects.select_for_update(of=("self",), no_key=True)
    tests = list(locked.filter(pk__in=lab_result_ids).order_by("pk"))
    for lab_result in tests:
        require_not_started(lab_result)
        lab_result.status = LabResult.Status.CANCELLED
    LabResult.objects.bulk_update(tests, ["status"])


def require_not_started(lab_result: LabResult) -> None:
    """
    Make sure that a test can be cancelled.

    :raises ResultReleased: if its result was released
    :raises TestStarted: if a result was entered
    :raises TestCancelled: if it was cancelled before
    """
    if lab_result.status == LabResult.Status.RELEASED:
        raise ResultReleased
    if lab_result.status == LabResult.Status.RESULTED:
        raise TestStarted
    if lab_result.status == LabResult.Status.CANCELLED:
        raise TestCancelled


def _require_releasable(lab_result: LabResult, entered_at: datetime) -> None:
    if lab_result.status == LabResult.Status.RELEASED:
        raise ResultReleased
    if lab_result.status == LabResult.Status.CANCELLED:
        raise TestCancelled
    if lab_result.status == LabResult.Status.PENDING:
        raise NoResult
    if lab_result.resulted_at != entered_at:
        raise ResultChanged


def _lock_lab_result(lab_result_id: int) -> LabResult:
    locked = LabResult.objects.select_for_update(of=("self",), no_key=True)
    try:
        return locked.get(pk=lab_result_id)
    except LabResult.DoesNotExist:
        raise NotFound("There is no paid test with this id.") from None
