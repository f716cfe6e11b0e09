"""Rows of payers and claims as they are under their lock."""

from collections.abc import Collection
from decimal import Decimal

from hospital.core.errors import NotFound
from hospital.core.money import money_text, with_currency
from invoicing_app.payers.errors import ClaimHoldsLess, NotClaimed
from invoicing_app.payers.models import Claim, Payer


def lock_payer(payer_id: int) -> Payer:
    """
    Lock a payer, before its claims: one batch or remittance of a payer after the other.

    :raises NotFound: if there is no such payer
    """
    try:
        return Payer.objects.select_for_update(of=("self",), no_key=True).get(pk=payer_id)
    except Payer.DoesNotExist:
        raise NotFound("There is no payer with this id.") from None


def lock_claims(claim_ids: Collection[int]) -> dict[int, Claim]:
    """
    Lock claims in id order and return them as they are under the lock.

    :raises NotFound: if one of them does not exist
    """
    locked = Claim.objects.select_for_update(of=("self",), no_key=True)
    claims = {claim.pk: claim for claim in locked.filter(pk__in=claim_ids).order_by("pk")}
    if missing := sorted({*claim_ids} - claims.keys()):
        raise NotFound("There is no claim with this id.", claim_ids=missing)
    return claims


def lock_claim(claim_id: int) -> Claim:
    """
    Lock one claim.

    :raises NotFound: if there is no such claim
    """
    return lock_claims([claim_id])[claim_id]


def require_open(claim: Claim, amount: Decimal) -> None:
    """
    Make sure that a locked claim was sent to its payer, and that so much is open on it.

    :raises NotClaimed: if it is in no batch
    :raises ClaimHoldsLess: if less is open
    """
    if claim.batch_id is None:
        raise NotClaimed(claim_id=claim.pk)
    if claim.open_amount < amount:
        raise ClaimHoldsLess(
            f"{with_currency(claim.open_amount)} is open on {claim}, not {with_currency(amount)}.",
            claim_id=claim.pk,
            open=money_text(claim.open_amount),
            requested=money_text(amount),
        )
