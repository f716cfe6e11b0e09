"""Settings as the environment gives them: typed, and with one sentence when one is missing."""

import math
import os
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from babel import Locale, UnknownLocaleError
from babel.numbers import get_currency_precision
from django.core.exceptions import ImproperlyConfigured
from psycopg2 import ProgrammingError
from psycopg2.extensions import parse_dsn

TRUE = {"1", "true", "on", "yes"}
FALSE = {"", "0", "false", "off", "no"}
_AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?", re.ASCII)


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool) -> bool:
    value = text(name, "1" if default else "0").lower()
    if value not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")
    return value in TRUE


def number(name: str, default: int) -> int:
    value = text(name, str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.")
    return int(value)


def seconds(name: str, default: str) -> float | None:
    """Return a number of seconds above zero, or None for ``none``."""
    value = text(name, default)
    if value.lower() == "none":
        return None
    try:
        read = float(value)
    except ValueError:
        read = math.nan
    if not 0 < read < math.inf:
        raise ImproperlyConfigured(f"{name} must be seconds above zero or none, not {value!r}.")
    return read


def amount(name: str, default: str) -> Decimal:
    """Return an amount of money, zero or more, of at most two places: ``500`` or ``0.05``."""
    value = text(name, default)
    if not _AMOUNT.fullmatch(value):
        raise ImproperlyConfigured(f"{name} must be an amount like 500.00, not {value!r}.")
    return Decimal(value).quantize(Decimal("0.01"))


def amounts(name: str, default: str) -> list[Decimal]:
    """Return amounts above zero, each once, the largest first; written with commas between."""
    values = [value.strip() for value in text(name, default).split(",")]
    if not all(_AMOUNT.fullmatch(value) and Decimal(value) for value in values):
        raise ImproperlyConfigured(f"{name} must read like 100,50,0.50, not {','.join(values)!r}.")
    return sorted({Decimal(value).quantize(Decimal("0.01")) for value in values}, reverse=True)


def destination(name: str) -> Mapping[str, str]:
    """Return a bank account, written ``bank code:account number:account name``; {} if not set."""
    value = text(name)
    parts = [part.strip() for part in value.split(":", 2)]
    if value and (len(parts) != 3 or not all(parts)):
        raise ImproperlyConfigured(f"{name} must read code:number:name, not {value!r}.")
    names = ("bank_code", "account_number", "account_name")
    return dict(zip(names, parts, strict=True)) if value else {}


def words(name: str) -> list[str]:
    return [word.strip() for word in text(name).split(",") if word.strip()]


def required(name: str, why: str) -> str:
    value = text(name)
    if not value:
        raise ImproperlyConfigured(f"{name} is not set: {why}")
    return value


def locale(name: str, default: str) -> str:
    """Return the name of a locale that CLDR knows: ``en_NG``, also written ``en-NG``."""
    value = text(name, default).replace("-", "_")
    try:
        Locale.parse(value)
    except (UnknownLocaleError, ValueError) as error:
        raise ImproperlyConfigured(f"{name} must be a locale like en_NG, not {value!r}.") from error
    return value


def web_address(name: str) -> str:
    """Return the start of an address, ``https://desk.example.org``, or "" where none is set."""
    value = text(name).rstrip("/")
    parts = urlsplit(value)
    is_one = parts.scheme in {"http", "https"} and parts.netloc and not parts.query
    if value and not is_one:
        raise ImproperlyConfigured(f"{name} must read https://host, not {value!r}.")
    return value


def database(url: str, *, options: str) -> Mapping[str, Any]:
    """Return Django's settings for a ``postgresql://`` URL, read by libpq's own parser."""
    try:
        parts = parse_dsn(url)
    except ProgrammingError as error:
        raise ImproperlyConfigured(
            "DATABASE_URL and DATABASE_OWNER_URL must read postgresql://role:password@host/name."
        ) from error
    return {
        "ENGINE": "hospital.core.postgresql",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "OPTIONS": {**parts, "options": f"{parts.get('options', '')} {options}".strip()},
    }


def gateway(name: str, currency: str) -> str:
    """Return the payment gateway that a setting names; real ones are told whole hundredths."""
    value = text(name)
    if value not in ("", "sandbox") and get_currency_precision(currency) != 2:
        raise ImproperlyConfigured(
            f"{name} must be empty: {value} is told hundredths, and {currency} has none."
        )
    return value
