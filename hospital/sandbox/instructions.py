"""What a client wants paid, read from a request's body and checked field by field."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:~-]{0,99}")
_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,11})\.[0-9]{2}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_BANK_CODE = re.compile(r"[A-Za-z0-9]{1,20}")
_ACCOUNT_NUMBER = re.compile(r"[A-Za-z0-9]{1,34}")

LIMIT = 10_000_000_00  # of one transfer, in hundredths
Reasons = dict[str, str]  # field -> what is wrong with it


class Malformed(Exception):
    """The body is no instruction; ``reasons`` names each field."""

    def __init__(self, reasons: Reasons) -> None:
        super().__init__(reasons)
        self.reasons = reasons


@dataclass(frozen=True)
class Instruction:
    """One transfer asked for; ``amount`` in hundredths, above zero."""

    reference: str
    amount: int
    currency: str
    bank_code: str
    account_number: str
    account_name: str

    @property
    def refusal(self) -> str:
        """Why the bank refuses it for good; empty if it does not."""
        if self.account_number.startswith("000"):
            return "unknown-account"
        return "over-limit" if self.amount > LIMIT else ""


def read_instruction(body: bytes) -> Instruction:
    """
    :raises Malformed: naming every field that is missing or not as it should be
    """
    sent = _read_object(body)
    destination = sent.get("destination")
    if not isinstance(destination, dict):
        destination = {}
    texts: dict[str, Any] = {name: sent.get(name) for name in ("reference", "amount", "currency")}
    texts |= {f"destination.{name}": destination.get(name) for name in _DESTINATION}
    if reasons := _reasons(texts):
        raise Malformed(reasons)
    return Instruction(
        texts["reference"],
        int(texts["amount"].replace(".", "")),
        texts["currency"],
        *(texts[f"destination.{name}"] for name in _DESTINATION),
    )


def _read_object(body: bytes) -> dict[str, Any]:
    try:
        sent = json.loads(body.decode())
    except (ValueError, RecursionError) as unreadable:
        raise Malformed({"body": "This is not JSON in UTF-8."}) from unreadable
    if not isinstance(sent, dict):
        raise Malformed({"body": "A JSON object is needed."})
    return sent


def _reasons(texts: Mapping[str, object]) -> Reasons:
    """What is wrong, by field; with nothing wrong, all of them are strings."""
    return {
        name: rule
        for name, (rule, obeys) in _RULES.items()
        if not (isinstance(text := texts[name], str) and obeys(text))
    }


def _matches(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.fullmatch(text) is not None


def _is_amount(text: str) -> bool:
    return _AMOUNT.fullmatch(text) is not None and text.strip("0.") != ""


def _is_name(text: str) -> bool:
    return text.strip() != "" and len(text) <= 100 and text.isprintable()


_DESTINATION = ("bank_code", "account_number", "account_name")
_RULES: dict[str, tuple[str, Callable[[str], bool]]] = {
    "reference": (
        "A string of 1 to 100 of A-Z a-z 0-9 . _ : ~ - that begins with a letter or digit.",
        _matches(_REFERENCE),
    ),
    "amount": ('A string like "1234.50", above zero, with two decimals.', _is_amount),
    "currency": ("A string of three capital letters.", _matches(_CURRENCY)),
    "destination.bank_code": ("A string of 1 to 20 letters and digits.", _matches(_BANK_CODE)),
    "destination.account_number": (
        "A string of 1 to 34 letters and digits.",
        _matches(_ACCOUNT_NUMBER),
    ),
    "destination.account_name": ("A string of 1 to 100 printable characters.", _is_name),
}
