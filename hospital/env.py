"""Settings as the environment gives them: typed, and with one sentence when one is missing."""

import os
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from psycopg2 import ProgrammingError
from psycopg2.extensions import parse_dsn

TRUE = {"1", "true", "on", "yes"}
FALSE = {"", "0", "false", "off", "no"}


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


def words(name: str) -> list[str]:
    return [word.strip() for word in text(name).split(",") if word.strip()]


def required(name: str, why: str) -> str:
    value = text(name)
    if not value:
        raise ImproperlyConfigured(f"{name} is not set: {why}")
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
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "OPTIONS": {**parts, "options": f"{parts.get('options', '')} {options}".strip()},
    }
