"""What lies on the pharmacy's shelf, for tests that put drugs there or take them off."""

from datetime import timedelta

from django.utils import timezone

from smcapp1.models import StockBatch


def days(number):
    return timezone.localdate() + timedelta(days=number)


def batches():
    """Return what lies on the shelf: number, days left, how many, at which cost."""
    return [
        (
            batch.batch_number,
            (batch.expires_on - timezone.localdate()).days,
            batch.quantity_on_hand,
            batch.unit_cost,
        )
        for batch in StockBatch.objects.order_by("pk")
    ]
