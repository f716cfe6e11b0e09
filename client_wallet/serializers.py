"""Wallets, deposits, transfers and withdrawals on the wire."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from client_wallet.models import WalletAccount
from client_wallet.models.deposits import COUNTER_METHODS
from client_wallet.transactions import STATUSES, TYPES, Transaction
from client_wallet.transfers import MAX_NOTE, MAX_REFERENCE
from client_wallet.withdrawals import read_destination
from hospital.core.errors import InvalidRequest
from hospital.core.fields import AmountField, IdField, InstantField, InstantToRead, UuidField

DEPOSIT_METHODS = COUNTER_METHODS


class WalletToOpen(serializers.Serializer[Any]):
    patient_id = IdField(required=False, help_text="Left out by a patient: the own wallet.")


class WalletSerializer(serializers.Serializer[WalletAccount]):
    id = serializers.UUIDField()
    patient_id = serializers.IntegerField()
    account_balance = AmountField()
    status = serializers.ChoiceField(WalletAccount.Status.choices)
    created_at = InstantField()


class DepositIntoWallet(serializers.Serializer[Any]):
    """A deposit whose wallet is named by the address."""

    amount = AmountField()
    payment_method = serializers.ChoiceField(DEPOSIT_METHODS, default="CASH")
    external_reference = serializers.CharField(
        max_length=100, required=False, allow_blank=True, default=""
    )
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class WalletDepositSerializer(DepositIntoWallet):
    """A deposit that somebody asks to take."""

    patient_id = IdField()


class DepositTakenSerializer(serializers.Serializer[Any]):
    message = serializers.CharField()
    deposit_id = serializers.IntegerField()
    receipt_number = serializers.CharField()
    patient_id = serializers.IntegerField()
    wallet_id = serializers.UUIDField()
    amount = serializers.CharField()
    account_balance = serializers.CharField()
    created_at = serializers.CharField()


class ReversalReason(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=200)


class DepositReversedSerializer(serializers.Serializer[Any]):
    reversal_of = serializers.IntegerField()
    account_balance = serializers.CharField()


class StatusReason(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=200)


class StatusChangedSerializer(serializers.Serializer[Any]):
    wallet_id = serializers.UUIDField()
    status = serializers.ChoiceField(WalletAccount.Status.choices)
    reason = serializers.CharField()
    changed_at = serializers.CharField()


class TransferToMake(serializers.Serializer[Any]):
    """A transfer that somebody asks for."""

    from_wallet = UuidField(required=False, help_text="Left out by a patient: the own wallet.")
    to_wallet = UuidField()
    amount = AmountField()
    reference_id = serializers.CharField(
        max_length=MAX_REFERENCE, help_text="The caller's own; one transfer is made for each."
    )
    note = serializers.CharField(max_length=MAX_NOTE, required=False, allow_blank=True, default="")


class TransferMadeSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    reference_id = serializers.CharField()
    from_wallet = serializers.UUIDField()
    to_wallet = serializers.UUIDField()
    amount = serializers.CharField()
    account_balance = serializers.CharField(help_text="The sender's.")
    created_at = serializers.CharField()


class DestinationSerializer(serializers.Serializer[Any]):
    """An account at a bank; whether it exists only the bank knows."""

    bank_code = serializers.CharField(max_length=20)
    account_number = serializers.CharField(max_length=34)
    account_name = serializers.CharField(max_length=140)


@extend_schema_field(DestinationSerializer)
class DestinationField(serializers.Field):  # type: ignore[type-arg] # no generic at run time
    """An account to pay out to, read as the service reads it."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            return read_destination(data)
        except InvalidRequest as refusal:
            part = refusal.wrong_field.removeprefix("destination").lstrip(".")
            raise serializers.ValidationError(
                {part: [refusal.message]} if part else refusal.message
            ) from None


class WithdrawalToSchedule(serializers.Serializer[Any]):
    """A withdrawal that somebody asks for."""

    amount = AmountField()
    scheduled_for = InstantToRead(
        required=False, allow_null=True, help_text="Left out, or past: now. At most a year ahead."
    )
    destination = DestinationField(
        required=False,
        allow_null=True,
        help_text="Left out: the account saved with the wallet, else the installation's.",
    )


class WithdrawalAnswerSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    wallet_id = serializers.UUIDField()
    type = serializers.CharField()
    status = serializers.ChoiceField(STATUSES)
    amount = serializers.CharField()
    scheduled_for = serializers.CharField()
    created_at = serializers.CharField()


class TransactionQuery(serializers.Serializer[Any]):
    """How a list of transactions can be narrowed; days are business days, both included."""

    type = serializers.ChoiceField(TYPES, required=False)
    status = serializers.ChoiceField(STATUSES, required=False)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Add ``from`` and ``to``: the one is no name that a class body can spell."""
        days = {
            name: serializers.DateField(required=False, input_formats=["%Y-%m-%d"])
            for name in ("from", "to")
        }
        return {**super().get_fields(), **days}


class TransactionSerializer(serializers.Serializer[Transaction]):
    """A row of a wallet's transactions; of one that moved nothing, ``balance_after`` is null."""

    id = serializers.UUIDField()
    type = serializers.ChoiceField(TYPES)
    status = serializers.ChoiceField(STATUSES)
    amount = AmountField()
    direction = serializers.ChoiceField(["CREDIT", "DEBIT"])
    balance_after = AmountField(allow_null=True)
    created_at = InstantField()
    posted_at = InstantField(allow_null=True)
    receipt_number = serializers.CharField(allow_null=True)
    reference_id = serializers.CharField(allow_null=True, help_text="Of a transfer out.")
    other_wallet = serializers.UUIDField(allow_null=True, help_text="Of a transfer.")
    note = serializers.CharField(help_text="Of a transfer.")
    related_id = serializers.UUIDField(
        allow_null=True, help_text="The row that this one undoes, or that undoes it."
    )
    scheduled_for = InstantField(allow_null=True)
    destination = DestinationSerializer(allow_null=True, help_text="Most digits are hidden.")
    bank_reference = serializers.CharField(allow_null=True)
    failure_code = serializers.CharField(allow_null=True)


class TransactionPageSerializer(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = TransactionSerializer(many=True)
