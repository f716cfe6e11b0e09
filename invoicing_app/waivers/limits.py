"""How much somebody may waive in a day without asking anybody, and how much of it is used."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, Max, Sum

from hospital.core.money import ZERO
from hospital.core.statements import Statement, run
from invoicing_app.waivers.models import WaiverLimit, WaiverLine

_CLASS = 0x5741_4956  # "WAIV": the class of the advisory locks on what somebody waives
_HOLD = Statement(
    "hold_waiver_allowance", f"SELECT pg_advisory_xact_lock({_CLASS}, %(actor_id)s::integer)"
)


@dataclass(frozen=True)
class Allowance:
    """What somebody may waive on a business day, and what of it is in force already."""

    limit: Decimal
    used: Decimal

    @property
    def left(self) -> Decimal:
        return max(self.limit - self.used, ZERO)


def hold_allowance(actor: Any) -> None:
    """
    Keep anybody else from waiving in the actor's name until the transaction ends: in another
    window, say. Right after the business day; ``allowance_of`` reads in a later statement.
    """
    run([_HOLD], {"actor_id": actor.pk})


def allowance_of(actor: Any, day: date) -> Allowance:
    """Return what the actor may waive on a day. What was taken back is not used. Two queries."""
    roles = WaiverLimit.objects.filter(role__user=actor)
    waived = WaiverLine.objects.filter(
        waiver__requested_by=actor,
        waiver__decided_by=F("waiver__requested_by"),
        waiver__business_date=day,
        taken_back=None,
    )
    limit: Decimal | None = roles.aggregate(most=Max("day_amount"))["most"]
    used: Decimal | None = waived.aggregate(sum=Sum("amount"))["sum"]
    return Allowance(limit or ZERO, used or ZERO)
