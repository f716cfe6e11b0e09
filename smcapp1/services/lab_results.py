"""Results of paid tests."""

from django.db import transaction
from django.utils import timezone

from hospital.core.acts import Act
from hospital.core.errors import InvalidRequest, NotFound
from smcapp1.errors import ResultReleased
from smcapp1.models import LabResult


@transaction.atomic
def enter_result(*, lab_result_id: int, result: str, act: Act) -> LabResult:
    """
    Enter or correct the result of a paid test that is not released yet. Locks the result's row.

    :raises InvalidRequest: if the result is empty
    :raises NotFound: if there is no such paid test
    :raises ResultReleased: if it was released
    """
    if not result.strip():
        raise InvalidRequest("result", "Write the result.")
    lab_result = _lock_lab_result(lab_result_id)
    lab_result.result = result.strip()
    lab_result.status = LabResult.Status.RESULTED
    lab_result.resulted_by = act.actor
    lab_result.resulted_at = timezone.now()
    lab_result.save(update_fields=["result", "status", "resulted_by", "resulted_at"])
    return lab_result


def _lock_lab_result(lab_result_id: int) -> LabResult:
    locked = LabResult.objects.select_for_update(of=("self",), no_key=True)
    try:
        lab_result = locked.get(pk=lab_result_id)
    except LabResult.DoesNotExist:
        raise NotFound("There is no paid test with this id.") from None
    if lab_result.status == LabResult.Status.RELEASED:
        raise ResultReleased
    return lab_result
