"""What goes wrong, how often, and at which call: the seed and the call's number decide."""

import random
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum


class Operation(StrEnum):
    SUBMIT = "submit"
    LOOKUP = "lookup"
    STATEMENT = "statement"


class Profile(StrEnum):
    CALM = "calm"
    FLAKY = "flaky"
    HOSTILE = "hostile"
    DOWN = "down"


class Manner(StrEnum):
    """What the client gets instead of the answer."""

    REFUSAL = "refusal"  # a proper answer: refused for good, and it stays refused
    ERROR = "error"  # 500, 502, 503 or 504
    RESET = "reset"  # the connection is reset
    HANG = "hang"  # nothing, for longer than any deadline
    DRIP = "drip"  # the answer, a byte now and then
    ENDS_EARLY = "ends_early"  # the connection ends in the middle of the body
    NOT_JSON = "not_json"  # 200 with a page
    OTHER_JSON = "other_json"  # 200 with JSON that is no object
    TRUNCATED = "truncated"  # half the JSON, by a length that is correct
    WRONG_TYPE = "wrong_type"  # the answer under a content type that is not JSON's


class Moment(StrEnum):
    """When a submission fails: it is not paid, paid, or paid later, within the finality."""

    BEFORE = "before"
    AFTER = "after"
    LATE = "late"


@dataclass(frozen=True)
class Fault:
    manner: Manner
    moment: Moment = Moment.BEFORE


Faults = Mapping[str, Fault]  # by name
_SLOW = (Manner.HANG, Manner.DRIP)
_SPOILT = [manner for manner in Manner if manner is not Manner.REFUSAL]
_SUBMISSION: Faults = {
    "refusal": Fault(Manner.REFUSAL, Moment.AFTER),
    "hang_late": Fault(Manner.HANG, Moment.LATE),
    **{
        f"{manner}_{moment}": Fault(manner, moment)
        for manner in _SPOILT
        for moment in (Moment.BEFORE, Moment.AFTER)
    },
}
FAULTS: Mapping[Operation, Faults] = {
    Operation.SUBMIT: _SUBMISSION,
    Operation.LOOKUP: {manner.value: Fault(manner) for manner in _SPOILT},
    Operation.STATEMENT: {"error": Fault(Manner.ERROR)},
}
SHARES: Mapping[Profile, Mapping[Operation, float]] = {
    Profile.CALM: dict.fromkeys(Operation, 0.0),
    Profile.FLAKY: {Operation.SUBMIT: 0.1, Operation.LOOKUP: 0.1, Operation.STATEMENT: 0.0},
    Profile.HOSTILE: {Operation.SUBMIT: 0.5, Operation.LOOKUP: 0.45, Operation.STATEMENT: 0.4},
    Profile.DOWN: dict.fromkeys(Operation, 1.0),
}
_WHEN_DOWN = {
    Operation.SUBMIT: ("error_before", "reset_before"),
    Operation.LOOKUP: ("error", "reset"),
    Operation.STATEMENT: ("error",),
}
_DUPLICATES_REFUSED = 0.5  # of the repeated instructions, under flaky and hostile
_DUPLICATE_REFUSED = "submit.duplicate_refused"


@dataclass(frozen=True)
class Call:
    """One call of a client: the name of its fault, or none, and the dice for its details."""

    operation: Operation
    fault_name: str
    chance: random.Random

    @property
    def fault(self) -> Fault | None:
        return FAULTS[self.operation].get(self.fault_name)


def draw(profile: Profile, operation: Operation, *, seed: int, ordinal: int) -> Call:
    """The fate of a call. The same four make the same fate, in every process."""
    chance = random.Random(f"{seed}/{ordinal}")  # noqa: S311 - dice that must fall again the same
    faulted = chance.random() < SHARES[profile][operation]
    if not faulted:
        return Call(operation, "", chance)
    names = list(_WHEN_DOWN[operation] if profile is Profile.DOWN else FAULTS[operation])
    weights = [1 if FAULTS[operation][name].manner in _SLOW else 3 for name in names]
    return Call(operation, chance.choices(names, weights)[0], chance)


@dataclass
class Injector:
    """Numbers the calls, decides the fate of each, and counts."""

    profile: Profile
    seed: int
    ordinal: int = 0
    faulted_calls: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    ordered: dict[Operation, deque[str]] = field(
        default_factory=lambda: {operation: deque() for operation in Operation}
    )

    def next_call(self, operation: Operation) -> Call:
        self.ordinal += 1
        call = draw(self.profile, operation, seed=self.seed, ordinal=self.ordinal)
        if self.ordered[operation]:
            call = replace(call, fault_name=self.ordered[operation].popleft())
        self.calls[operation] += 1
        if call.fault_name:
            self.faulted_calls += 1
            self.faults[f"{operation}.{call.fault_name}"] += 1
        return call

    def refuses_duplicate(self, call: Call) -> bool:
        """Whether a repeated instruction is refused, instead of answered as the first time."""
        refuses = self.profile is not Profile.CALM and call.chance.random() < _DUPLICATES_REFUSED
        if refuses:
            self.faulted_calls += not call.fault_name
            self.faults[_DUPLICATE_REFUSED] += 1
        return refuses

    def order(self, operation: Operation, names: Sequence[str]) -> None:
        """Decide the fate of the next calls by hand; an empty name lets one through."""
        self.ordered[operation].extend(names)
