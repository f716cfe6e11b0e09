"""What the desks have told, counted once however often it was repeated."""

from collections import Counter
from dataclasses import dataclass, field
from time import monotonic

from rich.table import Table

from invoicing_app.simulation.messages import Done, Proof


@dataclass
class Tally:
    """The day in figures. ``wrong`` is what should not have been; ``proofs`` what must be there."""

    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    repeated: int = 0
    wrong: list[str] = field(default_factory=list)
    proofs: set[Proof] = field(default_factory=set)
    _first: float | None = None
    _last: float = 0.0
    _keys: set[str] = field(default_factory=set)

    @property
    def seconds(self) -> float:
        """From the first act's beginning to the last word of a desk."""
        return 0.0 if self._first is None else self._last - self._first

    @property
    def acts(self) -> int:
        return sum(self.done.values())

    @property
    def rate(self) -> float:
        """Acts per second."""
        return self.acts / self.seconds if self.seconds else 0.0

    def hear(self) -> None:
        """Note that a desk said something."""
        self._last = monotonic()
        if self._first is None:
            self._first = self._last

    def count(self, done: Done) -> None:
        """Count an act that was answered; one that a repeated visit has sent again only once."""
        self.repeated += done.repeated
        if done.fault:
            self.faults[done.fault] += 1
        if done.proof:
            self.proofs.add(done.proof)
        if done.wrong:
            self.wrong.append(done.wrong)
        if done.key in self._keys:
            return
        if done.code:
            self.refused[(done.what, done.code)] += 1
        else:
            self._keys.add(done.key)
            self.done[done.what] += not done.wrong

    def table(self) -> Table:
        """Return the table that a day ends with."""
        table = Table("Act")
        table.add_column("done", justify="right")
        table.add_column("refused", justify="right")
        table.add_column("as")
        for what in sorted({*self.done, *(what for what, _ in self.refused)}):
            codes = {code: n for (of, code), n in self.refused.items() if of == what}
            refused = str(sum(codes.values()) or "")
            table.add_row(what, str(self.done[what]), refused, ", ".join(sorted(codes)))
        table.add_section()
        table.add_row("All", str(self.acts), str(sum(self.refused.values()) or ""), "")
        return table

    @property
    def summary(self) -> str:
        faults = ", ".join(f"{number} {name}" for name, number in sorted(self.faults.items()))
        return (
            f"{self.acts} acts in {self.seconds:.1f} s, {self.rate:.1f} a second;"
            f" {self.repeated} repeated after a conflict; faults: {faults or 'none'}."
        )
