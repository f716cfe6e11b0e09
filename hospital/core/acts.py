"""Who acts, under which idempotency key, and what an act answers."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self


@dataclass(frozen=True)
class Act:
    """The ``actor`` of an act, and the ``key`` that makes repeating it harmless ("" for none)."""

    actor: Any  # the installation's user model
    key: str = ""


@dataclass(frozen=True)
class Answer:
    """
    What an act tells its caller: JSON values, kept under the act's key and given again.

    Each kind of answer adds its fields, and ``replayed`` last. Kept answers outlive a release: a
    field that is added later needs a default.
    """

    @classmethod
    def again(cls, kept: Mapping[str, Any]) -> Self:
        """Return the answer that was kept, marked as a replay."""
        return cls(**{**kept, "replayed": True})

    def facts(self) -> dict[str, Any]:
        """Return the answer without the mark of a replay."""
        shown = (field.name for field in fields(self) if field.name != "replayed")
        return {name: getattr(self, name) for name in shown}
