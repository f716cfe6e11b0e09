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
from hospital.core.columns import update_column
from invoicing_app.models import BillItem, DispensedStock
from smcapp1.models import Department, LabResult
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


def ask_for_lab_results(items: Sequence[BillItem], occasion: Occasion) -> None:
    """Create one pending lab result per item."""
    results = [
        LabResult(consultation_id=item.consultation_id, test_id=item.service_item_id)
        for item in items
    ]
    LabResult.objects.bulk_create(results)
    for item, result in zip(items, results, strict=True):
        item.lab_result = result
    update_column(BillItem, "lab_result", {item.pk: item.lab_result_id for item in items})


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
