"""Serializer fields for money, instants and ids."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from hospital.core.errors import InvalidAmount
from hospital.core.money import money_text, parse_amount
from hospital.core.times import wire_time

_DIGITS = re.compile(r"-?[0-9]+")
_INSTANT = re.compile(  # RFC 3339, section 5.6
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})",
    re.ASCII,
)
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@extend_schema_field({"type": "string", "pattern": r"^\d{1,12}(\.\d{1,2})?$", "example": "1200.50"})
class AmountField(serializers.Field):  # type: ignore[type-arg] # no generic at run time
    """An amount of money: a JSON string or number above zero with at most two decimals."""

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, bool) or not isinstance(data, str | int | float | Decimal):
            raise serializers.ValidationError("An amount is a string or a number.")
        try:
            return parse_amount(str(data).strip(), self.field_name or "amount")
        except InvalidAmount as error:
            raise serializers.ValidationError(error.message) from None

    def to_representation(self, value: Decimal) -> str:
        return money_text(value)


@extend_schema_field(OpenApiTypes.DATETIME)
class InstantField(serializers.Field):  # type: ignore[type-arg] # no generic at run time
    """An instant, shown as RFC 3339 in UTC."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: datetime) -> str:
        return wire_time(value)


@extend_schema_field(OpenApiTypes.DATETIME)
class InstantToRead(serializers.Field):  # type: ignore[type-arg] # no generic at run time
    """An instant that somebody names: RFC 3339, with its offset from UTC."""

    default_error_messages = {
        "invalid": "Write an instant as 2026-01-31T09:30:00Z or 2026-01-31T10:30:00+01:00."
    }

    def to_internal_value(self, data: Any) -> datetime:
        written = data.upper() if isinstance(data, str) else ""
        try:
            return datetime.fromisoformat(written if _INSTANT.fullmatch(written) else "")
        except ValueError:
            self.fail("invalid")

    def to_representation(self, value: datetime) -> str:
        return wire_time(value)


class UuidField(serializers.UUIDField):
    """The id of a row, as answers write it; whether there is such a row is for the service."""

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str) or not _UUID.fullmatch(data):
            self.fail("invalid", value=data)
        return UUID(data)


class WholeNumberField(serializers.IntegerField):
    """A whole number: a JSON number, or a string of plain digits (not ``"1_0"``, which is 10)."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, str) and not _DIGITS.fullmatch(data):
            self.fail("invalid")
        return super().to_internal_value(data)


class IdField(WholeNumberField):
    """The id of a row; whether there is such a row is for the service to say."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=2**63 - 1, **kwargs)
