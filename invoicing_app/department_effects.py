"""
What happens in a department when its items are paid: one function per department kind.

An effect gets the items just being paid, all of its kind, under the consultation's lock. It may
refuse by raising a DomainError, and its number of statements does not grow with the items. An
item's lab result is only set on it here: it is written when the item is marked paid.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from hospital.core.acts import Act
from hospital.core.statements import Statement, rows, run
from invoicing_app.models import BillItem
from smcapp1.models import Department
from smcapp1.services import Need, take_stock


@dataclass(frozen=True)
class Occasion:
    """Under which act and on which business day the items are paid."""

    act: Act
    business_date: date


Effect = Callable[[Sequence[BillItem], Occasion], None]


_REMEMBER = Statement(
    "remember_dispensed_stock",
    """
    INSERT INTO invoicing_app_dispensedstock
           (bill_item_id, movement_id, quantity, handed_out, taken_back, brought_back)
    SELECT item_id, movement_id, quantity, 0, 0, 0
      FROM unnest(%(items)s::bigint[], %(movements)s::bigint[], %(quantities)s::integer[])
        AS served (item_id, movement_id, quantity)
    RETURNING id""",
)


def take_drugs_off_the_shelf(items: Sequence[BillItem], occasion: Occasion) -> None:
    """Take each item's quantity from stock and remember which batches served it."""
    needs = [Need(item.service_item_id, item.quantity, purpose=item.pk) for item in items]
    taken = take_stock(needs=needs, on=occasion.business_date, act=occasion.act)
    served = {
        "items": [one.need.purpose for one in taken],
        "movements": [one.movement_id for one in taken],
        "quantities": [one.quantity for one in taken],
    }
    run([_REMEMBER], served)


_ASK = Statement(
    "ask_for_lab_results",
    """
    INSERT INTO smcapp1_labresult (consultation_id, test_id, status, result, requested_at)
    SELECT consultation_id, service_item_id, 'PENDING', '', statement_timestamp()
      FROM invoicing_app_billitem WHERE id = ANY(%(items)s::bigint[]) ORDER BY id
    RETURNING id""",
)


def ask_for_lab_results(items: Sequence[BillItem], occasion: Occasion) -> None:
    """Create one pending lab result per item, and point the item at it. One statement."""
    tests = sorted(items, key=lambda item: item.pk)
    results = rows([_ASK], {"items": [item.pk for item in tests]})
    for item, (result_id,) in zip(tests, results, strict=True):
        item.lab_result_id = result_id


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
