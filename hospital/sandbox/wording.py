"""The bank's words: decisions, totals and findings as JSON."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from .answers import Answer, as_json
from .instants import now, write_instant
from .vault import Decision, Total

Facts = dict[str, object]


def amount_text(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02}"


def facts_of(decision: Decision) -> Facts:
    """A payment, or a refusal."""
    wish = decision.instruction
    facts: Facts = {
        "reference": wish.reference,
        "amount": amount_text(wish.amount),
        "currency": wish.currency,
        "destination": {
            "bank_code": wish.bank_code,
            "account_number": wish.account_number,
            "account_name": wish.account_name,
        },
    }
    if decision.is_paid:
        paid_at = write_instant(decision.decided_at)
        return facts | {"status": "PAID", "bank_id": decision.bank_id, "paid_at": paid_at}
    return facts | {"status": "REFUSED", "reason": decision.refusal}


def total_facts(total: Total) -> Facts:
    return {
        "currency": total.currency,
        "count": total.count,
        "amount": amount_text(total.amount),
    }


def malformed(reasons: Mapping[str, str]) -> Answer:
    return as_json(HTTPStatus.BAD_REQUEST, {"status": "MALFORMED", "errors": reasons})


def decided(decision: Decision, *, is_new: bool) -> Answer:
    """The answer to an instruction that was decided, now or before."""
    if not decision.is_paid:
        return as_json(HTTPStatus.UNPROCESSABLE_ENTITY, facts_of(decision))
    return as_json(HTTPStatus.CREATED if is_new else HTTPStatus.OK, facts_of(decision))


def conflict(reference: str, status: str) -> Answer:
    return as_json(HTTPStatus.CONFLICT, {"reference": reference, "status": status})


def found(reference: str, decisions: Sequence[Decision], finality: int | None) -> Answer:
    """What became of a reference: paid, paid several times, refused, or nothing yet."""
    paid = [decision for decision in decisions if decision.is_paid]
    if len(paid) > 1:
        payments = [facts_of(payment) for payment in paid]
        facts: Facts = {"reference": reference, "status": "PAID", "payments": payments}
        return as_json(HTTPStatus.OK, facts)
    if decisions:
        return as_json(HTTPStatus.OK, facts_of((paid or decisions)[-1]))
    return as_json(
        HTTPStatus.NOT_FOUND,
        {
            "reference": reference,
            "status": "NOT_FOUND",
            "as_of": write_instant(now()),
            "final_after_seconds": finality,
        },
    )
