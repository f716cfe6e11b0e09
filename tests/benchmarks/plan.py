"""How much of everything a run does, and what is to be reached."""

from dataclasses import dataclass

CASHIERS = 32
GOAL_SERVICE = 1.3  # times the documents' deposit
GOAL_HTTP = 0.22  # of pgbench
GOAL_PAYMENT = 5.0  # 200 items, at most so many times one
GOAL_FULL_TABLE = 0.85  # of the rate in a small one
GOAL_REPORT = 1.5  # a report of one day, at most so many times SQL by hand
GOAL_PAGE = 1.2  # the far page, at most so many times the first


@dataclass(frozen=True)
class Plan:
    """One run: ``rounds`` alternating measurements of each thing, each ``seconds`` long."""

    rounds: int = 5
    seconds: float = 4.0
    connections: int = 4  # of the measurement with several
    patients: int = 1000
    small: int = 10_000  # postings
    large: int = 1_000_000
    paid: int = 1_000_000  # payments in the books that reports are about
    page: int = 50
    far_page: int = 10_000
    items: tuple[int, ...] = (1, 20, 200)
    payments: int = 6  # of each size in each round


QUICK = Plan(
    rounds=2,
    seconds=0.2,
    connections=2,
    patients=20,
    small=200,
    large=1_000,
    paid=500,
    page=10,
    far_page=25,
    items=(1, 3, 5),
    payments=1,
)
