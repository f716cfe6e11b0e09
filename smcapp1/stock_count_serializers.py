"""Stock counts on the wire; until a count was submitted it says nothing of what should be there."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from hospital.core.fields import IdField, InstantField, WholeNumberField
from smcapp1.models import StockCount
from smcapp1.services.stock_counts import MOST_COUNTED, MOST_LINES


class StockCountToOpen(serializers.Serializer[Any]):
    """Either a department, or batches."""

    department = serializers.CharField(max_length=30, required=False, default="")
    batch_ids = serializers.ListField(
        child=IdField(), required=False, default=list, max_length=MOST_LINES
    )


class BatchCounted(serializers.Serializer[Any]):
    batch_id = IdField()
    counted = WholeNumberField(min_value=0, max_value=MOST_COUNTED)


class StockCountNumbers(serializers.Serializer[Any]):
    counts = serializers.ListField(child=BatchCounted(), allow_empty=False, max_length=MOST_LINES)

    def validate_counts(self, counts: list[dict[str, int]]) -> dict[int, int]:
        return _by_batch(counts, "counted")


class BatchReason(serializers.Serializer[Any]):
    batch_id = IdField()
    reason = serializers.CharField(max_length=200)


class StockCountReasons(serializers.Serializer[Any]):
    reasons = serializers.ListField(child=BatchReason(), allow_empty=False, max_length=MOST_LINES)

    def validate_reasons(self, reasons: list[dict[str, Any]]) -> dict[int, str]:
        return _by_batch(reasons, "reason")


class RejectReason(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=200)


class StockCountSerializer(serializers.Serializer[StockCount]):
    """A stock count without its lines, as lists show it."""

    id = serializers.IntegerField()
    status = serializers.ChoiceField(StockCount.Status.choices)
    department = serializers.CharField(
        source="department.code", default=None, allow_null=True, help_text="Null: chosen batches."
    )
    opened_by = serializers.IntegerField(source="opened_by_id")
    opened_at = InstantField()
    counted_by = serializers.IntegerField(source="counted_by_id", allow_null=True)
    counted_at = InstantField(allow_null=True)
    decided_by = serializers.IntegerField(source="decided_by_id", allow_null=True)
    decided_at = InstantField(allow_null=True)
    reject_reason = serializers.CharField()


class StockCountLineSerializer(serializers.Serializer[Any]):
    batch_id = serializers.IntegerField()
    service_item_id = serializers.IntegerField(source="batch.service_item_id")
    drug = serializers.CharField(source="batch.service_item.name")
    batch_number = serializers.CharField(source="batch.batch_number")
    expires_on = serializers.DateField(source="batch.expires_on")
    counted = serializers.IntegerField(allow_null=True)
    expected = serializers.IntegerField(allow_null=True, help_text="Null until it was counted.")
    variance = serializers.IntegerField(allow_null=True, help_text="Counted less expected.")
    reason = serializers.CharField()


class StockCountDetailSerializer(StockCountSerializer):
    """A stock count with its lines, by batch."""

    lines = serializers.SerializerMethodField()

    @extend_schema_field(StockCountLineSerializer(many=True))
    def get_lines(self, count: StockCount) -> list[dict[str, Any]]:
        lines = count.lines.select_related("batch__service_item").order_by("batch_id")
        return [dict(StockCountLineSerializer(line).data) for line in lines]


def _by_batch(entries: list[dict[str, Any]], name: str) -> dict[int, Any]:
    found = {entry["batch_id"]: entry[name] for entry in entries}
    if len(found) < len(entries):
        raise serializers.ValidationError("A batch is named twice.")
    return found
