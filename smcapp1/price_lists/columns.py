"""Which row of a list is its header, and which of its columns hold name, price and code."""

import csv
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import islice

from hospital.core.csv_files import BadFile

DELIMITERS = (",", ";", "\t", "|")
SEARCHED_LINES = 200  # title and disclaimer lines above the header are fewer
NAME, PRICE, CODE = "name", "price", "code"
OPTIONS = {NAME: "--name-column", PRICE: "--price-column", CODE: "--code-column"}
WHAT = {NAME: "the item's name", PRICE: "the price", CODE: "the item's code"}
_MOST_WORDS = 6  # a longer cell is a sentence
_MOST_CHARACTERS = 80


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_NOT_OF_THE_ITEM = _listed(
    "facility hospital department dept payer payor plan insurance insurer vendor supplier"
    " manufacturer location city provider category group class type revenue rev file modifier"
    " npi phone tax date currency status zip quantity qty"
)
_NAME = _listed(
    "description desc descr descriptor name beschreibung bezeichnung descripcion descripción"
    " designation désignation libelle libellé nombre"
)
_PRICE = _listed(
    "price prices fee fees amount amt charge charges rate rates cost tariff"
    " preis prix precio importe betrag montant tarif"
)
_NO_PRICE = _listed(
    "date currency type category class group status quantity qty percent notes note"
)
_CODE = _listed("code codes cdm cc sku mnemonic")
_NUMBER = _listed("number no nr num id key")
_THING = _listed(
    "item items service services procedure procedures test tests drug drugs medication medications"
    " medicine medicines product products treatment treatments charge article material"
)
_SENTENCE = _listed(
    "a an the and was were is are be may see not this that these all our we you with"
)
_BILLING_CODE = _listed("cpt hcpcs ndc drg msdrg icd")  # of a kind of service


@dataclass(frozen=True)
class Chosen:
    """Columns that the user named, each by its heading; ``""`` leaves the choice to the list."""

    name: str = ""
    price: str = ""
    code: str = ""

    def of(self, role: str) -> str:
        return {NAME: self.name, PRICE: self.price, CODE: self.code}[role]


NOTHING_CHOSEN = Chosen()


@dataclass(frozen=True)
class Header:
    """The row with the headings: where it is, and where name, price and code stand in it."""

    line: int  # of the file, from 1
    delimiter: str
    headings: Sequence[str]
    name: int
    price: int
    code: int | None


def find_header(lines: Sequence[str], file: str, chosen: Chosen) -> Header:
    """
    Return the first row in which an item's name and its price are headings.

    :raises BadFile: if there is none, if a chosen column is not in it, or if several columns could
        be meant
    """
    for number, line in enumerate(islice(lines, SEARCHED_LINES), start=1):
        rows = {
            delimiter: _first_row(lines, number, delimiter)
            for delimiter in DELIMITERS
            if delimiter in line
        }
        headers = [one for one, headings in rows.items() if _is_header(headings, chosen)]
        if headers:
            delimiter = max(headers, key=lambda one: _recognised(rows[one]))
            return _header(number, delimiter, rows[delimiter], file, chosen)
    raise _no_header(file, chosen)


def _first_row(lines: Sequence[str], number: int, delimiter: str) -> list[str]:
    rest = islice(lines, number - 1, None)
    try:
        row = next(csv.reader(rest, delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:  # an open quote; not a header
        return []
    return [" ".join(heading.split()) for heading in row]


def _is_header(headings: Sequence[str], chosen: Chosen) -> bool:
    found = [set(_candidates(role, headings, chosen)) for role in (NAME, PRICE)]
    return bool(found[0] and found[1]) and len(found[0] | found[1]) > 1


def _recognised(headings: Sequence[str]) -> int:
    return sum(bool(_kind(words_of(heading))) for heading in headings)


def _header(
    line: int, delimiter: str, headings: Sequence[str], file: str, chosen: Chosen
) -> Header:
    name, price, code = (
        _only(role, headings, _candidates(role, headings, chosen), file, line)
        for role in (NAME, PRICE, CODE)
    )
    if name is None or price is None or name == price:
        raise _no_header(file, chosen)
    if chosen.code and code is None:
        raise BadFile("is missing.", file=file, row=line, column=chosen.code)
    return Header(line, delimiter, headings, name, price, code)


def _only(
    role: str, headings: Sequence[str], candidates: Sequence[int], file: str, line: int
) -> int | None:
    if len(candidates) > 1:
        listed = ", ".join(repr(headings[index]) for index in candidates)
        message = f"several columns may hold {WHAT[role]}: {listed}. Name one ({OPTIONS[role]})."
        raise BadFile(message, file=file, row=line, column=headings[candidates[0]])
    return candidates[0] if candidates else None


def _candidates(role: str, headings: Sequence[str], chosen: Chosen) -> list[int]:
    """Return the columns that may have the role: those chosen, else those of the best rank."""
    if chosen.of(role):
        wanted = _plain(chosen.of(role))
        return [index for index, heading in enumerate(headings) if _plain(heading) == wanted]
    taken = {_plain(chosen.of(one)) for one in OPTIONS if chosen.of(one)}
    ranks = {
        index: rank
        for index, heading in enumerate(headings)
        if _plain(heading) not in taken and (rank := _rank(role, heading))
    }
    best = min(ranks.values(), default=0)
    return [index for index, rank in ranks.items() if rank == best]


def _rank(role: str, heading: str) -> int:
    """Return how well a heading fits a role: 1 well, 2 for want of a better one, 0 not at all."""
    words = set(words_of(heading))
    if len(words) > _MOST_WORDS or len(heading) > _MOST_CHARACTERS or words & _SENTENCE:
        return 0
    kind = _kind(words)
    if role == NAME:
        return {"name": 1, "thing": 2}.get(kind, 0)
    if role == PRICE:
        return int(kind == "price")
    return {"code": 1, "billing code": 2}.get(kind, 0)


def _kind(words: Collection[str]) -> str:
    found = set(words)
    kind = ""  # also of a heading without words
    if found & _NAME:
        kind = "" if found & _NOT_OF_THE_ITEM else "name"
    elif found & _BILLING_CODE and not found & _PRICE:
        kind = "billing code"
    elif found & _CODE or (found & _NUMBER and found & _THING):
        kind = "" if found & _NOT_OF_THE_ITEM else "code"
    elif found & _PRICE:
        kind = "" if found & _NO_PRICE else "price"
    elif found and found <= _THING:
        kind = "thing"
    return kind


def _plain(heading: str) -> str:
    return " ".join(heading.split()).casefold()


def words_of(heading: str) -> list[str]:
    """Return the words of a heading, in small letters: ``Unit_Price`` and ``UnitPrice`` alike."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading).replace("#", " number ")
    return re.findall(r"[^\W_]+", apart.casefold())


def _no_header(file: str, chosen: Chosen) -> BadFile:
    named = [chosen.of(role) for role in (NAME, PRICE) if chosen.of(role)]
    message = (
        f"has no header: none of its first {SEARCHED_LINES} lines names a column for the item and"
        f" one for the price. If it has other words for them, name them"
        f" ({OPTIONS[NAME]}, {OPTIONS[PRICE]})."
    )
    return BadFile(message, file=file, column=", ".join(named))
