"""
Which records are audited.

An app's config names its own as ``audited``: model → ``Audited``. The triggers are made by
migration; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.urls import NoReverseMatch, reverse

if TYPE_CHECKING:  # the apps' configs load this module before there are models
    from django.db import models


@dataclass(frozen=True)
class Audited:
    """What the audit knows of a kind of record beside its columns."""

    label: str = ""  # "price of": for a record named after its first link
    links: tuple[str, ...] = ()  # fields that lead to the records which a change concerns too
    told_apart_by: tuple[str, ...] = ()  # fields that tell records of one link apart
    hidden: tuple[str, ...] = ()  # fields whose values are not kept
    ignored: tuple[str, ...] = ()  # fields whose change alone is not recorded


@dataclass(frozen=True)
class Kind:
    """A kind of audited record: its model, and what is said of it."""

    model: type[models.Model]
    audited: Audited

    @property
    def label(self) -> str:
        return self.audited.label or str(self.model._meta.verbose_name)

    @property
    def title(self) -> str:
        """The kind, without whose."""
        return self.label.removesuffix(" of").capitalize()

    def field(self, column: str) -> Any:
        """Return the model's field of a column, or None where the column is gone since."""
        fields = self.model._meta.concrete_fields
        return next((field for field in fields if field.column == column), None)


@cache
def audited_kinds() -> Mapping[str, Kind]:
    """Return table → kind, of every audited table."""
    kinds = [
        Kind(apps.get_model(label), audited)
        for config in apps.get_app_configs()
        for label, audited in getattr(config, "audited", {}).items()
    ]
    return {kind.model._meta.db_table: kind for kind in kinds}


def subject_of(obj: models.Model) -> str:
    """Return how changes name the record that they concern."""
    return f"{obj._meta.db_table}:{obj.pk}"


def page_of(model: type[models.Model], pk: Any) -> str | None:
    """Return the address of a record's page in the admin, or None where it has none."""
    try:
        return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[pk])
    except NoReverseMatch:
        return None
