"""The heart of it: a covered bill is paid by two, and the payer's part is followed to its end."""

from decimal import Decimal

import pytest

from client_wallet.models import JournalEntry
from hospital.core.acts import Act
from hospital.core.errors import SelfApproval
from invoicing_app.payers.errors import ClaimHoldsLess
from invoicing_app.payers.models import Claim
from invoicing_app.payers.short_payments import (
    approve_write_off,
    ask_write_off,
    bill_patient_for_claim,
)
from tests.factories import UserFactory
from tests.invoicing_app.desk import items_of, pay, postings_of
from tests.invoicing_app.payers.desk import (
    covered_bill,
    make_claim,
    make_payer,
    owed,
    remit,
    send,
    sent_claim,
    sides,
)
from tests.rows import everything

pytestmark = pytest.mark.usefixtures("db")


def test_the_patient_pays_the_rest_and_the_payer_owes_its_share(cashier):
    payer = make_payer(PROCEDURE="80")
    bill = covered_bill(payer, "100.00", "0.99")

    paid = pay(bill, cashier, "CASH", "20.20")

    assert (paid.total_due, [item["payer_share"] for item in paid.items]) == (
        "20.20",
        ["80.00", "0.79"],
    )
    drawer = f"CASH-{cashier.pk:04d}"
    assert postings_of(paid.payment_id) == [
        ("CREDIT", "REVENUE-PROCEDURE", Decimal("100.99")),
        ("DEBIT", drawer, Decimal("20.20")),
        ("DEBIT", "RECEIVABLE-AXA", Decimal("80.79")),
    ]
    claims = Claim.objects.filter(batch=None).order_by("pk")
    assert list(claims.values_list("amount", "settled_amount")) == [
        (Decimal("80.00"), Decimal("0.00")),
        (Decimal("0.79"), Decimal("0.00")),
    ]


def test_a_bill_that_is_covered_whole_is_paid_with_nothing(cashier):
    payer = make_payer(PROCEDURE="100")

    paid = pay(covered_bill(payer), cashier, "CASH")

    assert (paid.total_due, paid.tenders) == ("0.00", [])
    assert postings_of(paid.payment_id) == [
        ("CREDIT", "REVENUE-PROCEDURE", Decimal("100.00")),
        ("DEBIT", "RECEIVABLE-AXA", Decimal("100.00")),
    ]


def test_a_remittance_settles_claims_from_the_bank(db):
    payer = make_payer(PROCEDURE="80")
    one, other = make_claim(payer), make_claim(payer, "50.00")
    send(payer)

    recorded = remit(payer, (one, "80.00"), (other, "30.00"))

    entry = JournalEntry.objects.get(remittance=recorded.id)
    assert sides(entry.pk) == [
        ("CREDIT", "RECEIVABLE-AXA", Decimal("110.00")),
        ("DEBIT", "BANK", Decimal("110.00")),
    ]
    assert [part["open"] for part in recorded.allocations] == ["0.00", "10.00"]
    assert owed(payer) == Decimal("10.00")


def test_no_claim_is_settled_for_more_than_it_is_of_and_the_refusal_leaves_no_trace(db):
    payer = make_payer(PROCEDURE="80")
    claim = sent_claim(payer)
    accountant = UserFactory(role="Accountant")
    remit(payer, (claim, "50.00"), accountant=accountant)
    before = everything()

    with pytest.raises(ClaimHoldsLess) as refusal:
        remit(payer, (claim, "30.01"), reference="R-2", accountant=accountant)

    assert refusal.value.facts == {"claim_id": claim.pk, "open": "30.00", "requested": "30.01"}
    assert everything() == before


def test_what_a_payer_refuses_is_billed_to_the_patient_and_earned_again_when_paid(cashier):
    payer = make_payer(PROCEDURE="80")
    claim = sent_claim(payer)

    billed = bill_patient_for_claim(
        claim_id=claim.pk,
        amount=Decimal("30.00"),
        reason="Not covered",
        act=Act(UserFactory(role="Accountant")),
    )

    entry = JournalEntry.objects.get(kind="BILLED_BACK")
    assert sides(entry.pk) == [
        ("CREDIT", "RECEIVABLE-AXA", Decimal("30.00")),
        ("DEBIT", "REVENUE-PROCEDURE", Decimal("30.00")),
    ]
    item = items_of(claim.consultation)[-1]
    assert (item.pk, item.status, item.line_total, item.description) == (
        billed.bill_item_id,
        "UNPAID",
        Decimal("30.00"),
        f"Not paid by AXA Health: {items_of(claim.consultation)[0].description}",
    )
    paid = pay(claim.consultation, cashier, "CASH", "30.00")
    assert ("CREDIT", "REVENUE-BILLED_BACK", Decimal("30.00")) in postings_of(paid.payment_id)
    assert owed(payer) == Decimal("50.00")


def test_a_write_off_takes_two_people(db):
    payer = make_payer(PROCEDURE="80")
    claim = sent_claim(payer)
    asker = UserFactory(role="Supervisor")
    asked = ask_write_off(
        claim_id=claim.pk, amount=Decimal("80.00"), reason="Payer bankrupt", act=Act(asker)
    )
    before = everything()

    with pytest.raises(SelfApproval):
        approve_write_off(claim_id=claim.pk, write_off_id=asked.id, act=Act(asker))

    assert everything() == before
    other = Act(UserFactory(role="Supervisor"))
    approved = approve_write_off(claim_id=claim.pk, write_off_id=asked.id, act=other)
    assert (approved.status, approved.claim_open, owed(payer)) == (
        "APPROVED",
        "0.00",
        Decimal("0.00"),
    )
    entry = JournalEntry.objects.get(kind="WRITE_OFF")
    assert sides(entry.pk)[1] == ("DEBIT", "WRITE_OFFS", Decimal("80.00"))
