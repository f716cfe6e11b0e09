"""What the bank does with an instruction or a question, and where a fault comes between."""

import asyncio
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from typing import TypeVar

from . import wording
from .answers import Answer, as_json, spoilt, unavailable
from .faults import Call, Injector, Manner, Moment, Operation
from .instructions import Instruction, Malformed, read_instruction
from .vault import Conflict, Decision, Expired, Vault

_SUCCESS = as_json(HTTPStatus.OK, {"data": "success", "status": 200})
_FAILURE = as_json(HTTPStatus.SERVICE_UNAVAILABLE, {"data": "failed", "status": 503})
_LATE_SHARES = (0.1, 0.7)  # of the finality: when a late payment is made
_LATE_WITHOUT_FINALITY = 60.0
T = TypeVar("T")


class Mode(StrEnum):
    REST = "rest"
    SIMPLE = "simple"  # a submission has two answers: success with 200, failed with 503


@dataclass(frozen=True)
class Terms:
    """What this bank promises; no finality promises nothing."""

    mode: Mode
    idempotent: bool
    finality_seconds: int | None

    def final_at(self, sent_at: float) -> float:
        return sent_at + (math.inf if self.finality_seconds is None else self.finality_seconds)


@dataclass
class Bank:
    """The desk. Its vault is asked from one thread only, one question after the other."""

    vault: Vault
    terms: Terms
    injector: Injector
    expired: int = 0
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))
    _late: set[asyncio.Task[Answer]] = field(default_factory=set)

    async def ask(self, question: Callable[[Vault], T]) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, question, self.vault)

    def close(self) -> None:
        """Finish what is being written; what was to be paid later never is."""
        self._thread.shutdown()
        self.vault.close()

    async def submit(self, body: bytes, sent_at: float) -> Answer:
        """Answer an instruction that was sent at ``sent_at`` (monotonic) or later."""
        try:
            wish = read_instruction(body)
        except Malformed as malformed:
            return self._in_mode(wording.malformed(malformed.reasons))
        call = self.injector.next_call(Operation.SUBMIT)
        fault = call.fault
        if fault is None or fault.manner is Manner.REFUSAL:
            return self._in_mode(await self._decide(wish, sent_at, call))
        answer = await self._decide_at(fault.moment, wish, sent_at, call)
        if fault.manner is Manner.ERROR:
            return self._in_mode(spoilt(answer, fault.manner, call.chance))
        return spoilt(self._in_mode(answer), fault.manner, call.chance)

    async def find(self, reference: str) -> Answer:
        """What became of a reference."""
        call = self.injector.next_call(Operation.LOOKUP)
        decisions = await self.ask(lambda vault: vault.of_reference(reference))
        answer = wording.found(reference, decisions, self.terms.finality_seconds)
        return spoilt(answer, call.fault.manner, call.chance) if call.fault else answer

    async def _decide_at(
        self, moment: Moment, wish: Instruction, sent_at: float, call: Call
    ) -> Answer:
        if moment is Moment.AFTER:
            return await self._decide(wish, sent_at, call)
        if moment is Moment.LATE:
            late = asyncio.create_task(self._decide_late(wish, sent_at, call))
            self._late.add(late)  # the loop itself holds a task only weakly
            late.add_done_callback(self._late.discard)
        return unavailable()

    async def _decide_late(self, wish: Instruction, sent_at: float, call: Call) -> Answer:
        finality = self.terms.finality_seconds or _LATE_WITHOUT_FINALITY
        await asyncio.sleep(finality * call.chance.uniform(*_LATE_SHARES))
        return await self._decide(wish, sent_at, call)

    async def _decide(self, wish: Instruction, sent_at: float, call: Call) -> Answer:
        refusal = wish.refusal
        if call.fault and call.fault.manner is Manner.REFUSAL:
            refusal = refusal or "declined"
        try:
            decision, is_new = await self.ask(
                lambda vault: vault.decide(
                    wish,
                    once=self.terms.idempotent,
                    refusal=refusal,
                    final_at=self.terms.final_at(sent_at),
                )
            )
        except Conflict:
            return wording.conflict(wish.reference, "REFERENCE_REUSED")
        except Expired:
            self.expired += 1
            return as_json(HTTPStatus.SERVICE_UNAVAILABLE, {"status": "EXPIRED"})
        return self._decided(decision, is_new, call)

    def _decided(self, decision: Decision, is_new: bool, call: Call) -> Answer:
        if not is_new and self.injector.refuses_duplicate(call):
            return wording.conflict(decision.instruction.reference, "DUPLICATE_REFERENCE")
        return wording.decided(decision, is_new=is_new)

    def _in_mode(self, answer: Answer) -> Answer:
        if self.terms.mode is Mode.REST:
            return answer
        return _SUCCESS if answer.status < HTTPStatus.BAD_REQUEST else _FAILURE
