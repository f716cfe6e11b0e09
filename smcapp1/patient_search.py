"""Which patients a typed text means: by hospital number, name in any word order, or phone."""

import re

from django.db.models import CharField, F, Func, Q, Value
from django.db.models.lookups import Contains

_PUNCTUATION = " +-()./"  # of phone numbers, as people write them
_ONLY_DIGITS = str.maketrans("", "", _PUNCTUATION)
_HOSPITAL_NUMBER = re.compile(r"HN0*([1-9][0-9]{0,6})", re.ASCII | re.IGNORECASE)
_PHONE_COMPARED = 9  # the last digits: without a country's code, or the 0 that stands for it
_PHONE_AT_LEAST = 3  # fewer digits occur in nearly every number


def patients_meant_by(text: str) -> Q:
    """
    Return the condition on patients: every word occurs in number, name or phone.

    A text of digits alone is one number, however it is spaced: ``0801 555 0000`` and
    ``+2348015550000`` find the phone ``+234 801 5550000``; ``12`` finds ``HN0000012``.
    """
    if "\0" in text:  # PostgreSQL takes none, and no text of ours holds one
        return Q(pk=None)
    words = [text] if _digits(text) else text.split()
    meant = Q()
    for word in words:
        meant &= _meant_by_number(word) if _digits(word) else _meant_by_word(word)
    return meant


def exact_hospital_number(text: str) -> str | None:
    """Return the one hospital number that a text can mean, if it can mean one."""
    written = _HOSPITAL_NUMBER.fullmatch(text.strip())
    digits = written[1] if written else _digits(text.strip()).lstrip("0")
    return f"HN{digits:0>7}" if 0 < len(digits) <= 7 else None


def _digits(text: str) -> str:
    """Return the digits of a text that holds nothing but a number, else nothing."""
    digits = text.translate(_ONLY_DIGITS)
    return digits if digits.isascii() and digits.isdecimal() else ""


def _meant_by_number(written: str) -> Q:
    digits = _digits(written)
    meant = Q(hospital_number__contains=digits)
    compared = digits.lstrip("0")[-_PHONE_COMPARED:]
    if len(compared) < _PHONE_AT_LEAST:
        return meant
    phone = Func(
        F("phone"),
        Value(_PUNCTUATION),
        Value(""),
        function="TRANSLATE",
        output_field=CharField(),
    )
    return meant | Q(Contains(phone, compared))


def _meant_by_word(word: str) -> Q:
    meant = Q(first_name__icontains=word) | Q(last_name__icontains=word)
    if not any(letter.isdigit() for letter in word):
        return meant  # two columns to look through, not four
    meant |= Q(hospital_number__istartswith=word) | Q(phone__icontains=word)
    return meant | Q(hospital_number=exact_hospital_number(word))
