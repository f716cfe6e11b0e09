"""A person looks into what a gateway said and was not credited, and writes down what was found."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from client_wallet.errors import AlreadyReviewed, CreditedMeanwhile
from client_wallet.models import GatewayEvent, GatewayReview, OnlinePayment
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

    No money moves: only the gateway's word credits, and from now on none of this try to pay. Keeps
    other reviews waiting, since an event cannot be locked: nobody may change it; then locks its
    payment. Repeating a call with the same key returns the first answer.

    :raises InvalidRequest: if the evidence is empty or longer than 300 characters
    :raises NotFound: if there is no such event, or it needs no review
    :raises CreditedMeanwhile: if this try to pay was credited after all
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
    event = _lock_event(event_id)
    if kept := earlier_answer(act, "review-gateway-event", facts):
        return EventReviewed.again(kept)
    if GatewayReview.objects.filter(event=event).exists():
        raise AlreadyReviewed
    if not GatewayEvent.objects.to_review().filter(pk=event.pk).exists():
        raise CreditedMeanwhile
    GatewayReview.objects.create(
        event=event, evidence=evidence, decided_by=act.actor, decided_at=timezone.now()
    )
    answer = EventReviewed(event_id)
    keep_answer(act, "review-gateway-event", facts, answer.facts())
    return answer


def _lock_event(event_id: int) -> GatewayEvent:
    try:
        event = GatewayEvent.objects.get(pk=event_id, outcome__in=GatewayEvent.NOT_CREDITED)
    except GatewayEvent.DoesNotExist:
        raise NotFound("There is nothing to look into by this number.") from None
    if event.payment_id is not None:
        locked = OnlinePayment.objects.select_for_update(of=("self",), no_key=True)
        locked.get(pk=event.payment_id)  # whoever credits it waits, or has ended
    return event
