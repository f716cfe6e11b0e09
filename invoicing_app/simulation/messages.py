"""What a desk's process tells the process that started it, one message after another."""

from dataclasses import dataclass

Proof = tuple[str, int, str]  # what sort of row, its id, and its amount as text


@dataclass(frozen=True)
class Began:
    """An act is about to be sent."""

    visit: int
    what: str


@dataclass(frozen=True)
class Noted:
    """What was read before an act, and is not to be read again if the visit is repeated."""

    visit: int
    name: str
    value: str


@dataclass(frozen=True)
class Done:
    """
    An act was answered. ``code`` is a refusal's; ``wrong`` says what should not have been.

    ``key`` tells a repetition from another act; ``repeated`` counts conflicts that were retried.
    """

    visit: int
    what: str
    key: str
    code: str = ""
    wrong: str = ""
    repeated: int = 0
    fault: str = ""
    proof: Proof | None = None


@dataclass(frozen=True)
class VisitOver:
    visit: int


@dataclass(frozen=True)
class Ended:
    """The desk has nothing more to do."""


Message = Began | Noted | Done | VisitOver | Ended
