"""Writes a price list into the catalogue: all of it, or nothing."""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from django.db import IntegrityError, transaction

from hospital.core.acts import Act
from hospital.core.errors import DomainError, InvalidRequest
from hospital.core.progress import Track, untracked
from hospital.core.system_users import PRICE_LIST_IMPORT, system_user
from hospital.core.transactions import TransactionConflict, hold_job, retry_conflicts
from smcapp1.models import Department, Price, ServiceItem
from smcapp1.price_lists.planning import BATCH, Plan, make_plan
from smcapp1.price_lists.reading import PriceList
from smcapp1.services import require_no_past_day, set_prices

JOB = PRICE_LIST_IMPORT

T = TypeVar("T")


class RowsRejected(DomainError):
    """Rows of a list cannot be imported, and nobody said to leave them out."""

    code = "invalid-request"
    title = "Some rows of this list cannot be imported."
    status = 400

    def __init__(self, plan: Plan, file: str) -> None:
        count = len(plan.rejected)
        rows = f"{count} row{'s' if count > 1 else ''} of {file}"
        detail = f"{rows} cannot be imported, so nothing was written."
        super().__init__(detail, errors={"file": [str(one) for one in plan.rejected]})
        self.plan = plan


class PlanChanged(DomainError):
    """The catalogue is not any more what a preview was made from."""

    code = "invalid-request"
    title = "Prices changed since this preview was made. Nothing was written; look at the new one."
    status = 400


def department_by_code(code: str) -> Department:
    """
    Return the department of a code, in capital or small letters.

    :raises InvalidRequest: if there is none, saying which there are
    """
    departments = {one.code: one for one in Department.objects.order_by("code")}
    if code.upper() not in departments:
        known = ", ".join(departments) or "none yet"
        raise InvalidRequest("department", f"There is no department {code!r}. There is {known}.")
    return departments[code.upper()]


def preview_price_list(listed: PriceList, *, department_code: str, effective_from: date) -> Plan:
    """
    Return what ``import_price_list`` would do; nothing is written or locked.

    :raises InvalidRequest: if there is no such department, or the day has passed
    """
    require_no_past_day(effective_from)
    return make_plan(listed, department_by_code(department_code), effective_from)


@retry_conflicts
@transaction.atomic(durable=True)
def import_price_list(
    listed: PriceList,
    *,
    department_code: str,
    effective_from: date,
    skip_rejected: bool = False,
    expected: str = "",
    act: Act | None = None,
    track: Track = untracked,
) -> Plan:
    """
    Open the list's new items and give each item its price from a day on, in one transaction.

    A price of that very day is replaced, earlier ones stay. Repeating it changes nothing. With
    ``expected``, a plan's fingerprint, nothing but that plan is carried out. The prices are set by
    the actor of ``act``, or by a system user where a command names nobody.

    :raises InvalidRequest: if there is no such department, the day has passed, or somebody can sign
        in as the system user
    :raises RowsRejected: if a row cannot be imported, unless ``skip_rejected``
    :raises PlanChanged: if the plan is not the expected one, unless it would write nothing
    :raises Busy: if another import is running
    """
    hold_job(JOB)
    plan = preview_price_list(
        listed, department_code=department_code, effective_from=effective_from
    )
    if expected and expected != plan.fingerprint and not plan.writes_nothing:
        raise PlanChanged
    if plan.rejected and not skip_rejected:
        raise RowsRejected(plan, listed.file)
    if not plan.writes_nothing:
        act = act or Act(system_user(JOB))
        _write(plan, department_by_code(department_code), effective_from, act, track)
    return plan


def _write(
    plan: Plan, department: Department, effective_from: date, act: Act, track: Track
) -> None:
    priced = [(change.service_item_id, change.entry.price) for change in plan.changed]
    for batch in track(_batches(plan.new), "Writing items"):
        items = [
            ServiceItem(code=one.code, name=one.entry.name, department=department) for one in batch
        ]
        try:
            ServiceItem.objects.bulk_create(items)
        except IntegrityError as error:  # somebody just took one of the codes at the desk
            raise TransactionConflict from error
        priced += [(item.pk, one.entry.price) for item, one in zip(items, batch, strict=True)]
    for pairs in track(_batches(priced), "Writing prices"):
        prices = [
            Price(service_item_id=pk, unit_price=price, effective_from=effective_from)
            for pk, price in pairs
        ]
        set_prices(prices=prices, act=act)


def _batches(rows: Sequence[T]) -> list[Sequence[T]]:
    return [rows[start : start + BATCH] for start in range(0, len(rows), BATCH)]
