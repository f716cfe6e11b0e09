"""
What happens in a department when its items are paid: one function per department kind.

An effect gets the items just being paid, all of its kind, under the consultation's lock. It may
refuse by raising a DomainError, and its number of statements does not grow with the items.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from hospital.core.acts import Act
from hospital.core.statements import Statement, run
from invoicing_app.models import BillItem, DispensedStock
from smcapp1.models import Department
from smcapp1.services import Need, take_stock


@dataclass(frozen=True)
class Occasion:
    """Under which act and on which business day the items are paid."""

    act: Act
    business_date: date


Effect = Callable[[Sequence[BillItem], Occasion], None]


def take_drugs_off_the_shelf(items: Sequence[BillItem], occasion: Occasion) -> None:
    """Take each item's quantity from stock and remember which batches served it."""
    needs = [Need(item.service_item_id, item.quantity, purpose=item) for item in items]
    taken = take_stock(needs=needs, on=occasion.business_date, act=occasion.act)
    DispensedStock.objects.bulk_create(
        [DispensedStock(bill_item=one.need.purpose, movement=one.movement) for one in taken]
    )


_ASK = Statement(
    "ask_for_lab_results",
    """
    WITH asked AS (
        SELECT id, consultation_id, service_item_id,
               nextval(pg_get_serial_sequence('smcapp1_labresult', 'id')) AS result_id
          FROM invoicing_app_billitem WHERE id = ANY(%(items)s::bigint[])),
    results AS (
        INSERT INTO smcapp1_labresult
               (id, consultation_id, test_id, status, result, requested_at)
        SELECT result_id, consultation_id, service_item_id, 'PENDING', '', statement_timestamp()
          FROM asked)
    UPDATE invoicing_app_billitem item SET lab_result_id = asked.result_id
      FROM asked WHERE item.id = asked.id
    RETURNING item.id""",
)


def ask_for_lab_results(items: Sequence[BillItem], occasion: Occasion) -> None:
    """Create one pending lab result per item, and point the item at it. One statement."""
    run([_ASK], {"items": [item.pk for item in items]})


EFFECTS: Mapping[str, Effect] = {
    Department.Kind.LABORATORY: ask_for_lab_results,
    Department.Kind.PHARMACY: take_drugs_off_the_shelf,
}


def apply_effects(items: Sequence[BillItem], occasion: Occasion) -> None:
    """Run the effect of each department kind among the items, in a fixed order."""
    by_kind: dict[str, list[BillItem]] = defaultdict(list)
    for item in items:
        by_kind[item.department.kind].append(item)
    for kind, effect in EFFECTS.items():
        if by_kind[kind]:
            effect(by_kind[kind], occasion)
