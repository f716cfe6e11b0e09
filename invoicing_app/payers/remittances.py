"""What a payer sent to the bank, and which claims it is for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from client_wallet import ledger
from client_wallet.ledger import Line, Posted
from client_wallet.ledger.receivables import receivable_account
from client_wallet.models import JournalEntry
from hospital.core.acts import Act, Answer
from hospital.core.errors import InvalidRequest, NotFound
from hospital.core.idempotency import earlier_answer, keep_answer
from hospital.core.money import ZERO, money_text, require_amount, with_currency
from hospital.core.times import wire_time
from invoicing_app.payers.errors import (
    AllocationDiffers,
    AlreadyRemitted,
)
from invoicing_app.payers.locks import lock_claims, lock_payer, require_open
from invoicing_app.payers.models import Claim, ClaimSettlement, Payer, Remittance

LONGEST_REFERENCE = 100
MOST_ALLOCATIONS = 2000


@dataclass(frozen=True)
class Allocation:
    """So much of a remittance is for that claim: ``amount`` in CURRENCY, above zero."""

    claim_id: int
    amount: Decimal


@dataclass(frozen=True)
class RemittanceWanted:
    """
    What arrived at the bank, and for which claims. ``amount`` is the sum of the allocations.

    With no allocations it is for all that is open of ``batch_id``, and must be as much.
    """

    payer_id: int
    reference: str
    amount: Decimal
    received_on: date
    allocations: Sequence[Allocation] = ()
    batch_id: int | None = None

    def facts(self) -> dict[str, Any]:
        return {
            "payer_id": self.payer_id,
            "reference": self.reference,
            "amount": money_text(self.amount),
            "received_on": str(self.received_on),
            "allocations": [[one.claim_id, money_text(one.amount)] for one in self.allocations],
            "batch_id": self.batch_id,
        }


@dataclass(frozen=True)
class RemittanceRecorded(Answer):
    """A remittance: amounts as text with two places; what each claim has open after it."""

    id: int
    payer: str
    reference: str
    amount: str
    received_on: str
    allocations: list[dict[str, Any]]
    created_at: str
    replayed: bool = False


@transaction.atomic
def record_remittance(wanted: RemittanceWanted, *, act: Act) -> RemittanceRecorded:
    """
    Post what a payer paid and lessen its claims by it: BANK against the payer's account.

    Amounts in CURRENCY, two places. Locks the business day, the payer and the claims in id order.
    Repeating a call with the same key returns the first answer and moves no money.

    :raises InvalidRequest: if a reference, day or amount is none, or a claim is named twice
    :raises NotFound: if there is no such payer or claim, or the claim is another payer's
    :raises AlreadyRemitted: if the payer's reference was recorded before
    :raises AllocationDiffers: if the claims' amounts do not add up to the whole
    :raises NotClaimed: if a claim was never sent in a batch
    :raises ClaimHoldsLess: if less is open on a claim
    :raises DayClosed: if the business day was closed
    :raises KeyReused: if the key was used for another remittance
    """
    _require_remittance(wanted)
    day = ledger.hold_business_day()
    payer = lock_payer(wanted.payer_id)
    if kept := earlier_answer(act, "record-remittance", wanted.facts()):
        return RemittanceRecorded.again(kept)
    if Remittance.objects.filter(payer=payer, reference=wanted.reference).exists():
        raise AlreadyRemitted
    claims, parts = _allocated(wanted)
    posted = ledger.post(
        act,
        kind=JournalEntry.Kind.REMITTANCE,
        business_date=day,
        debits=[Line(ledger.BANK, wanted.amount)],
        credits=[Line(receivable_account(payer.code), wanted.amount)],
        memo=wanted.reference,
    )
    remittance = _remittance(wanted, payer, posted, act)
    ClaimSettlement.objects.bulk_create(
        ClaimSettlement(
            claim_id=claim_id,
            kind=ClaimSettlement.Kind.REMITTED,
            amount=amount,
            entry_id=posted.entry_id,
            remittance=remittance,
        )
        for claim_id, amount in parts.items()
    )
    answer = remittance_facts(
        remittance,
        [
            (claim_id, amount, claims[claim_id].open_amount - amount)
            for claim_id, amount in parts.items()
        ],
    )
    keep_answer(act, "record-remittance", wanted.facts(), answer.facts())
    return answer


def remittance_facts(
    remittance: Remittance, allocations: Sequence[tuple[int, Decimal, Decimal]]
) -> RemittanceRecorded:
    """Return a remittance as it is shown; allocations are (claim, amount, open after it)."""
    return RemittanceRecorded(
        id=remittance.pk,
        payer=remittance.payer.code,
        reference=remittance.reference,
        amount=money_text(remittance.amount),
        received_on=str(remittance.received_on),
        allocations=[
            {"claim_id": claim_id, "amount": money_text(amount), "open": money_text(left)}
            for claim_id, amount, left in allocations
        ],
        created_at=wire_time(remittance.recorded_at),
    )


def stored_remittance(remittance: Remittance) -> RemittanceRecorded:
    """Return a stored remittance, with what is open on its claims now. They come with it."""
    parts = sorted(remittance.allocations.all(), key=lambda part: part.pk)
    return remittance_facts(
        remittance, [(part.claim_id, part.amount, part.claim.open_amount) for part in parts]
    )


def _require_remittance(wanted: RemittanceWanted) -> None:
    require_amount(wanted.amount)
    if not 1 <= len(wanted.reference) <= LONGEST_REFERENCE or "\0" in wanted.reference:
        raise InvalidRequest("reference", f"Write 1 to {LONGEST_REFERENCE} characters.")
    if wanted.received_on > timezone.localdate():
        raise InvalidRequest("received_on", "This day has not come yet.")
    if bool(wanted.allocations) == (wanted.batch_id is not None):
        raise InvalidRequest("allocations", "Name the claims that were paid, or a batch.")
    if len({one.claim_id for one in wanted.allocations}) < len(wanted.allocations):
        raise InvalidRequest("allocations", "A claim is named twice.")
    if len(wanted.allocations) > MOST_ALLOCATIONS:
        raise InvalidRequest("allocations", f"At most {MOST_ALLOCATIONS} claims at once.")
    for one in wanted.allocations:
        require_amount(one.amount, "allocations")


def _allocated(wanted: RemittanceWanted) -> tuple[Mapping[int, Claim], Mapping[int, Decimal]]:
    """Return the claims under their locks, and what each of them gets."""
    if wanted.batch_id is None:
        parts = {one.claim_id: one.amount for one in wanted.allocations}
        claims = lock_claims(parts)
    else:
        of_batch = Claim.objects.filter(batch=wanted.batch_id)
        claims = lock_claims(of_batch.values_list("pk", flat=True))
        if not claims:
            raise NotFound("There is no batch with this id.")
        parts = {claim.pk: claim.open_amount for claim in claims.values() if claim.open_amount}
    for claim_id, amount in parts.items():
        if claims[claim_id].payer_id != wanted.payer_id:
            raise InvalidRequest("allocations", f"{claims[claim_id]} is another payer's.")
        require_open(claims[claim_id], amount)
    total = sum(parts.values(), ZERO)
    if total != wanted.amount:
        raise AllocationDiffers(
            f"{with_currency(wanted.amount)} was received; the claims come to "
            f"{with_currency(total)}.",
            amount=money_text(wanted.amount),
            allocated=money_text(total),
        )
    return claims, parts


def _remittance(wanted: RemittanceWanted, payer: Payer, posted: Posted, act: Act) -> Remittance:
    return Remittance.objects.create(
        payer=payer,
        reference=wanted.reference,
        amount=wanted.amount,
        received_on=wanted.received_on,
        recorded_by=act.actor,
        recorded_at=posted.posted_at,
        entry_id=posted.entry_id,
    )
