"""Waivers on the wire."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from hospital.core.fields import AmountField, IdField
from invoicing_app.waivers.answers import waiver_facts
from invoicing_app.waivers.asking import MAX_NOTE
from invoicing_app.waivers.models import Waiver, WaiverReason


class WaiverWanted(serializers.Serializer[Any]):
    """What somebody asks for: of one item or a department, an amount or a percentage."""

    consultation_id = IdField()
    bill_item_id = IdField(required=False, allow_null=True, default=None)
    department = serializers.CharField(
        required=False, allow_blank=True, default="", help_text="A department's code."
    )
    amount = AmountField(required=False, allow_null=True, default=None)
    percent = serializers.DecimalField(
        max_digits=5,
        decimal_places=2,
        min_value=Decimal("0.01"),
        max_value=Decimal(100),
        required=False,
        allow_null=True,
        default=None,
        help_text="Of what the patient still owes for it.",
    )
    reason = serializers.CharField(max_length=30, help_text="A reason's code.")
    note = serializers.CharField(max_length=MAX_NOTE)


class WaiverApproval(serializers.Serializer[Any]):
    request_hash = serializers.CharField(
        max_length=64, help_text="As the waiver shows it: what is approved is what was read."
    )


class WaiverWhy(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=MAX_NOTE)


class WaiverLineSerializer(serializers.Serializer[Any]):
    bill_item_id = serializers.IntegerField()
    description = serializers.CharField()
    amount = serializers.CharField()
    taken_back = serializers.BooleanField()


class WaiverSerializer(serializers.Serializer[Waiver]):
    """A waiver; ``waiver_facts`` gives the values."""

    id = serializers.IntegerField()
    consultation_id = serializers.IntegerField()
    department = serializers.CharField()
    bill_item_id = serializers.IntegerField(
        allow_null=True, help_text="Null where it is of all that was unpaid in the department."
    )
    asked_amount = serializers.CharField(allow_null=True)
    percent = serializers.CharField(allow_null=True)
    amount = serializers.CharField(help_text="What it comes to: the sum of its lines.")
    amount_in_force = serializers.CharField(help_text="What of it is waived now.")
    reason = serializers.CharField()
    note = serializers.CharField()
    status = serializers.ChoiceField(Waiver.Status.choices)
    lines = WaiverLineSerializer(many=True)
    request_hash = serializers.CharField()
    requested_by = serializers.CharField()
    requested_at = serializers.DateTimeField()
    decided_by = serializers.CharField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    decision_note = serializers.CharField(allow_blank=True)

    def to_representation(self, instance: Waiver) -> dict[str, Any]:
        return waiver_facts(instance).facts()


class WaiverReasonSerializer(serializers.ModelSerializer[WaiverReason]):
    class Meta:
        model = WaiverReason
        fields = ("code", "name")
