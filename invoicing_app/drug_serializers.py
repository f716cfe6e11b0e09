"""Drugs handed out and recalled, on the wire."""

from typing import Any

from rest_framework import serializers

from hospital.core.fields import InstantField, WholeNumberField
from invoicing_app.models import DispensedStock
from invoicing_app.services import MAX_QUANTITY


class HandOutWanted(serializers.Serializer[Any]):
    quantity = WholeNumberField(
        min_value=1, max_value=MAX_QUANTITY, required=False, help_text="Left out: all that is owed."
    )


class HandOutSerializer(serializers.Serializer[Any]):
    """So many of a paid drug handed out, and how many are owed after it."""

    id = serializers.IntegerField()
    bill_item_id = serializers.IntegerField()
    quantity = serializers.IntegerField()
    owed = serializers.IntegerField()
    handed_out_by = serializers.IntegerField()
    handed_out_at = InstantField()


class RecallSerializer(serializers.Serializer[DispensedStock]):
    """What one bill item got out of a batch: to whom, on which receipt, and where it is."""

    id = serializers.IntegerField()
    bill_item_id = serializers.IntegerField()
    consultation_id = serializers.IntegerField(source="bill_item.consultation_id")
    patient_id = serializers.IntegerField(source="bill_item.consultation.patient_id")
    hospital_number = serializers.CharField(source="bill_item.consultation.patient.hospital_number")
    patient = serializers.CharField(source="bill_item.consultation.patient.full_name")
    phone = serializers.CharField(source="bill_item.consultation.patient.phone")
    receipt_number = serializers.CharField(source="bill_item.receipt_number")
    dispensed_at = InstantField(source="movement.moved_at")
    dispensed = serializers.IntegerField(source="quantity")
    handed_out = serializers.IntegerField()
    owed = serializers.IntegerField()
    taken_back = serializers.IntegerField(help_text="Refunded before it was handed out.")
    brought_back = serializers.IntegerField(help_text="Refunded and brought back.")
    in_hands = serializers.IntegerField(help_text="Handed out and not brought back.")
