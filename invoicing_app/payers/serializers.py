"""Payers, covers and claims on the wire."""

from typing import Any

from rest_framework import serializers

from hospital.core.fields import AmountField, IdField, InstantField
from hospital.core.money import money_text
from invoicing_app.payers.membership import LONGEST_MEMBER_NUMBER
from invoicing_app.payers.models import (
    Claim,
    ClaimSettlement,
    Cover,
    PatientCover,
    Payer,
    ShortPayment,
)
from invoicing_app.payers.remittances import LONGEST_REFERENCE, MOST_ALLOCATIONS
from invoicing_app.payers.setting_up import LONGEST_NAME
from invoicing_app.payers.short_payments import LONGEST_REASON
from smcapp1.models import Department


class CoverSerializer(serializers.Serializer[Cover]):
    """What a payer covers in one department."""

    department = serializers.CharField(source="department.code")
    percent = AmountField()
    limit_amount = AmountField(allow_null=True, help_text="Null: without end.")
    limit_per = serializers.CharField(help_text="VISIT or YEAR, of a limit.")
    is_active = serializers.BooleanField()


class PayerSerializer(serializers.Serializer[Payer]):
    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(Payer.Kind.choices)
    is_active = serializers.BooleanField()
    covers = CoverSerializer(many=True)


class PayerToAdd(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=20)
    name = serializers.CharField(max_length=LONGEST_NAME)
    kind = serializers.ChoiceField(Payer.Kind.choices)


class PayerToChange(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=LONGEST_NAME)
    kind = serializers.ChoiceField(Payer.Kind.choices)
    is_active = serializers.BooleanField()


class CoverToSet(serializers.Serializer[Any]):
    department = serializers.SlugRelatedField("code", queryset=Department.objects.all())
    percent = AmountField(help_text="Above 0, at most 100.")
    limit_amount = AmountField(required=False, allow_null=True, default=None)
    limit_per = serializers.ChoiceField(
        Cover.Limit.choices, required=False, allow_blank=True, default=""
    )
    is_active = serializers.BooleanField(default=True)


class PatientCoverSerializer(serializers.Serializer[PatientCover]):
    id = serializers.IntegerField()
    patient_id = serializers.IntegerField()
    payer = serializers.CharField(source="payer.code")
    payer_name = serializers.CharField(source="payer.name")
    member_number = serializers.CharField()
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(allow_null=True)
    created_at = InstantField(source="recorded_at")


class PatientCoverToRecord(serializers.Serializer[Any]):
    payer_id = IdField()
    member_number = serializers.CharField(max_length=LONGEST_MEMBER_NUMBER)
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(required=False, allow_null=True, default=None)


class CoverEnd(serializers.Serializer[Any]):
    last_day = serializers.DateField()


class SettlementSerializer(serializers.Serializer[ClaimSettlement]):
    kind = serializers.ChoiceField(ClaimSettlement.Kind.choices)
    amount = AmountField()
    business_date = serializers.DateField(source="entry.business_date")
    remittance_id = serializers.IntegerField(allow_null=True)
    short_payment_id = serializers.IntegerField(allow_null=True)


class ShortPaymentSerializer(serializers.Serializer[ShortPayment]):
    id = serializers.IntegerField()
    outcome = serializers.ChoiceField(ShortPayment.Outcome.choices)
    amount = AmountField()
    reason = serializers.CharField()
    status = serializers.ChoiceField(ShortPayment.Status.choices)
    bill_item_id = serializers.IntegerField(allow_null=True)


class ClaimSerializer(serializers.Serializer[Claim]):
    """What a payer owes of one item, and what became of it."""

    id = serializers.IntegerField()
    payer = serializers.CharField(source="payer.code")
    patient_id = serializers.IntegerField(source="cover.patient_id")
    member_number = serializers.CharField(source="cover.member_number")
    consultation_id = serializers.IntegerField()
    bill_item_id = serializers.IntegerField(source="payment_line.bill_item_id")
    department = serializers.CharField(source="department.code")
    description = serializers.CharField(source="payment_line.bill_item.description")
    business_date = serializers.DateField()
    batch_id = serializers.IntegerField(allow_null=True)
    amount = AmountField()
    claimed_amount = AmountField(allow_null=True)
    settled_amount = AmountField()
    open = serializers.SerializerMethodField()
    settlements = SettlementSerializer(many=True)
    short_payments = ShortPaymentSerializer(many=True)

    def get_open(self, claim: Claim) -> str:
        return money_text(claim.open_amount)


class BatchToMake(serializers.Serializer[Any]):
    payer_id = IdField()
    period_from = serializers.DateField()
    period_to = serializers.DateField()


class BatchSerializer(serializers.Serializer[Any]):
    """A batch of claims; ``batch_facts`` gives the values."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    payer = serializers.CharField()
    period_from = serializers.DateField()
    period_to = serializers.DateField()
    claims = serializers.IntegerField()
    total_amount = serializers.CharField()
    created_at = serializers.CharField()


class AllocationToMake(serializers.Serializer[Any]):
    claim_id = IdField()
    amount = AmountField()


class RemittanceToRecord(serializers.Serializer[Any]):
    """What arrived, and for which claims: ``allocations``, or a whole batch."""

    payer_id = IdField()
    reference = serializers.CharField(max_length=LONGEST_REFERENCE)
    amount = AmountField()
    received_on = serializers.DateField()
    allocations = serializers.ListField(
        child=AllocationToMake(), required=False, default=list, max_length=MOST_ALLOCATIONS
    )
    batch_id = IdField(required=False, allow_null=True, default=None)


class AllocationSerializer(serializers.Serializer[Any]):
    claim_id = serializers.IntegerField()
    amount = serializers.CharField()
    open = serializers.CharField(help_text="What was open on the claim after it.")


class RemittanceSerializer(serializers.Serializer[Any]):
    """What a payer paid; ``remittance_facts`` gives the values."""

    id = serializers.IntegerField()
    payer = serializers.CharField()
    reference = serializers.CharField()
    amount = serializers.CharField()
    received_on = serializers.DateField()
    allocations = AllocationSerializer(many=True)
    created_at = serializers.CharField()


class PartOfClaim(serializers.Serializer[Any]):
    amount = AmountField()
    reason = serializers.CharField(max_length=LONGEST_REASON)


class WriteOffToApprove(serializers.Serializer[Any]):
    write_off_id = IdField()


class WriteOffToReject(serializers.Serializer[Any]):
    write_off_id = IdField()
    reason = serializers.CharField(max_length=LONGEST_REASON)


class ShortPaymentDone(serializers.Serializer[Any]):
    """What was done about a part of a claim; ``short_payment_facts`` gives the values."""

    id = serializers.IntegerField()
    claim_id = serializers.IntegerField()
    outcome = serializers.ChoiceField(ShortPayment.Outcome.choices)
    amount = serializers.CharField()
    reason = serializers.CharField()
    status = serializers.ChoiceField(ShortPayment.Status.choices)
    bill_item_id = serializers.IntegerField(allow_null=True)
    claim_open = serializers.CharField()


class AgeSerializer(serializers.Serializer[Any]):
    age = serializers.CharField()
    amount = serializers.CharField()


class OwedSerializer(serializers.Serializer[Any]):
    payer = serializers.CharField()
    name = serializers.CharField()
    claims = serializers.IntegerField()
    ages = AgeSerializer(many=True)
    total = serializers.CharField()


class ReceivablesSerializer(serializers.Serializer[Any]):
    day = serializers.DateField()
    payers = OwedSerializer(many=True)
    total = serializers.CharField()


class DayQuery(serializers.Serializer[Any]):
    day = serializers.DateField(required=False, help_text="At its end; today if left out.")
