"""The hospital's records on the wire."""

from typing import Any

from rest_framework import serializers

from hospital.core.fields import AmountField, IdField, InstantField
from smcapp1.models import Consultation, Department, PatientProfile


class PatientToRegister(serializers.Serializer[Any]):
    first_name = serializers.CharField(max_length=100)
    last_name = serializers.CharField(max_length=100)
    date_of_birth = serializers.DateField()
    sex = serializers.ChoiceField(PatientProfile.Sex.choices)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")


class PatientSerializer(serializers.Serializer[PatientProfile]):
    id = serializers.IntegerField()
    hospital_number = serializers.CharField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    date_of_birth = serializers.DateField()
    sex = serializers.ChoiceField(PatientProfile.Sex.choices)
    phone = serializers.CharField()


class DepartmentSerializer(serializers.Serializer[Department]):
    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(Department.Kind.choices)


class ServiceItemSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    department = serializers.CharField(source="department.code")
    unit_price = AmountField(allow_null=True, help_text="Null: not sold today.")
    stock_available = serializers.SerializerMethodField(help_text="Pharmacy only, else null.")

    def get_stock_available(self, item: Any) -> int | None:
        is_drug = item.department.kind == Department.Kind.PHARMACY
        return int(item.stock_available) if is_drug else None


class ConsultationToOpen(serializers.Serializer[Any]):
    patient_id = IdField()


class ConsultationSerializer(serializers.Serializer[Consultation]):
    id = serializers.IntegerField()
    patient_id = serializers.IntegerField()
    opened_at = InstantField()
    status = serializers.ChoiceField(Consultation.Status.choices)


class StockBatchSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    service_item_id = serializers.IntegerField()
    batch_number = serializers.CharField()
    expires_on = serializers.DateField()
    quantity_on_hand = serializers.IntegerField()
