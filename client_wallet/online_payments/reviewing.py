"""A person looks into what a gateway said and was not credited, and writes down what was found."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from client_wallet.errors import AlreadyReviewed
from client_wallet.models import GatewayEvent, GatewayReview
from hospital.core.acts import Act, Answer
from hospital.core.errors import InvalidRequest, NotFound
from hospital.core.idempotency import earlier_answer, keep_answer
from hospital.core.transactions import hold_job

LONGEST_EVIDENCE = 300


@dataclass(frozen=True)
class EventReviewed(Answer):
    """The event that was looked into."""

    event_id: int
    replayed: bool = False


@transaction.atomic
def review_gateway_event(*, event_id: int, evidence: str, act: Act) -> EventReviewed:
    """
    Write down what was found out, and done, about something that was not credited.

    No money moves: only the gateway's word credits. Keeps other reviews waiting: an event cannot be
    locked, since nobody may change it. Repeating a call with the same key returns the first answer.

    :raises InvalidRequest: if the evidence is empty or longer than 300 characters
    :raises NotFound: if there is no such event, or it needs no review
    :raises AlreadyReviewed: if somebody did so before
    :raises KeyReused: if the key was used for another review
    """
    evidence = evidence.strip()
    if not 1 <= len(evidence) <= LONGEST_EVIDENCE:
        raise InvalidRequest(
            "evidence", f"Say in 1 to {LONGEST_EVIDENCE} characters what was found and done."
        )
    facts = {"event_id": event_id, "evidence": evidence}
    hold_job("gateway-reviews")
    event = _event_to_review(event_id)
    if kept := earlier_answer(act, "review-gateway-event", facts):
        return EventReviewed.again(kept)
    if GatewayReview.objects.filter(event=event).exists():
        raise AlreadyReviewed
    GatewayReview.objects.create(
        event=event, evidence=evidence, decided_by=act.actor, decided_at=timezone.now()
    )
    answer = EventReviewed(event_id)
    keep_answer(act, "review-gateway-event", facts, answer.facts())
    return answer


def _event_to_review(event_id: int) -> GatewayEvent:
    try:
        return GatewayEvent.objects.get(pk=event_id, outcome__in=GatewayEvent.NOT_CREDITED)
    except GatewayEvent.DoesNotExist:
        raise NotFound("There is nothing to look into by this number.") from None
