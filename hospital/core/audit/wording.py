"""Changes in plain words: who changed which record, and what became what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db import models
from django.utils.formats import date_format
from django.utils.timezone import localtime

from hospital.core.audit.records import Kind, audited_kinds, page_of
from hospital.core.models import Change
from hospital.core.money import MoneyField

NOTHING = "nothing"
Names = Mapping[tuple[type[models.Model], Any], models.Model]


@dataclass(frozen=True)
class Difference:
    """One field: what it was and what it became, "" for neither."""

    field: str
    old: str
    new: str


@dataclass(frozen=True)
class Told:
    """A change, as it is told."""

    change: Change
    kind: Kind
    names: Names  # the rows that the change's foreign keys lead to

    @property
    def who(self) -> str:
        """The person; where there was none, the command, or the role on the database itself."""
        change = self.change
        if change.actor:
            return _person(change.actor)
        if change.actor_id:
            return f"user {change.actor_id}, who is no longer there"
        if change.via.startswith("command "):
            return f"{change.via}, as database role {change.database_role}"
        if change.via:
            return f"nobody signed in, at {change.via}"
        program = f" ({change.program})" if change.program else ""
        return f"database role {change.database_role}{program}, not through the system"

    @property
    def record(self) -> str:
        """The record's kind and name, as it was named then."""
        return f"{self.kind.label} {self._called}" + "".join(
            f", {_label(field)} {self._worded(field, self._values[field.column])}"
            for field in self._fields(self.kind.audited.told_apart_by)
        )

    @property
    def _called(self) -> str:
        if self._linked:
            return _name(self._linked)
        named = not self.kind.audited.label
        return str(self._record) if named else f"no longer there, no. {self.change.record_id}"

    @property
    def url(self) -> str | None:
        """The page of the record, or of the one it belongs to."""
        shown = self._linked or self._record
        return page_of(type(shown), shown.pk)

    @property
    def permission(self) -> str:
        """The permission to see that page."""
        meta = type(self._linked or self._record)._meta
        return f"{meta.app_label}.view_{meta.model_name}"

    @property
    def is_whole(self) -> bool:
        """Whether the differences are a whole record, that was added or removed."""
        return self.change.kind != Change.Kind.CHANGED

    @cached_property
    def differences(self) -> Sequence[Difference]:
        change = self.change
        if change.kind == Change.Kind.CHANGED:
            return [
                self._difference(column, old, (change.after or {}).get(column))
                for column, old in sorted((change.before or {}).items(), key=self._place)
            ]
        gone = change.kind == Change.Kind.REMOVED
        return [
            self._difference(column, value if gone else None, None if gone else value)
            for column, value in sorted(self._values.items(), key=self._place)
            if column not in self._untold and value not in (None, "")
        ]

    @cached_property
    def _values(self) -> dict[str, Any]:
        """The whole record as it became, or as it was when it was removed."""
        return self.change.after or self.change.before or {}

    @cached_property
    def _record(self) -> models.Model:
        values = {field: self._values.get(field.column) for field in self._fields()}
        record = self.kind.model(
            **{field.attname: field.to_python(value) for field, value in values.items()}
        )
        for field, value in values.items():
            if field.remote_field and (row := self._row(field, value)):
                setattr(record, field.name, row)
        return record

    @cached_property
    def _linked(self) -> models.Model | None:
        """The record that this one belongs to, where it has no name of its own."""
        if not self.kind.audited.label:
            return None
        (field,) = self._fields(self.kind.audited.links[:1])
        return self._row(field, self._values.get(field.column))

    @property
    def _untold(self) -> set[str]:
        linked = self.kind.audited.links[:1] if self._linked else ()
        return {
            "id",
            *(f.column for f in self._fields((*linked, *self.kind.audited.told_apart_by))),
        }

    def _place(self, item: tuple[str, Any]) -> int:
        """Where the model has the column: the database keeps none of their order."""
        columns = [field.column for field in self._fields()]
        return columns.index(item[0]) if item[0] in columns else len(columns)

    def _fields(self, names: Iterable[str] | None = None) -> list[Any]:
        fields = self.kind.model._meta.concrete_fields
        return [field for field in fields if names is None or field.name in set(names)]

    def _row(self, field: Any, pk: Any) -> models.Model | None:
        return self.names.get((field.related_model, pk))

    def _difference(self, column: str, old: Any, new: Any) -> Difference:
        field = self.kind.field(column)
        if field is None:  # a column that the table had then
            return Difference(column, _plain(old), _plain(new))
        if field.name in self.kind.audited.hidden:
            return Difference(_label(field), "", "changed")
        added = self.change.kind == Change.Kind.ADDED
        removed = self.change.kind == Change.Kind.REMOVED
        return Difference(
            _label(field),
            "" if added else self._worded(field, old),
            "" if removed else self._worded(field, new),
        )

    def _worded(self, field: Any, value: Any) -> str:
        if value is None or value == "":
            return NOTHING
        if field.remote_field:
            row = self._row(field, value)
            return _name(row) if row else f"no. {value}"
        if isinstance(field, MoneyField):
            return f"{value:,.2f}"
        if field.choices:
            return str(dict(field.flatchoices).get(value, value))
        return _plain(field.to_python(value))


def tell(changes: Sequence[Change]) -> list[Told]:
    """Return the changes in words; the number of queries does not grow with them."""
    kinds = audited_kinds()
    wanted: dict[Any, set[Any]] = defaultdict(set)
    for change in changes:
        for field in kinds[change.record].model._meta.concrete_fields:
            if field.remote_field:
                for values in (change.before, change.after):
                    wanted[field.related_model].add((values or {}).get(field.column))
    names = {
        (model, pk): row
        for model, ids in wanted.items()
        for pk, row in model._base_manager.in_bulk(ids - {None}).items()
    }
    return [Told(change, kinds[change.record], names) for change in changes]


def _label(field: Any) -> str:
    return str(field.verbose_name)


def _name(row: models.Model) -> str:
    return str(getattr(row, "name", row))


def _person(user: Any) -> str:
    name = user.get_full_name()
    return f"{name} ({user.username})" if name else str(user.username)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return date_format(localtime(value), "SHORT_DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "SHORT_DATE_FORMAT")
    return NOTHING if value is None else str(value)
