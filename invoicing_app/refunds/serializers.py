"""Refunds on the wire."""

from typing import Any

from rest_framework import serializers

from client_wallet.models import PaymentMethod
from hospital.core.fields import IdField
from invoicing_app.refunds.answers import refund_facts
from invoicing_app.refunds.asking import MAX_REASON, RefundIntent, WantedLine
from invoicing_app.refunds.models import Refund
from invoicing_app.services import MAX_QUANTITY


class RefundLineWanted(serializers.Serializer[Any]):
    bill_item_id = IdField()
    quantity = serializers.IntegerField(min_value=1, max_value=MAX_QUANTITY)
    sellable = serializers.BooleanField(
        default=False, help_text="Of a drug that the patient had: whether it can be sold again."
    )


class RefundWanted(serializers.Serializer[Any]):
    """A payment's cancellation (lines may be left out), or the return of some of its items."""

    payment_id = IdField()
    kind = serializers.ChoiceField(Refund.Kind.choices)
    reason = serializers.CharField(max_length=MAX_REASON)
    lines = RefundLineWanted(many=True, required=False, default=list)
    cash_to = serializers.ChoiceField(
        [(PaymentMethod.CASH, "Cash"), (PaymentMethod.WALLET, "Wallet Account")],
        default=PaymentMethod.CASH,
        help_text="Where what was paid in cash goes.",
    )
    plan_hash = serializers.CharField(
        max_length=64,
        required=False,
        allow_blank=True,
        default="",
        help_text="Of the plan that was shown; where it comes to something else, 409.",
    )


class RefundEdited(RefundWanted):
    """What is asked for instead; the payment stays."""

    payment_id = None  # type: ignore[assignment] # takes the inherited field away


def intent_of(given: dict[str, Any], **more: Any) -> RefundIntent:
    """Return what a body asks for."""
    lines = [WantedLine(**line) for line in given["lines"]]
    return RefundIntent(**{**given, "lines": lines, **more})


class RefundApproval(serializers.Serializer[Any]):
    request_hash = serializers.CharField(
        max_length=64, help_text="As the refund shows it: what is approved is what was read."
    )


class RefundWhy(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=MAX_REASON)


class RefundLineSerializer(serializers.Serializer[Any]):
    bill_item_id = serializers.IntegerField()
    description = serializers.CharField()
    quantity = serializers.IntegerField()
    amount = serializers.CharField(help_text="The patient's part.")
    payer_amount = serializers.CharField(help_text="So much less a payer owes.")
    sellable = serializers.BooleanField()


class PlannedLineSerializer(RefundLineSerializer):
    on_the_shelf = serializers.IntegerField(help_text="Of a drug: never handed out.")
    brought_back = serializers.IntegerField(help_text="Of a drug: comes from the patient.")


class RefundTenderSerializer(serializers.Serializer[Any]):
    payment_method = serializers.ChoiceField(PaymentMethod.choices)
    amount = serializers.CharField()
    goes_to = serializers.ChoiceField(PaymentMethod.choices)
    external_reference = serializers.CharField(
        allow_blank=True, help_text="The slip's number of the payment, for the card or the bank."
    )


class RefundPlanSerializer(serializers.Serializer[Any]):
    """What a refund would come to, and where each amount would go."""

    payment_id = serializers.IntegerField()
    amount = serializers.CharField()
    payer_amount = serializers.CharField()
    rounding = serializers.CharField(help_text="Given back in cash beyond the amount; signed.")
    lines = PlannedLineSerializer(many=True)
    tenders = RefundTenderSerializer(many=True)
    plan_hash = serializers.CharField()
    drawer_is_short = serializers.BooleanField(
        help_text="Whether the caller's drawer holds less cash than would go back."
    )


class RefundSerializer(serializers.Serializer[Refund]):
    """A refund; ``refund_facts`` gives the values."""

    id = serializers.IntegerField()
    payment_id = serializers.IntegerField()
    payment_receipt_number = serializers.CharField()
    consultation_id = serializers.IntegerField()
    kind = serializers.ChoiceField(Refund.Kind.choices)
    reason = serializers.CharField()
    cash_to = serializers.ChoiceField(
        [(PaymentMethod.CASH, "Cash"), (PaymentMethod.WALLET, "Wallet Account")]
    )
    status = serializers.ChoiceField(Refund.Status.choices)
    amount = serializers.CharField(help_text="The patient's part: the sum of the lines.")
    payer_amount = serializers.CharField()
    rounding = serializers.CharField(help_text="Given back in cash beyond the amount; signed.")
    lines = RefundLineSerializer(many=True)
    tenders = RefundTenderSerializer(many=True)
    version = serializers.IntegerField(help_text="1, and one more with each edit.")
    request_hash = serializers.CharField()
    requested_by = serializers.CharField()
    requested_at = serializers.DateTimeField()
    decided_by = serializers.CharField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    decision_note = serializers.CharField(allow_blank=True)
    paid_by = serializers.CharField(allow_null=True)
    paid_at = serializers.DateTimeField(allow_null=True)
    receipt_number = serializers.CharField(allow_null=True)

    def to_representation(self, instance: Refund) -> dict[str, Any]:
        return refund_facts(instance).facts()
