"""Prices as lists write them: signs of currency, separators of both kinds, and nothing guessed."""

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from enum import Enum

from hospital.core.errors import InvalidAmount
from hospital.core.money import MAX_AMOUNT, require_amount

_CODES = "USD|EUR|GBP|NGN|GHS|KES|ZAR|UGX|TZS|RWF|XAF|XOF|EGP|MAD|ETB|ZMW|INR|CHF|CAD|AUD|JPY"
_SAME = {"US$": "$", "USD": "$", "EUR": "€", "GBP": "£", "NGN": "₦", "N": "₦", "GH₵": "₵"}
_SAME |= {"GHS": "₵", "KSH": "KES", "RS": "₹", "INR": "₹", "JPY": "¥"}
_MARK = rf"(?:US\$|GH₵|[$€£¥₦₵₹]|{_CODES}|KSh|Rs|N)"
_MINUS = "[-\N{MINUS SIGN}\N{EN DASH}\N{EM DASH}]"
_WRITTEN = re.compile(
    rf"(?P<before>{_MINUS})? ?(?P<mark>{_MARK})? ?(?P<between>{_MINUS})?"
    rf" ?(?P<number>[0-9][0-9., ']*|\.[0-9]+)? ?(?P<mark_after>{_MARK})? ?(?P<after>{_MINUS})?",
    re.IGNORECASE,
)
# One separator before exactly three digits: thousands to one reader, decimals to another.
_EITHER = re.compile(r"[1-9][0-9]{0,2}(?P<separator>[.,])[0-9]{3}")
_GROUPED = re.compile(
    r"(?P<whole>[1-9][0-9]{0,2}(?:(?P<separator>[., '])[0-9]{3})(?:(?P=separator)[0-9]{3})*)"
    r"(?:(?!(?P=separator))(?P<point>[.,])(?P<cents>[0-9]+))?"
)
_PLAIN = re.compile(r"(?P<whole>[0-9]+)(?:(?P<point>[.,])(?P<cents>[0-9]+))?|\.(?P<only>[0-9]+)")
_MOST_SHOWN = 40


class Decimals(Enum):
    """What stands before the decimals, as far as the prices of a list show it."""

    POINT = "."
    COMMA = ","
    BOTH = "both"
    UNKNOWN = "unknown"


class NotAPrice(ValueError):
    """Why a cell cannot be read as a price; the message is fit for a person."""


def decimals_of(cells: Iterable[str]) -> Decimals:
    """Return what the prices that can be read in one way only have before their decimals."""
    shown = {_shown_by(cell) for cell in cells} - {""}
    if len(shown) == 2:
        return Decimals.BOTH
    return Decimals(shown.pop()) if shown else Decimals.UNKNOWN


def currency_of(cell: str) -> str:
    """Return the sign of the currency in a cell, ``"$"`` for dollars in each spelling, or none."""
    written = _WRITTEN.fullmatch(_one_line(cell))
    if written is None:
        return ""
    marks = [written["mark"], written["mark_after"]]
    return "".join(sorted({_sign(mark) for mark in marks if mark}))


def read_price(cell: str, decimals: Decimals, *, bare_comma_groups: bool = True) -> Decimal:
    """
    Return the price in a cell: above zero, in whole cents.

    ``decimals`` is what the list as a whole shows; ``bare_comma_groups`` says whether ``1,234`` is
    1234 in a list that shows nothing.

    :raises NotAPrice: if it is none, or could be two
    """
    text = _one_line(cell)
    if not text:
        raise NotAPrice("is empty.")
    is_negative = text.startswith("(") and text.endswith(")")
    written = _WRITTEN.fullmatch(text[1:-1].strip() if is_negative else text)
    if written is None:
        raise NotAPrice(f"{_shown(text)} is not a price.")
    signs = [sign for sign in ("before", "between", "after") if written[sign]]
    if is_negative or signs or not written["number"]:
        raise NotAPrice(f"{_shown(text)} is not a price above zero.")
    number = written["number"].strip()
    return _checked(_plain(number, decimals, text, bare_comma_groups=bare_comma_groups), text)


def _plain(number: str, decimals: Decimals, text: str, *, bare_comma_groups: bool) -> str:
    """Return the number with a decimal point and without thousands separators."""
    if either := _EITHER.fullmatch(number):
        known = decimals
        if decimals is Decimals.UNKNOWN and either["separator"] == "," and bare_comma_groups:
            known = Decimals.POINT  # three decimals are no money: one reading is left
        return _resolved(number, either["separator"], known, text)
    found = _GROUPED.fullmatch(number) or _PLAIN.fullmatch(number)
    if found is None:
        raise NotAPrice(f"{_shown(text)} is not a price: its separators stand in odd places.")
    parts = found.groupdict()
    cents = parts["cents"] or parts.get("only") or ""
    if len(cents) > 2:
        raise NotAPrice(f"{_shown(text)} has more than two decimals; nothing is rounded.")
    is_odd = parts["point"] == "," and decimals in (Decimals.BOTH, Decimals.POINT)
    if is_odd and not parts.get("separator"):
        raise NotAPrice(f"{_shown(text)} is ambiguous: other prices here have a decimal point.")
    return f"{re.sub('[^0-9]', '', parts['whole'] or '0')}.{cents or '0'}"


def _resolved(number: str, separator: str, decimals: Decimals, text: str) -> str:
    if decimals in (Decimals.BOTH, Decimals.UNKNOWN):
        whole = number.replace(separator, "")
        point = number.replace(separator, ".")
        raise NotAPrice(f"{_shown(text)} is ambiguous: it may be {whole} or {point}.")
    if decimals.value == separator:
        raise NotAPrice(f"{_shown(text)} has more than two decimals; nothing is rounded.")
    return number.replace(separator, "")


def _checked(plain: str, text: str) -> Decimal:
    amount = Decimal(plain)
    if not amount:
        raise NotAPrice(f"{_shown(text)} is not a price above zero.")
    try:
        return require_amount(amount)
    except InvalidAmount:
        raise NotAPrice(f"{_shown(text)} is too large: at most {MAX_AMOUNT}.") from None


def _shown_by(cell: str) -> str:
    """Return the decimal separator that a cell shows beyond doubt, or none."""
    written = _WRITTEN.fullmatch(_one_line(cell).strip("()"))
    number = (written["number"] or "").strip() if written else ""
    if not number or _EITHER.fullmatch(number):
        return ""
    if grouped := _GROUPED.fullmatch(number):
        return grouped["point"] or {",": ".", ".": ","}.get(grouped["separator"], "")
    plain = _PLAIN.fullmatch(number)
    return (plain["point"] or "") if plain and len(plain["cents"] or "") in (1, 2) else ""


def _one_line(cell: str) -> str:
    """Return the cell with every blank an ordinary one, single, and an apostrophe for each kind."""
    return " ".join(cell.split()).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")


def _sign(mark: str) -> str:
    return _SAME.get(mark.upper(), mark.upper())


def _shown(text: str) -> str:
    kept = "".join(one if unicodedata.category(one) != "Cc" else "?" for one in text)
    return repr(kept if len(kept) <= _MOST_SHOWN else f"{kept[:_MOST_SHOWN]}…")
