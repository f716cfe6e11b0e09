"""What the bank paid and refused, in one SQLite file: on the disk before it is told."""

import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import astuple, dataclass
from pathlib import Path

from .instants import now
from .instructions import Instruction
from .orders import Orders

_SCHEMA = """
    CREATE TABLE IF NOT EXISTS decision (
        number INTEGER PRIMARY KEY,
        reference TEXT NOT NULL,
        amount INTEGER NOT NULL CHECK (amount > 0),
        currency TEXT NOT NULL,
        bank_code TEXT NOT NULL,
        account_number TEXT NOT NULL,
        account_name TEXT NOT NULL,
        decided_at INTEGER NOT NULL UNIQUE,
        refusal TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS decision_by_reference ON decision (reference);
    CREATE INDEX IF NOT EXISTS payment_by_instant ON decision (decided_at) WHERE refusal = '';
"""
_COLUMNS = (
    "reference, amount, currency, bank_code, account_number, account_name,"
    " number, decided_at, refusal"
)
_IN_SPAN = "refusal = '' AND decided_at >= ? AND decided_at < ? AND number <= ?"

_TOTALS = (
    "SELECT currency, count(*), sum(amount) FROM decision"  # noqa: S608 - constants
    f" WHERE {_IN_SPAN} GROUP BY currency ORDER BY currency"
)


class Expired(Exception):
    """The instruction came too late to be paid within the finality that the bank promises."""


class Conflict(Exception):
    """The reference was used before, with other facts."""


@dataclass(frozen=True)
class Decision:
    """One instruction paid, or refused for good if ``refusal`` says why."""

    instruction: Instruction
    number: int
    decided_at: int  # microseconds
    refusal: str

    @property
    def is_paid(self) -> bool:
        return not self.refusal

    @property
    def bank_id(self) -> str:
        return f"SB-{self.number:08d}"


@dataclass(frozen=True)
class Total:
    """``amount`` in hundredths."""

    currency: str
    count: int
    amount: int


@dataclass(frozen=True)
class Span:
    """From an instant (inclusive) to another (exclusive), as of the decision ``until``."""

    start: int
    end: int
    until: int


class Vault:
    """
    The storage. All calls come from one thread, one after the other: whoever looks after the last
    moment at which a reference could be paid sees the payment, however long its commit took.
    """

    def __init__(self, path: Path) -> None:
        """
        :raises sqlite3.Error: if the file cannot be used, or another bank uses it
        """
        self._db = sqlite3.connect(path, isolation_level=None, timeout=0.5, check_same_thread=False)
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.executescript(_SCHEMA)
        self.orders = Orders(self._db)
        self._last_at = self._number("SELECT max(decided_at) FROM decision")

    def close(self) -> None:
        self._db.close()

    def decide(
        self, wish: Instruction, *, once: bool, refusal: str, final_at: float
    ) -> tuple[Decision, bool]:
        """
        Pay or refuse, durably; the decision, and whether it is new.

        ``once`` decides a reference once: the same facts again get the first decision.
        ``final_at`` is the monotonic instant after which nothing is paid.

        :raises Conflict: if ``once`` and the reference has other facts
        :raises Expired: after ``final_at``
        """
        if once and (earlier := self.of_reference(wish.reference)):
            if earlier[0].instruction != wish:
                raise Conflict
            return earlier[0], False
        if time.monotonic() >= final_at:
            raise Expired
        return self._keep(wish, refusal), True

    def of_reference(self, reference: str) -> list[Decision]:
        """Everything decided about it, oldest first."""
        return self._decisions("WHERE reference = ? ORDER BY number", [reference])

    def last_number(self) -> int:
        return self._number("SELECT max(number) FROM decision")

    def paid_in(self, span: Span, *, limit: int) -> list[Decision]:
        """Payments of that time, oldest first."""
        condition = f"WHERE {_IN_SPAN} ORDER BY decided_at LIMIT ?"
        return self._decisions(condition, [*astuple(span), limit])

    def totals(self, span: Span) -> list[Total]:
        rows = self._db.execute(_TOTALS, astuple(span))
        return [Total(*row) for row in rows]

    def newest_payments(self, *, before: int, limit: int) -> list[Decision]:
        """Payments below the number ``before``, newest first."""
        condition = "WHERE refusal = '' AND number < ? ORDER BY number DESC LIMIT ?"
        return self._decisions(condition, [before, limit])

    def paid_again(self, payments: Sequence[Decision]) -> set[int]:
        """The numbers of those whose reference had been paid before."""
        return {
            payment.number
            for payment in payments
            if self._number(
                "SELECT count(*) FROM decision WHERE refusal = '' AND reference = ? AND number < ?",
                payment.instruction.reference,
                payment.number,
            )
        }

    def _keep(self, wish: Instruction, refusal: str) -> Decision:
        decided_at = max(now(), self._last_at + 1)
        kept = self._db.execute(  # one statement, one commit, flushed to the disk
            "INSERT INTO decision (reference, amount, currency, bank_code, account_number,"
            " account_name, decided_at, refusal) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [*astuple(wish), decided_at, refusal],
        )
        self._last_at = decided_at
        return Decision(wish, int(kept.lastrowid or 0), decided_at, refusal)

    def _decisions(self, condition: str, values: Sequence[object]) -> list[Decision]:
        query = f"SELECT {_COLUMNS} FROM decision {condition}"  # noqa: S608 - constants of this module
        rows = self._db.execute(query, values).fetchall()
        return [Decision(Instruction(*row[:6]), *row[6:]) for row in rows]

    def _number(self, query: str, *values: object) -> int:
        with closing(self._db.execute(query, values)) as rows:
            return int(rows.fetchone()[0] or 0)
