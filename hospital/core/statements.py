"""
SQL that each connection plans once, for acts whose planning would cost more than their work.

Several statements can go over in one round trip. Each of them sees what was committed before it
began, so one that follows a lock reads what the lock waited for.

They find rows by index, also where a table is so small that reading all of it looked cheaper when
the plan was made: the plan is kept while the table grows (docs/performance.md). That holds until
the transaction ends, or ``plan_freely`` is called.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

MAX_ID = 2**63 - 1  # what a bigint holds; a larger number is no row's id
BY_INDEX = "SET LOCAL enable_seqscan = off"
FREELY = "SET LOCAL enable_seqscan TO DEFAULT"
_PARAMETER = re.compile(r"%\((\w+)\)s")
_planned: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()  # driver's connection → names


@dataclass(frozen=True)
class Part:
    """A step of a larger statement (a CTE), which later steps read by its ``name``."""

    name: str
    sql: str


@dataclass(frozen=True)
class Statement:
    """
    One statement of a fixed text: ``%(name)s`` stands for a value, with its type cast beside it.

    ``name`` is its own in the whole installation; no two texts share one.
    """

    name: str
    sql: str

    @property
    def text(self) -> str:
        return self.sql

    @property
    def planning(self) -> str:
        """The statement that plans this one: PostgreSQL numbers what is named here."""
        numbers = {name: f"${number}" for number, name in enumerate(self._names, start=1)}
        numbered = _PARAMETER.sub(lambda found: numbers[found[1]], self.text)
        return f"PREPARE {self.name} AS {numbered}"

    @cached_property
    def call(self) -> str:
        """The statement that runs the plan."""
        values = ", ".join(f"%({name})s" for name in self._names)
        return f"EXECUTE {self.name} ({values})" if values else f"EXECUTE {self.name}"

    @property
    def _names(self) -> list[str]:
        return list(dict.fromkeys(_PARAMETER.findall(self.sql)))


def run(statements: Sequence[Statement], values: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """Run the statements one after the other in one round trip; the first row of the last one."""
    return next(iter(rows(statements, values)), None)


def rows(statements: Sequence[Statement], values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Run the statements one after the other in one round trip; every row of the last one."""
    database = connections[DEFAULT_DB_ALIAS]
    with database.cursor() as cursor:
        cursor.execute(_written(statements, database), values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def plan_freely() -> None:
    """Let what follows in the transaction read whole tables where that is cheaper."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(FREELY)


def _written(statements: Sequence[Statement], database: BaseDatabaseWrapper) -> str:
    if database.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
        # Django's word for a pooler that gives each transaction another session: no plan is kept.
        return ";".join([BY_INDEX, *(statement.text for statement in statements)])
    planned = _planned.setdefault(database.connection, set())
    for statement in statements:
        if statement.name not in planned:
            _plan(statement, database)
            planned.add(statement.name)
    return ";".join([BY_INDEX, *(statement.call for statement in statements)])


def _plan(statement: Statement, database: BaseDatabaseWrapper) -> None:
    """Plan it for this session: by the driver's own cursor, since it is no statement of an act."""
    with database.wrap_database_errors, database.connection.cursor() as cursor:
        cursor.execute(statement.planning)
