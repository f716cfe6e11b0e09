"""What the tests of payers share: a payer, a member with a bill, and short ways to act."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from client_wallet.models import Posting
from hospital.core.acts import Act
from invoicing_app.payers.batches import BatchMade, make_claim_batch
from invoicing_app.payers.membership import record_patient_cover
from invoicing_app.payers.models import Claim, PatientCover, Payer
from invoicing_app.payers.remittances import (
    Allocation,
    RemittanceRecorded,
    RemittanceWanted,
    record_remittance,
)
from invoicing_app.payers.setting_up import Terms, add_payer, set_cover
from smcapp1.models import Consultation, PatientProfile
from tests.factories import DepartmentFactory, PatientFactory, UserFactory, make_bill, make_item
from tests.invoicing_app.desk import pay

LONG_AGO = date(2020, 1, 1)


def make_payer(code: str = "AXA", **covered: Any) -> Payer:
    """Return a payer; ``PROCEDURE="80"`` covers 80 percent, a ``Terms`` what it says."""
    accountant = Act(UserFactory(role="Accountant"))
    payer = add_payer(code=code, name=f"{code} Health", kind="HMO", act=accountant).payer
    for department, terms in covered.items():
        set_cover(
            payer_id=payer.pk,
            department_id=DepartmentFactory(code=department).pk,
            terms=terms if isinstance(terms, Terms) else Terms(Decimal(terms)),
            act=accountant,
        )
    return payer


def limited(percent: str, limit: str, per: str) -> Terms:
    return Terms(Decimal(percent), Decimal(limit), per)


def cover(
    payer: Payer,
    patient: PatientProfile | None = None,
    *,
    since: date = LONG_AGO,
    until: date | None = None,
) -> PatientCover:
    """Make a patient the payer's member."""
    return record_patient_cover(
        patient_id=(patient or PatientFactory()).pk,
        payer_id=payer.pk,
        member_number="M-1",
        valid_from=since,
        valid_until=until,
        act=Act(UserFactory(role="Cashier")),
    ).cover


def covered_bill(payer: Payer, *prices: str) -> Consultation:
    """Return a bill of a new member: an item of PROCEDURE for each price."""
    items = [make_item("PROCEDURE", price) for price in prices or ("100.00",)]
    return make_bill(*items, patient=cover(payer).patient)


def make_claim(payer: Payer, price: str = "100.00") -> Claim:
    """Return the claim that a member's payment made, not yet sent."""
    paid = pay(covered_bill(payer, price), UserFactory(role="Cashier"), "CASH", price)
    return Claim.objects.get(payment_line__payment=paid.payment_id)


def send(payer: Payer, *, days: int = 1, accountant: Any = None, key: str = "") -> BatchMade:
    """Put the claims of the last days into a batch."""
    today = timezone.localdate()
    return make_claim_batch(
        payer_id=payer.pk,
        period_from=today - timedelta(days=days - 1),
        period_to=today,
        act=Act(accountant or UserFactory(role="Accountant"), key),
    )


def sent_claim(payer: Payer, price: str = "100.00") -> Claim:
    claim = make_claim(payer, price)
    send(payer)
    claim.refresh_from_db()
    return claim


def remit(
    payer: Payer, *parts: tuple[Claim, str], reference: str = "R-1", **wanted: Any
) -> RemittanceRecorded:
    """Record that a payer paid so much of each of these claims."""
    act = Act(
        wanted.pop("accountant", None) or UserFactory(role="Accountant"), wanted.pop("key", "")
    )
    allocations = [Allocation(claim.pk, Decimal(amount)) for claim, amount in parts]
    whole = sum((one.amount for one in allocations), Decimal(0))
    facts = {
        "payer_id": payer.pk,
        "reference": reference,
        "amount": whole,
        "received_on": timezone.localdate(),
        "allocations": allocations,
        **wanted,
    }
    return record_remittance(RemittanceWanted(**facts), act=act)


def sides(entry_id: int) -> list[tuple[str, str, Decimal]]:
    """Return both sides of an entry, sorted."""
    postings = Posting.objects.filter(entry=entry_id)
    return sorted(postings.values_list("side", "account_id", "amount"))


def owed(payer: Payer) -> Decimal:
    """Return what the payer's account in the journal says."""
    lines = Posting.objects.filter(account=f"RECEIVABLE-{payer.code}")
    signed = (line.amount if line.side == "DEBIT" else -line.amount for line in lines)
    return sum(signed, Decimal("0.00"))
