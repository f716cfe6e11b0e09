"""What was measured, side by side: medians, their spread, and the ratios to be reached."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from rich.table import Table

Results = Mapping[str, Sequence[float]]  # what was measured → one value a round


@dataclass(frozen=True)
class Goal:
    """
    ``what`` compared with ``against``: at least ``factor`` times it, or at most; shown without one.
    """

    what: str
    against: str
    factor: float | None = None
    at_most: bool = False

    def ratio(self, results: Results) -> float:
        return median(results[self.what]) / median(results[self.against])

    def is_reached(self, results: Results) -> bool:
        if self.factor is None:
            return True
        ratio = self.ratio(results)
        return ratio <= self.factor if self.at_most else ratio >= self.factor


def measured(results: Results, units: Mapping[str, str]) -> Table:
    """Return the table of what was measured, in the order in which it was."""
    table = Table("measured", "median", "lowest", "highest", "", title="Medians of the rounds")
    for column in table.columns[1:4]:
        column.justify = "right"
    for what, values in results.items():
        numbers = [median(values), min(values), max(values)]
        digits = 1 if units[what] == "ms" or numbers[0] < 100 else 0
        table.add_row(what, *(f"{number:,.{digits}f}" for number in numbers), units[what])
    return table


def compared(goals: Sequence[Goal], results: Results) -> Table:
    """Return the table of the ratios, each with its goal and whether it was reached."""
    table = Table("compared", "with", "ratio", "goal", "reached", title="Ratios of the medians")
    for goal in goals:
        if not (goal.what in results and goal.against in results):
            continue
        sign = "at most" if goal.at_most else "at least"
        verdict = "yes" if goal.is_reached(results) else "NO"
        wanted = ("", "") if goal.factor is None else (f"{sign} {goal.factor:g}", verdict)
        table.add_row(goal.what, goal.against, f"{goal.ratio(results):.2f}", *wanted)
    return table
