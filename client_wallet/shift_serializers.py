"""Shifts, counts of drawers and hand-overs of cash on the wire."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from client_wallet.models import HandOver, Shift, ShiftCount
from hospital.core.fields import AmountField, IdField, InstantField, WholeNumberField
from hospital.core.money import ZERO

MOST_PIECES = 999_999  # of one denomination
MOST_DENOMINATIONS = 100
TILLS = ["CASH", "CARD", "TRANSFER"]


@extend_schema_field({"type": "string", "pattern": r"^\d{1,12}(\.\d{1,2})?$", "example": "0.00"})
class AmountOrNothingField(AmountField):
    """An amount that may be zero: an empty drawer, a terminal that took nothing."""

    def to_internal_value(self, data: Any) -> Decimal:
        is_written = isinstance(data, str | int | float) and not isinstance(data, bool)
        if is_written and str(data).strip() in {"0", "0.0", "0.00"}:
            return ZERO
        return super().to_internal_value(data)


@extend_schema_field({"type": "string", "pattern": r"^-?\d{1,12}\.\d{2}$", "example": "-20.00"})
class DifferenceField(AmountField):
    """What was counted less what was expected: below zero where money is missing."""


class ShiftToOpen(serializers.Serializer[Any]):
    opening_float = AmountOrNothingField(
        required=False, default=ZERO, help_text="Cash out of the safe that the drawer begins with."
    )


class PiecesSerializer(serializers.Serializer[Any]):
    """How many notes or coins of one denomination."""

    denomination = AmountField()
    count = WholeNumberField(min_value=0, max_value=MOST_PIECES)


class ShiftOpenedSerializer(serializers.Serializer[Any]):
    shift_id = serializers.IntegerField()
    cashier_id = serializers.IntegerField()
    drawer = serializers.CharField()
    status = serializers.ChoiceField(Shift.Status.choices)
    opening_float = serializers.CharField()
    opened_at = serializers.CharField()


class DrawerCount(serializers.Serializer[Any]):
    """What was counted. Nobody is told before it what there should be."""

    counts = serializers.ListField(
        child=PiecesSerializer(),
        max_length=MOST_DENOMINATIONS,
        help_text="A denomination that is left out was not there. [] is an empty drawer.",
    )
    card_slip_total = AmountOrNothingField(
        required=False, allow_null=True, help_text="Of the terminal's slip; null: there is none."
    )
    transfer_slip_total = AmountOrNothingField(
        required=False, allow_null=True, help_text="Of the bank's list; null: there is none."
    )

    def validate_counts(self, counts: list[dict[str, Any]]) -> dict[Decimal, int]:
        """Return how many pieces of each denomination there are; each is named once."""
        found = {one["denomination"]: one["count"] for one in counts}
        if len(found) < len(counts):
            raise serializers.ValidationError("Name each denomination once.")
        return found


class ShiftCountedSerializer(serializers.Serializer[Any]):
    """What a count came to; CLOSED, or COUNTED where a supervisor has to accept the difference."""

    shift_id = serializers.IntegerField()
    status = serializers.ChoiceField(Shift.Status.choices)
    count_number = serializers.IntegerField()
    counted_amount = serializers.CharField()
    expected_amount = serializers.CharField()
    difference = serializers.CharField(help_text="Counted less expected.")
    z_number = serializers.IntegerField(allow_null=True)
    hand_over_id = serializers.IntegerField(allow_null=True)


class VarianceReason(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=200)


class ComparedSerializer(serializers.Serializer[Any]):
    """One kind of takings: what the postings say against what was found."""

    expected = AmountField()
    counted = AmountField(allow_null=True, help_text="Null: no slip was named.")
    difference = DifferenceField(allow_null=True)


class ShiftCountSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(help_text="1, then recounts.")
    counted_by_id = serializers.IntegerField()
    counted_at = InstantField()
    pieces = PiecesSerializer(many=True)
    cash = ComparedSerializer()
    card = ComparedSerializer()
    transfer = ComparedSerializer()

    def to_representation(self, count: ShiftCount) -> dict[str, Any]:
        lines = sorted(count.lines.all(), key=lambda line: line.denomination, reverse=True)
        shown = {
            "number": count.number,
            "counted_by_id": count.counted_by_id,
            "counted_at": count.counted_at,
            "pieces": [{"denomination": line.denomination, "count": line.pieces} for line in lines],
            "cash": _compared(count.expected_amount, count.counted_amount),
            "card": _compared(count.card_expected_amount, count.card_slip_amount),
            "transfer": _compared(count.transfer_expected_amount, count.transfer_slip_amount),
        }
        return super().to_representation(shown)


class ShiftSerializer(serializers.Serializer[Shift]):
    """A shift. Until its drawer was counted it says nothing of what is expected in it."""

    shift_id = serializers.IntegerField(source="pk")
    cashier_id = serializers.IntegerField()
    cashier = serializers.CharField(source="cashier.username")
    drawer = serializers.CharField(source="drawer_id")
    status = serializers.ChoiceField(Shift.Status.choices)
    opened_at = InstantField()
    opened_by_id = serializers.IntegerField()
    opening_float = AmountField()
    counts = ShiftCountSerializer(many=True, help_text="The last one is what the shift came to.")
    accepted_by_id = serializers.IntegerField(allow_null=True)
    acceptance_reason = serializers.CharField(allow_blank=True)
    closed_at = InstantField(allow_null=True)
    closed_by_id = serializers.IntegerField(allow_null=True)
    z_number = serializers.SerializerMethodField()

    def get_z_number(self, shift: Shift) -> int | None:
        report = getattr(shift, "z_report", None)
        return report.number if report else None


class CashToGive(serializers.Serializer[Any]):
    """Cash that leaves the own drawer."""

    amount = AmountField()
    to = serializers.ChoiceField(HandOver.Target.choices)
    cashier_id = IdField(required=False, allow_null=True, help_text="Of CASHIER: who is to get it.")
    external_reference = serializers.CharField(
        max_length=100, required=False, allow_blank=True, default=""
    )


class CashGivenSerializer(serializers.Serializer[Any]):
    hand_over_id = serializers.IntegerField()
    shift_id = serializers.IntegerField()
    amount = serializers.CharField()
    to = serializers.ChoiceField(HandOver.Target.choices)
    cashier_id = serializers.IntegerField(allow_null=True)
    status = serializers.ChoiceField(HandOver.Status.choices)
    given_at = serializers.CharField()


class HandOverEndSerializer(serializers.Serializer[Any]):
    hand_over_id = serializers.IntegerField()
    status = serializers.ChoiceField(HandOver.Status.choices)
    amount = serializers.CharField()
    ended_at = serializers.CharField()


class RejectionReason(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=200)


class HandOverSerializer(serializers.Serializer[HandOver]):
    hand_over_id = serializers.IntegerField(source="pk")
    shift_id = serializers.IntegerField()
    from_cashier_id = serializers.IntegerField()
    to = serializers.ChoiceField(HandOver.Target.choices, source="target")
    cashier_id = serializers.IntegerField(source="to_cashier_id", allow_null=True)
    amount = AmountField()
    external_reference = serializers.CharField(allow_blank=True)
    is_at_close = serializers.BooleanField()
    given_by_id = serializers.IntegerField()
    given_at = InstantField()
    status = serializers.ChoiceField(HandOver.Status.choices)
    ended_by_id = serializers.IntegerField(allow_null=True)
    ended_at = InstantField(allow_null=True)
    rejection_reason = serializers.CharField(allow_blank=True)


class MovementSerializer(serializers.Serializer[Any]):
    """Entries of one kind that moved one kind of takings; below zero is what went out."""

    method = serializers.ChoiceField(TILLS)
    kind = serializers.CharField()
    count = serializers.IntegerField()
    amount = serializers.CharField(allow_null=True, help_text="Null while counting is to be blind.")


class ByMethodSerializer(serializers.Serializer[Any]):
    CASH = serializers.CharField()
    CARD = serializers.CharField(allow_null=True)
    TRANSFER = serializers.CharField(allow_null=True)


class _ReportSerializer(serializers.Serializer[Any]):
    shift_id = serializers.IntegerField()
    status = serializers.ChoiceField(Shift.Status.choices)
    cashier_id = serializers.IntegerField()
    cashier = serializers.CharField()
    drawer = serializers.CharField()
    opened_at = serializers.CharField()
    opening_float = serializers.CharField()
    movements = MovementSerializer(many=True)


class XReportSerializer(_ReportSerializer):
    """What a shift has come to. To its own cashier without amounts, until the drawer is counted."""

    expected = ByMethodSerializer(allow_null=True)
    as_of = serializers.CharField()


class ZReportSerializer(_ReportSerializer):
    """What a closed shift came to; it never changes."""

    z_number = serializers.IntegerField()
    expected = ByMethodSerializer()
    counted = ByMethodSerializer()
    difference = serializers.CharField(help_text="Of the cash: counted less expected.")
    count_number = serializers.IntegerField()
    counted_by_id = serializers.IntegerField()
    counts = PiecesSerializer(many=True)
    accepted_by_id = serializers.IntegerField(allow_null=True)
    acceptance_reason = serializers.CharField(allow_blank=True)
    closed_at = serializers.CharField()
    closed_by_id = serializers.IntegerField()
    entry_count = serializers.IntegerField()
    entries_hash = serializers.CharField(help_text="sha256 over the shift's entries.")
    seal = serializers.CharField(help_text="sha256 over all this and the seal of the Z before.")


def _compared(expected: Decimal, counted: Decimal | None) -> dict[str, Decimal | None]:
    difference = None if counted is None else counted - expected
    return {"expected": expected, "counted": counted, "difference": difference}
