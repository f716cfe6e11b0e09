"""What importing a list would do to the catalogue of one department."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from hospital.core.money import money_text
from smcapp1.models import Department, ServiceItem
from smcapp1.price_lists.reading import Entry, PriceList, Rejected

BATCH = 1000  # rows per statement
_MOST_PRICES_SHOWN = 4


@dataclass(frozen=True)
class Change:
    """An item of the catalogue that gets another price; ``old`` is None where it had none."""

    entry: Entry
    service_item_id: int
    old: Decimal | None


@dataclass(frozen=True)
class NewItem:
    """An item that the catalogue does not have yet, with its code."""

    entry: Entry
    code: str


@dataclass(frozen=True)
class Plan:
    """
    What a list brings, row by row. An exact repetition of a row is no row of its own.
    """

    new: Sequence[NewItem]
    changed: Sequence[Change]
    unchanged: Sequence[Entry]
    rejected: Sequence[Rejected]

    @property
    def counts(self) -> str:
        return (
            f"new={len(self.new)} changed={len(self.changed)}"
            f" unchanged={len(self.unchanged)} rejected={len(self.rejected)}"
        )

    @property
    def writes_nothing(self) -> bool:
        return not (self.new or self.changed)

    @property
    def fingerprint(self) -> str:
        """The same for two plans that do the same to the same rows."""
        lines = [
            *(f"new {one.code} {one.entry.price}" for one in self.new),
            *(f"{one.service_item_id} {one.old} {one.entry.price}" for one in self.changed),
            *map(str, self.rejected),
        ]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@dataclass(frozen=True)
class _Catalogue:
    """The department's items, each with the price in force on the day."""

    department: Department
    by_code: Mapping[str, ServiceItem]
    by_name: Mapping[str, Sequence[ServiceItem]]
    elsewhere: Mapping[str, str]  # code → the department that has it

    def matching(self, code: str, entry: Entry) -> Sequence[ServiceItem]:
        """Return the items that may be meant: by code, and without one in the list by name."""
        if code in self.by_code:
            return [self.by_code[code]]
        return () if entry.code else self.by_name.get(entry.name_key, ())


@dataclass(frozen=True)
class _Outcome:
    new: list[NewItem] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    unchanged: list[Entry] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    rows: dict[int, int] = field(default_factory=dict)  # item of the catalogue → its row


def make_plan(listed: PriceList, department: Department, effective_from: date) -> Plan:
    """
    Compare a list with the catalogue as it will be on a day; nothing is written.

    An item is known by its code where the list has one, else by its name within the department.
    """
    entries, ambiguous = _told_apart(listed)
    catalogue = _catalogue(entries, department, effective_from)
    outcome = _Outcome()
    for entry in sorted(entries, key=lambda one: not one.code):  # known by code first
        _place(entry, listed, catalogue, outcome)
    rejected = [*listed.rejected, *ambiguous, *outcome.rejected]
    return Plan(
        new=sorted(outcome.new, key=lambda one: one.entry.row),
        changed=sorted(outcome.changed, key=lambda one: one.entry.row),
        unchanged=outcome.unchanged,
        rejected=sorted(rejected, key=lambda one: one.row),
    )


def code_of(entry: Entry, department: Department) -> str:
    """Return the code of an entry: the list's, or one that the same name gets every time."""
    if entry.code:
        return entry.code
    named = hashlib.sha256(f"{department.code}\n{entry.name_key}".encode()).hexdigest()
    return f"{department.code}-{named[:12].upper()}"


def _told_apart(listed: PriceList) -> tuple[list[Entry], list[Rejected]]:
    """Return the entries that stand for one item at one price, each once, and all the others."""
    name_column, price_column, code_column = listed.columns
    coded = {entry.name_key for entry in listed.entries if entry.code}
    entries, rejected = [], []
    for group in _groups(listed.entries):
        first = group[0]
        fault = ""
        column = code_column if first.code else price_column
        if len({entry.price for entry in group}) > 1:
            fault = f"{_named(first)} has several prices: {_prices(group)}."
        elif len({entry.name_key for entry in group}) > 1:
            fault = f"{_named(first)} stands for several names, as in row {group[-1].row}."
        elif not first.code and first.name_key in coded:
            fault, column = "stands in another row with a code, and here without one.", name_column
        if fault:
            rejected += [Rejected(entry.row, column, fault) for entry in group]
        else:
            entries.append(first)
    return entries, rejected


def _groups(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    groups: defaultdict[tuple[bool, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        groups[bool(entry.code), entry.code or entry.name_key].append(entry)
    yield from groups.values()


def _named(entry: Entry) -> str:
    return f"code {entry.code}" if entry.code else f"the name {entry.name!r}, without a code,"


def _prices(group: Sequence[Entry]) -> str:
    """Return the first of a group's prices, each with a row in which it stands."""
    rows: dict[Decimal, int] = {}
    for entry in group:
        rows.setdefault(entry.price, entry.row)
    shown = [f"{money_text(price)} in row {row}" for price, row in rows.items()]
    more = ["…"] if len(shown) > _MOST_PRICES_SHOWN else []
    return ", ".join([*shown[:_MOST_PRICES_SHOWN], *more])


def _catalogue(entries: Sequence[Entry], department: Department, on: date) -> _Catalogue:
    items = list(ServiceItem.objects.filter(department=department).priced(on).order_by("pk"))
    by_code = {item.code: item for item in items}
    by_name: defaultdict[str, list[ServiceItem]] = defaultdict(list)
    for item in items:
        by_name[" ".join(item.name.split()).casefold()].append(item)
    unknown = [code for entry in entries if (code := code_of(entry, department)) not in by_code]
    return _Catalogue(department, by_code, by_name, _elsewhere(unknown))


def _elsewhere(codes: Sequence[str]) -> Mapping[str, str]:
    """Return code → department for those codes that another department has."""
    found: dict[str, str] = {}
    for start in range(0, len(codes), BATCH):
        items = ServiceItem.objects.filter(code__in=codes[start : start + BATCH])
        found.update(items.values_list("code", "department__code"))
    return found


def _place(entry: Entry, listed: PriceList, catalogue: _Catalogue, outcome: _Outcome) -> None:
    """Put an entry where it belongs in the outcome."""
    name_column, _, code_column = listed.columns
    code = code_of(entry, catalogue.department)
    items = catalogue.matching(code, entry)
    fault = ""
    if len(items) > 1:
        fault = "the catalogue has several items of this name; give the code."
    elif items and items[0].pk in outcome.rows:
        fault = f"is the same item of the catalogue as row {outcome.rows[items[0].pk]}."
    elif not items and code in catalogue.elsewhere:
        fault = f"code {code} belongs to department {catalogue.elsewhere[code]}."
    if fault:
        column = code_column if entry.code else name_column
        outcome.rejected.append(Rejected(entry.row, column, fault))
    elif not items:
        outcome.new.append(NewItem(entry, code))
    else:
        _compare(entry, items[0], outcome)


def _compare(entry: Entry, item: ServiceItem, outcome: _Outcome) -> None:
    outcome.rows[item.pk] = entry.row
    if item.unit_price == entry.price:
        outcome.unchanged.append(entry)
    else:
        outcome.changed.append(Change(entry, item.pk, item.unit_price))
