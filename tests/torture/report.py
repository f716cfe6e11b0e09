"""What a run did, what was required of it, and what was wrong."""

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

from tests.torture.plan import Plan
from tests.torture.session import Outcome, required


def is_good(plan: Plan, outcome: Outcome) -> bool:
    return not outcome.wrong and all(done >= least for _, done, least in required(plan, outcome))


def print_report(plan: Plan, outcome: Outcome, console: Console) -> None:
    console.print(outcome.durability)
    console.print(_required(plan, outcome))
    log = outcome.log
    acts = {
        "deposits": len(log.deposits),
        "transfers": len(log.transfers),
        "payments": len(log.payments),
        "withdrawals": len(log.withdrawals),
        "of them called off": len(log.cancelled),
    }
    calls = {
        "made": outcome.bank_calls,
        "faulted": outcome.faulted_calls,
        "answered late": outcome.late_answers,
    }
    _line(console, "acknowledged to clients", acts)
    _line(console, "refused to clients", log.refused)
    _line(console, "sent again, with the same key", log.unanswered)
    _line(console, "calls to the bank", calls)
    _line(console, "faults injected", outcome.faults)
    _line(console, "ended by themselves, started again", outcome.ended_alone)
    _line(console, "withdrawals", outcome.statuses)
    _line(console, "reasons for a review", outcome.reviews)
    console.print(f"Nothing was open {outcome.settled_after:.0f} s after the faults stopped.")
    for line in outcome.wrong:
        console.print(f"WRONG  {line}", markup=False, highlight=False, soft_wrap=True)
    console.print(_sentence(plan, outcome))


def again(plan: Plan) -> str:
    """The command that plans the same kills, acts and faults once more."""
    more = "" if plan.idempotent else " --no-idempotency"
    return f"python3 run.py torture --minutes {plan.minutes:g} --seed {plan.seed}{more}"


def _required(plan: Plan, outcome: Outcome) -> Table:
    kind = "with" if plan.idempotent else "without"
    title = f"{plan.minutes:g} minutes, seed {plan.seed}, a bank {kind} idempotency"
    table = Table("", "done", "required", "enough", title=title)
    for column in table.columns[1:3]:
        column.justify = "right"
    for what, done, least in required(plan, outcome):
        table.add_row(what, f"{done:,.0f}", f"{least:,.0f}", "yes" if done >= least else "NO")
    return table


def _line(console: Console, what: str, numbers: Mapping[str, int]) -> None:
    said = ", ".join(f"{name} {number:,}" for name, number in numbers.items() if number)
    console.print(f"{what}: {said or 'none'}", highlight=False, soft_wrap=True)


def _sentence(plan: Plan, outcome: Outcome) -> str:
    if is_good(plan, outcome):
        return (
            "Nothing was paid twice, nothing was lost, nothing acknowledged is missing or doubled;"
            " check_books and reconcile_bank are green."
        )
    return f"FAILED. The same plan again: {again(plan)}"
