"""Wallets and deposits on the wire."""

from typing import Any

from rest_framework import serializers

from client_wallet.models import WalletAccount, WalletDeposit
from hospital.core.fields import AmountField, IdField, InstantField

DEPOSIT_METHODS = WalletDeposit._meta.get_field("payment_method").choices  # noqa: SLF001 - Django's documented _meta


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
    payment_method = serializers.ChoiceField(DEPOSIT_METHODS or (), default="CASH")
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
