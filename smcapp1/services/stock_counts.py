"""Stock is counted without knowing what should be there; somebody else approves the difference."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from hospital.core.acts import Act
from hospital.core.errors import InvalidRequest, NotFound, SelfApproval
from hospital.core.idempotency import earlier_answer, keep_answer
from smcapp1.errors import (
    AlreadyBeingCounted,
    CountOutdated,
    CountUnexplained,
    NothingToCount,
    SomebodyElseCounted,
    WrongCountStatus,
)
from smcapp1.models import Department, StockBatch, StockCount, StockCountLine, StockMovement

MOST_LINES = 500
MOST_COUNTED = 1_000_000
Status = StockCount.Status


@dataclass(frozen=True)
class Counted:
    """A stock count as it is now, and whether an earlier call with the same key did the act."""

    count: StockCount
    replayed: bool = False


@transaction.atomic
def open_stock_count(*, act: Act, department: str = "", batch_ids: Collection[int] = ()) -> Counted:
    """
    Begin to count all that a department has on the shelf, or chosen batches. Moves nothing.

    Locks the batches in id order. Repeating a call with the same key returns the same count.

    :raises InvalidRequest: unless either a department is named or up to ``MOST_LINES`` batches
    :raises NotFound: if there is no such department or batch
    :raises NothingToCount: if the department has nothing on the shelf
    :raises AlreadyBeingCounted: if a batch is in a count that nobody has decided on
    :raises KeyReused: if the key was used for another count
    """
    wanted = sorted(set(batch_ids))
    _require_one_of(department, wanted)
    facts = {"department": department, "batch_ids": wanted}
    whose = _department(department)
    batches = _lock_batches(_on_shelf_of(whose) if whose else _chosen(wanted))
    if kept := earlier_answer(act, "open-stock-count", facts):
        return _as_it_is(kept)
    _require_batches(batches, wanted)
    _require_uncounted(batches)
    count = StockCount.objects.create(
        department=whose, opened_by=act.actor, opened_at=timezone.now()
    )
    StockCountLine.objects.bulk_create(
        StockCountLine(count=count, batch=batch) for batch in batches
    )
    keep_answer(act, "open-stock-count", facts, {"stock_count_id": count.pk})
    return Counted(count)


@transaction.atomic
def submit_stock_count(*, count_id: int, counts: Mapping[int, int], act: Act) -> Counted:
    """
    Say how many of each batch there are; only then is it written what should have been there.

    ``counts`` has the number of every batch of the count, by the batch's id. It stays as it is
    said. Locks the count, then its batches in id order: what is expected is what they hold then.
    Repeating a call with the same key returns the same count.

    :raises InvalidRequest: if a batch is missing, is not in this count, or a number is out of range
    :raises NotFound: if there is no such count
    :raises WrongCountStatus: if it was counted before
    :raises KeyReused: if the key was used for other numbers
    """
    facts = {"count_id": count_id, "counts": [[pk, counts[pk]] for pk in sorted(counts)]}
    count = _lock_count(count_id)
    if earlier_answer(act, "submit-stock-count", facts):
        return Counted(count, replayed=True)
    _require_status(count, Status.OPEN)
    lines = _lines(count)
    _require_numbers(lines, counts)
    held = {batch.pk: batch for batch in _lock_batches(_chosen(counts))}
    for line in lines:
        line.counted = counts[line.batch_id]
        line.expected = held[line.batch_id].quantity_on_hand
    StockCountLine.objects.bulk_update(lines, ["counted", "expected"])
    count.status = Status.COUNTED
    count.counted_by = act.actor
    count.counted_at = timezone.now()
    count.save(update_fields=["status", "counted_by", "counted_at"])
    keep_answer(act, "submit-stock-count", facts, {"stock_count_id": count.pk})
    return Counted(count)


@transaction.atomic
def explain_stock_count(*, count_id: int, reasons: Mapping[int, str], act: Act) -> Counted:
    """
    Say why there are more or fewer of some batches than there should be, by the batch's id.

    Whoever counted says it, and may say it better until it is decided. Locks the count. Repeating
    a call with the same key returns the same count.

    :raises InvalidRequest: if nothing is said, or a batch has no difference in this count
    :raises NotFound: if there is no such count
    :raises WrongCountStatus: if it is not counted yet, or was decided on
    :raises SomebodyElseCounted: if the actor is not whoever counted
    :raises KeyReused: if the key was used for other reasons
    """
    said = {pk: reason.strip() for pk, reason in reasons.items()}
    facts = {"count_id": count_id, "reasons": [[pk, said[pk]] for pk in sorted(said)]}
    count = _lock_count(count_id)
    if earlier_answer(act, "explain-stock-count", facts):
        return Counted(count, replayed=True)
    _require_status(count, Status.COUNTED)
    if count.counted_by_id != act.actor.pk:
        raise SomebodyElseCounted
    varying = {line.batch_id: line for line in _lines(count) if line.variance}
    _require_reasons(varying, said)
    for batch_id, reason in said.items():
        varying[batch_id].reason = reason
    StockCountLine.objects.bulk_update(varying.values(), ["reason"])
    keep_answer(act, "explain-stock-count", facts, {"stock_count_id": count.pk})
    return Counted(count)


@transaction.atomic
def approve_stock_count(*, count_id: int, act: Act) -> Counted:
    """
    Let the differences of a count move stock: each by as many as there were more or fewer then.

    What was sold, delivered or written off since counting stays so. Locks the count, then the
    batches in id order. The number of statements does not grow with the lines. Repeating a call
    with the same key returns the same count and moves nothing.

    :raises NotFound: if there is no such count
    :raises WrongCountStatus: if it is not counted yet, or was decided on
    :raises SelfApproval: if the actor opened or counted it
    :raises CountUnexplained: if a difference has no reason
    :raises CountOutdated: if a batch holds less by now than is missing of it
    :raises KeyReused: if the key was used for another count
    """
    facts = {"count_id": count_id}
    count = _lock_count(count_id)
    if earlier_answer(act, "approve-stock-count", facts):
        return Counted(count, replayed=True)
    _require_status(count, Status.COUNTED)
    if act.actor.pk in {count.opened_by_id, count.counted_by_id}:
        raise SelfApproval("Whoever counted cannot approve the count.")
    lines = _lines(count)
    _require_explained(lines)
    _move(lines, act)
    _decide(count, lines, Status.APPROVED, act)
    keep_answer(act, "approve-stock-count", facts, {"stock_count_id": count.pk})
    return Counted(count)


@transaction.atomic
def reject_stock_count(*, count_id: int, reason: str, act: Act) -> Counted:
    """
    Let a count come to nothing: no stock moves, and its batches can be counted again.

    Locks the count. Repeating a call with the same key returns the same count.

    :raises InvalidRequest: if the reason is empty
    :raises NotFound: if there is no such count
    :raises WrongCountStatus: if it was decided on
    :raises KeyReused: if the key was used for another count
    """
    reason = reason.strip()
    if not reason:
        raise InvalidRequest("reason", "Say why the count is rejected.")
    facts = {"count_id": count_id, "reason": reason}
    count = _lock_count(count_id)
    if earlier_answer(act, "reject-stock-count", facts):
        return Counted(count, replayed=True)
    _require_status(count, Status.OPEN, Status.COUNTED)
    count.reject_reason = reason
    _decide(count, _lines(count), Status.REJECTED, act)
    keep_answer(act, "reject-stock-count", facts, {"stock_count_id": count.pk})
    return Counted(count)


def _as_it_is(kept: Mapping[str, Any]) -> Counted:
    return Counted(StockCount.objects.get(pk=kept["stock_count_id"]), replayed=True)


def _require_one_of(department: str, batch_ids: Sequence[int]) -> None:
    if bool(department) == bool(batch_ids):
        raise InvalidRequest("department", "Count a department, or batches that you choose.")
    if len(batch_ids) > MOST_LINES:
        raise InvalidRequest("batch_ids", f"Count {MOST_LINES} batches at most at once.")


def _department(code: str) -> Department | None:
    if not code:
        return None
    found: Department | None = Department.objects.filter(code=code).first()
    if found is None:
        raise NotFound("There is no department with this code.")
    return found


def _on_shelf_of(department: Department) -> QuerySet[StockBatch]:
    return StockBatch.objects.filter(service_item__department=department, quantity_on_hand__gt=0)


def _chosen(batch_ids: Iterable[int]) -> QuerySet[StockBatch]:
    return StockBatch.objects.filter(pk__in=list(batch_ids))


def _lock_batches(batches: QuerySet[StockBatch]) -> list[StockBatch]:
    return list(batches.select_for_update(of=("self",), no_key=True).order_by("pk"))


def _require_batches(batches: Sequence[StockBatch], wanted: Sequence[int]) -> None:
    if missing := sorted({*wanted} - {batch.pk for batch in batches}):
        raise NotFound("There is no batch with this id.", batch_ids=missing)
    if not batches:
        raise NothingToCount
    if len(batches) > MOST_LINES:
        raise InvalidRequest(
            "department",
            f"There are {len(batches)} batches on this shelf. Count {MOST_LINES} at most at once:"
            " choose batches.",
        )


def _require_uncounted(batches: Sequence[StockBatch]) -> None:
    undecided = StockCountLine.objects.filter(batch__in=batches, is_decided=False)
    if other := undecided.select_related("batch__service_item").order_by("pk").first():
        raise AlreadyBeingCounted(
            f"{other.batch} is in stock count {other.count_id}, which is not decided on.",
            stock_count_id=other.count_id,
            batch_id=other.batch_id,
        )


def _lock_count(count_id: int) -> StockCount:
    locked = StockCount.objects.select_for_update(of=("self",), no_key=True)
    try:
        return locked.get(pk=count_id)
    except StockCount.DoesNotExist:
        raise NotFound("There is no stock count with this id.") from None


def _require_status(count: StockCount, *allowed: str) -> None:
    if count.status not in allowed:
        raise WrongCountStatus(
            f"This count is {count.get_status_display().lower()}.", stock_count_status=count.status
        )


def _lines(count: StockCount) -> list[StockCountLine]:
    lines = StockCountLine.objects.filter(count=count)
    return list(lines.select_related("batch__service_item").order_by("batch_id"))


def _require_numbers(lines: Sequence[StockCountLine], counts: Mapping[int, int]) -> None:
    in_count = {line.batch_id: line.batch for line in lines}
    if foreign := sorted(counts.keys() - in_count.keys()):
        raise InvalidRequest("counts", f"Batch {foreign[0]} is not in this count.")
    if missing := sorted(in_count.keys() - counts.keys()):
        raise InvalidRequest("counts", f"Say how many there are of {in_count[missing[0]]}.")
    if any(not 0 <= number <= MOST_COUNTED for number in counts.values()):
        raise InvalidRequest("counts", f"A number is between 0 and {MOST_COUNTED:,}.")


def _require_reasons(varying: Collection[int], said: Mapping[int, str]) -> None:
    if not said or not all(said.values()):
        raise InvalidRequest("reasons", "Say why there are more or fewer.")
    if foreign := sorted(said.keys() - set(varying)):
        raise InvalidRequest("reasons", f"Batch {foreign[0]} has no difference in this count.")


def _require_explained(lines: Sequence[StockCountLine]) -> None:
    silent = [line.batch_id for line in lines if line.variance and not line.reason]
    if silent:
        raise CountUnexplained(batch_ids=silent)


def _move(lines: Sequence[StockCountLine], act: Act) -> None:
    """Write a movement for each difference; the batches hold as many more or fewer."""
    varying = [line for line in lines if line.variance]
    held = {batch.pk: batch for batch in _lock_batches(_chosen(line.batch_id for line in varying))}
    movements = [_movement(held[line.batch_id], line, act) for line in varying]
    StockBatch.objects.bulk_update(held.values(), ["quantity_on_hand"])
    written = StockMovement.objects.bulk_create(movements)
    for line, movement in zip(varying, written, strict=True):
        line.movement = movement


def _movement(batch: StockBatch, line: StockCountLine, act: Act) -> StockMovement:
    """Change what the batch holds, and return the movement that says so, not yet saved."""
    variance = line.variance or 0
    if batch.quantity_on_hand + variance < 0:
        raise CountOutdated(
            f"{-variance} of {line.batch} were missing; by now only {batch.quantity_on_hand} are"
            " on the shelf. Reject this count and count again.",
            batch_id=batch.pk,
            on_hand=batch.quantity_on_hand,
            variance=variance,
        )
    batch.quantity_on_hand += variance
    kind = StockMovement.Kind.FOUND if variance > 0 else StockMovement.Kind.MISSING
    return StockMovement(
        batch=batch,
        kind=kind,
        quantity=abs(variance),
        quantity_after=batch.quantity_on_hand,
        reason=line.reason,
        moved_by=act.actor,
    )


def _decide(count: StockCount, lines: Sequence[StockCountLine], status: str, act: Act) -> None:
    for line in lines:
        line.is_decided = True
    StockCountLine.objects.bulk_update(lines, ["is_decided", "movement"])
    count.status = status
    count.decided_by = act.actor
    count.decided_at = timezone.now()
    count.save(update_fields=["status", "decided_by", "decided_at", "reject_reason"])
