"""How much of an unpaid item a payer pays: the cover in force, its percentage and its limit."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Q, Subquery, Sum

from hospital.core.money import MAX_AMOUNT, ZERO, round_half_up
from invoicing_app.models import BillItem
from invoicing_app.payers.models import Claim, ClaimSettlement, Cover, PatientCover, Payer

# What the payer is not asked for any more, and so does not count towards a limit.
GIVEN_UP = (ClaimSettlement.Kind.BILLED_BACK, ClaimSettlement.Kind.REFUNDED)


@dataclass(frozen=True)
class Part:
    """What a payer owes of one item, by the patient's cover: ``amount`` above zero."""

    bill_item_id: int
    payer: Payer
    cover_id: int
    amount: Decimal


def payer_parts(
    consultation_id: int, items: Sequence[BillItem], *, on: date, hold: bool = False
) -> Iterator[Part]:
    """
    Yield the payer's part of each of these unpaid items of a visit that is covered on that day.

    A limit is used up in the order of the items' ids. ``hold`` locks the patient's covers, so that
    what is decided on it stays true: without it the answer is for show. One query where there is
    no cover.
    """
    cover = _cover_in_force(consultation_id, on, hold=hold)
    if cover is None or not items:
        return
    terms = _terms(cover, {item.department_id for item in items})
    left = _left(cover, consultation_id, terms, on)
    for item in sorted(items, key=lambda item: item.pk):
        term = terms.get(item.department_id)
        if term is None:
            continue
        asked = round_half_up((item.line_total - item.waived) * term.percent / 100)
        amount = min(asked, left[item.department_id])
        if amount > 0:
            left[item.department_id] -= amount
            yield Part(item.pk, term.payer, cover.pk, amount)


def _cover_in_force(consultation_id: int, on: date, *, hold: bool) -> PatientCover | None:
    """
    Return the cover of a visit's patient that holds on that day.

    All covers of the patient are locked: a limit of the year is one for all of one payer.
    """
    covers = PatientCover.objects.filter(patient__consultations=consultation_id).order_by("pk")
    if hold:
        covers = covers.select_for_update(of=("self",), no_key=True)
    in_force = [cover for cover in covers if cover.holds_on(on)]
    return in_force[0] if in_force else None


def _terms(cover: PatientCover, department_ids: Collection[int]) -> Mapping[int, Cover]:
    """Return what the payer covers in these departments, with the payer, by department."""
    terms = Cover.objects.filter(payer=cover.payer_id, department__in=department_ids)
    active = terms.filter(is_active=True, payer__is_active=True).select_related("payer")
    return {term.department_id: term for term in active}


def _left(
    cover: PatientCover, consultation_id: int, terms: Mapping[int, Cover], on: date
) -> dict[int, Decimal]:
    """Return what is left of each department's limit, or as much as any bill can be."""
    left = dict.fromkeys(terms, MAX_AMOUNT)
    limited = [term for term in terms.values() if term.limit_amount is not None]
    if not limited:
        return left
    used = _used(cover, consultation_id, on)
    for term in limited:
        left[term.department_id] = max(
            (term.limit_amount or ZERO) - used.get((term.department_id, term.limit_per), ZERO), ZERO
        )
    return left


def _used(cover: PatientCover, consultation_id: int, on: date) -> dict[tuple[int, str], Decimal]:
    """Return what the payer was asked for, for this patient: by department, and visit or year."""
    of_visit = Q(consultation=consultation_id)
    of_year = Q(business_date__year=on.year)
    given_up = (
        ClaimSettlement.objects.filter(claim=OuterRef("pk"), kind__in=GIVEN_UP)
        .order_by()
        .values("claim")
        .annotate(total=Sum("amount"))
    )
    asked_for: Any = Claim.objects  # its type knows no annotations
    claims = asked_for.filter(
        of_visit | of_year, cover__patient=cover.patient_id, payer=cover.payer_id
    ).annotate(given_up=Subquery(given_up.values("total")))
    used: dict[tuple[int, str], Decimal] = {}
    for claim in claims.order_by("pk"):
        asked = claim.amount - (claim.given_up or ZERO)
        kinds = {
            Cover.Limit.VISIT: claim.consultation_id == consultation_id,
            Cover.Limit.YEAR: claim.business_date.year == on.year,
        }
        for per in (kind for kind, counts in kinds.items() if counts):
            key = (claim.department_id, str(per))
            used[key] = used.get(key, ZERO) + asked
    return used
