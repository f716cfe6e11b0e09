"""What a check is, and what it answers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

Fault = tuple[str, str]  # what is wrong ("journal entry 17"), and what is wrong with it


@dataclass(frozen=True)
class Check:
    """
    One thing that must hold. A new one is one more entry in ``CHECKS``.

    ``faults`` is an SQL query that returns a row (thing, detail) for each thing that is wrong, or a
    function that yields the same. Values are written into the SQL: it takes no parameters.
    """

    name: str
    says: str  # what holds where nothing is found
    looks_at: str  # a table, with WHERE if need be: the rows that are counted as looked at
    faults: str | Callable[[], Iterator[Fault]]


@dataclass(frozen=True)
class Finding:
    """Things that are wrong in the same way."""

    check: str  # the name of the check
    ids: list[str]  # each with what it is: "journal entry 17", "wallet 6f0e…", "batch 3"
    detail: str

    def __str__(self) -> str:
        return f"{self.check}: {', '.join(self.ids)}: {self.detail}"


@dataclass(frozen=True)
class Outcome:
    """A check that was made: nothing is wrong where ``findings`` is empty."""

    check: Check
    rows: int  # how many it looked at
    seconds: float
    findings: list[Finding]
