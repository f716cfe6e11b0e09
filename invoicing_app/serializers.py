"""Bills and payments on the wire."""

from typing import Any

from rest_framework import serializers

from client_wallet.models import PaymentMethod, WalletAccount
from hospital.core.fields import AmountField, IdField, InstantField, WholeNumberField
from invoicing_app.models import ALL_DEPARTMENTS, SETTLED_BY, BillItem, DepositReceiving
from invoicing_app.payment_services import payment_facts
from invoicing_app.running_bill import RunningBill, TopUp
from invoicing_app.services import MAX_QUANTITY
from invoicing_app.tenders import MOST_TENDERS
from smcapp1.models import Consultation, Department, LabResult


class DepartmentField(serializers.CharField):
    """A department's code, or ALL."""

    def to_internal_value(self, data: Any) -> str:
        code = super().to_internal_value(data)
        if code != ALL_DEPARTMENTS and not _is_department(code):
            raise serializers.ValidationError(
                f"There is no department {code}; ALL means every one."
            )
        return code


def _is_department(code: str) -> bool:
    # The database cannot even be asked for a NUL.
    return "\0" not in code and Department.objects.filter(code=code).exists()


class BillQuery(serializers.Serializer[Any]):
    department = DepartmentField(required=False, default=ALL_DEPARTMENTS)


class BillItemSerializer(serializers.Serializer[Any]):
    """A bill item as bills, orders and payments show it; ``item_facts`` gives the values."""

    id = serializers.IntegerField()
    department = serializers.CharField()
    description = serializers.CharField()
    quantity = serializers.IntegerField()
    unit_price = serializers.CharField()
    line_total = serializers.CharField()
    waived = serializers.CharField(help_text="What the hospital forgave of it.")
    payer_share = serializers.CharField(help_text="What a payer owes of it, not the patient.")
    patient_due = serializers.CharField(
        help_text="The patient's part: `line_total` less `waived` and `payer_share`."
    )
    status = serializers.ChoiceField(BillItem.Status.choices)
    receipt_number = serializers.CharField(allow_null=True)


class DepartmentDueSerializer(serializers.Serializer[Any]):
    department = serializers.CharField()
    total_due = AmountField()


class BillSerializer(serializers.Serializer[Any]):
    consultation_id = serializers.IntegerField()
    patient_id = serializers.IntegerField()
    department = serializers.CharField()
    total_due = serializers.CharField(help_text="What the patient owes.")
    cash_due = serializers.CharField(
        help_text="The same in cash: rounded, so that coins make it up."
    )
    payer = serializers.CharField(allow_null=True, help_text="The code of who pays a share.")
    payer_total = serializers.CharField(help_text="The payer's share of what is unpaid.")
    departments = DepartmentDueSerializer(many=True)
    items = BillItemSerializer(many=True)


class RunningBillSerializer(serializers.Serializer[RunningBill]):
    """What a visit has run up against the patient's wallet."""

    consultation_id = serializers.IntegerField(source="consultation.pk")
    patient_id = serializers.IntegerField(source="consultation.patient_id")
    status = serializers.ChoiceField(Consultation.Status.choices, source="consultation.status")
    total_due = AmountField(help_text="The patient's part of what is unpaid.")
    payer = serializers.CharField(allow_null=True, help_text="The code of who pays a share.")
    payer_total = AmountField(help_text="The payer's share of what is unpaid.")
    wallet_balance = AmountField(help_text="0.00 where there is no wallet.")
    wallet_status = serializers.ChoiceField(WalletAccount.Status.choices, allow_null=True)
    short_by = AmountField(help_text="What the wallet does not cover; a frozen one covers nothing.")
    margin = AmountField(help_text="Less left in the wallet of an open visit is a warning.")
    warning = serializers.ChoiceField(TopUp.choices)


class OfferedTender(serializers.Serializer[Any]):
    """What is handed over by one of several methods."""

    payment_method = serializers.ChoiceField(PaymentMethod.choices)
    amount = AmountField(
        required=False,
        help_text="May be left out of one that is not CASH: it pays what the others leave.",
    )
    external_reference = serializers.CharField(
        max_length=100, required=False, allow_blank=True, default=""
    )


class DepositReceivingSerializer(serializers.Serializer[Any]):
    """
    A payment that somebody asks to take: the intent; totals are the server's.

    By one method, or by several at once: then `tenders`, and neither method nor amount.
    """

    consultation_id = IdField()
    department = DepartmentField()
    payment_method = serializers.ChoiceField(PaymentMethod.choices, required=False)
    amount_paid = AmountField(
        required=False,
        help_text="What was handed over; left out where the patient owes nothing, or for WALLET.",
    )
    external_reference = serializers.CharField(
        max_length=100, required=False, allow_blank=True, default=""
    )
    tenders = serializers.ListField(child=OfferedTender(), required=False, max_length=MOST_TENDERS)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "tenders" not in attrs and "payment_method" not in attrs:
            raise serializers.ValidationError({"payment_method": ["Say how it is paid."]})
        return attrs


class TenderSerializer(serializers.Serializer[Any]):
    """What one method brought in for a payment."""

    payment_method = serializers.ChoiceField(PaymentMethod.choices)
    amount = serializers.CharField(help_text="What was kept: `tendered` less the change.")
    tendered = serializers.CharField(help_text="What was handed over.")
    change_given = serializers.CharField()
    external_reference = serializers.CharField()


class PaymentSerializer(serializers.Serializer[DepositReceiving]):
    """A payment that was taken."""

    payment_id = serializers.IntegerField()
    receipt_number = serializers.CharField()
    consultation_id = serializers.IntegerField()
    department = serializers.CharField()
    payment_method = serializers.ChoiceField(SETTLED_BY)
    total_due = serializers.CharField()
    amount_paid = serializers.CharField()
    change_given = serializers.CharField()
    rounding = serializers.CharField(
        help_text="Paid in cash beyond the total, or below zero less, so that coins make it up."
    )
    tenders = TenderSerializer(many=True)
    items = BillItemSerializer(many=True)
    wallet_balance = serializers.CharField(required=False, help_text="Of a payment by WALLET.")
    created_at = serializers.CharField()

    def to_representation(self, instance: DepositReceiving) -> dict[str, Any]:
        return payment_body(payment_facts(instance).facts())


def payment_body(facts: dict[str, Any]) -> dict[str, Any]:
    """Return a payment's facts; without the wallet's balance, say, where no wallet was touched."""
    return {name: value for name, value in facts.items() if value is not None}


class OrderedItem(serializers.Serializer[Any]):
    service_item_id = IdField()
    quantity = WholeNumberField(min_value=1, max_value=MAX_QUANTITY)


class ItemsToOrder(serializers.Serializer[Any]):
    items = serializers.ListField(child=OrderedItem(), allow_empty=False, max_length=500)


class OrderedSerializer(serializers.Serializer[Any]):
    consultation_id = serializers.IntegerField()
    items = BillItemSerializer(many=True)


class VoidReason(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=200)


class LabResultSerializer(serializers.Serializer[LabResult]):
    id = serializers.IntegerField()
    bill_item_id = serializers.IntegerField(source="bill_item.pk")
    consultation_id = serializers.IntegerField()
    test = serializers.CharField(source="test.name")
    status = serializers.ChoiceField(LabResult.Status.choices)
    result = serializers.CharField()
    requested_at = InstantField()
    resulted_at = InstantField(allow_null=True)
