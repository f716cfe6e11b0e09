"""Claims are sent to their payer together: those of a period that were not sent before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Max, QuerySet
from django.utils import timezone

from hospital.core.acts import Act, Answer
from hospital.core.errors import InvalidRequest
from hospital.core.idempotency import earlier_answer, keep_answer
from hospital.core.money import ZERO, money_text
from hospital.core.times import wire_time
from invoicing_app.payers.errors import NothingToClaim
from invoicing_app.payers.locks import lock_payer
from invoicing_app.payers.models import Claim, ClaimBatch


@dataclass(frozen=True)
class BatchMade(Answer):
    """A batch: amounts as text with two places, days as ISO dates."""

    id: int
    number: str
    payer: str
    period_from: str
    period_to: str
    claims: int
    total_amount: str
    created_at: str
    replayed: bool = False


@transaction.atomic
def make_claim_batch(*, payer_id: int, period_from: date, period_to: date, act: Act) -> BatchMade:
    """
    Put what a payer owes of a period, both days included, and was not asked for into a batch.

    Locks the payer and the claims. What is paid later on one of these days goes into the next
    batch. Repeating a call with the same key returns the same batch.

    :raises InvalidRequest: if the period ends before it begins, or after today
    :raises NotFound: if there is no such payer
    :raises NothingToClaim: if no claim waits
    :raises KeyReused: if the key was used for another batch
    """
    if period_to < period_from:
        raise InvalidRequest("period_to", "A period ends after it began.")
    if period_to > timezone.localdate():
        raise InvalidRequest("period_to", "This day has not come yet.")
    facts = {
        "payer_id": payer_id,
        "period_from": str(period_from),
        "period_to": str(period_to),
    }
    payer = lock_payer(payer_id)
    if kept := earlier_answer(act, "make-claim-batch", facts):
        return BatchMade.again(kept)
    waiting = Claim.objects.unsettled().filter(
        payer=payer, batch=None, business_date__range=(period_from, period_to)
    )
    locked = waiting.select_for_update(of=("self",), no_key=True).order_by("pk")
    claims = [claim for claim in locked if claim.batch_id is None and claim.open_amount > 0]
    if not claims:
        raise NothingToClaim
    last = ClaimBatch.objects.filter(payer=payer).aggregate(last=Max("number"))["last"] or 0
    batch = ClaimBatch.objects.create(
        payer=payer,
        number=last + 1,
        period_from=period_from,
        period_to=period_to,
        total_amount=sum((claim.open_amount for claim in claims), ZERO),
        made_by=act.actor,
        made_at=timezone.now(),
    )
    Claim.objects.filter(pk__in=[claim.pk for claim in claims]).update(
        batch=batch, claimed_amount=F("amount") - F("settled_amount")
    )
    answer = batch_facts(batch, len(claims))
    keep_answer(act, "make-claim-batch", facts, answer.facts())
    return answer


def batch_facts(batch: ClaimBatch, claims: int) -> BatchMade:
    """Return a batch of so many claims as it is shown."""
    return BatchMade(
        id=batch.pk,
        number=str(batch),
        payer=batch.payer.code,
        period_from=str(batch.period_from),
        period_to=str(batch.period_to),
        claims=claims,
        total_amount=money_text(batch.total_amount),
        created_at=wire_time(batch.made_at),
    )


def with_claim_numbers(batches: QuerySet[ClaimBatch]) -> Any:
    """Return batches with their payers, each with its ``number_of_claims``."""
    return batches.select_related("payer").annotate(number_of_claims=Count("claims"))


def claims_of(batch: ClaimBatch) -> QuerySet[Claim]:
    """Return a batch's claims with all that their lines show. One query."""
    return batch.claims.select_related(
        "cover__patient", "department", "payment_line__bill_item", "payment_line__payment"
    ).order_by("pk")


HEADINGS = (
    "batch",
    "claim",
    "member number",
    "patient",
    "name",
    "date",
    "visit",
    "department",
    "item",
    "quantity",
    "receipt",
    "price",
    "waived",
    "paid by patient",
    "claimed",
    "settled",
    "open",
)


def batch_rows(batch: ClaimBatch) -> Iterator[Sequence[object]]:
    """Yield a batch as a spreadsheet shows it: headings, a row for each claim, the total."""
    yield HEADINGS
    for claim in claims_of(batch):
        line = claim.payment_line
        patient = claim.cover.patient
        yield (
            str(batch),
            claim.pk,
            claim.cover.member_number,
            patient.hospital_number,
            f"{patient.first_name} {patient.last_name}",
            claim.business_date,
            claim.consultation_id,
            claim.department.name,
            line.bill_item.description,
            line.bill_item.quantity,
            line.payment.receipt_number,
            line.bill_item.line_total,
            line.waived,
            line.amount,
            claim.claimed_amount,
            claim.settled_amount,
            claim.open_amount,
        )
