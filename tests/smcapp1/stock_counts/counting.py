"""What tests of stock counts share: who counts, what is counted, and what came of it."""

from hospital.core.acts import Act
from smcapp1.models import StockBatch, StockCountLine, StockMovement
from smcapp1.services import (
    approve_stock_count,
    explain_stock_count,
    open_stock_count,
    submit_stock_count,
)
from tests.factories import UserFactory, make_drug


def pharmacist():
    return UserFactory(role="Pharmacist")


def batch_of(drug):
    return StockBatch.objects.get(service_item=drug)


def shelf(*numbers):
    """Return batches of a drug each, with so many on the shelf."""
    return [batch_of(make_drug(holding=number)) for number in numbers]


def count_of(batches, actor, **wanted):
    """Return a count of these batches that was just opened."""
    ids = [batch.pk for batch in batches]
    return open_stock_count(batch_ids=ids, act=Act(actor), **wanted).count


def counted(numbers, actor, reason="Miscounted before"):
    """Return a count of batches, each with its number, explained where it differs."""
    count = count_of(numbers, actor)
    said = {batch.pk: number for batch, number in numbers.items()}
    submit_stock_count(count_id=count.pk, counts=said, act=Act(actor))
    varying = StockCountLine.objects.filter(count=count).varying()
    if reasons := dict.fromkeys(varying.values_list("batch_id", flat=True), reason):
        explain_stock_count(count_id=count.pk, reasons=reasons, act=Act(actor))
    return count


def approve(count, actor, key=""):
    return approve_stock_count(count_id=count.pk, act=Act(actor, key))


def on_hand(*batches):
    return [StockBatch.objects.get(pk=batch.pk).quantity_on_hand for batch in batches]


def movements_of_counts():
    moved = StockMovement.objects.filter(kind__in=["FOUND", "MISSING"]).order_by("pk")
    return list(moved.values_list("batch", "kind", "quantity", "quantity_after", "reason"))
