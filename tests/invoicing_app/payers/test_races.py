"""Claims, covers and limits with two at once; each race has a twin without the lock."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import IntegrityError
from django.utils import timezone

from client_wallet.models import JournalEntry
from hospital.core.acts import Act
from invoicing_app.books import payers as checks
from invoicing_app.books.examination import check_books
from invoicing_app.payers.batches import make_claim_batch
from invoicing_app.payers.errors import (
    AlreadyCovered,
    AlreadyRemitted,
    ClaimHoldsLess,
    CoverWasUsed,
    NothingToClaim,
    WriteOffDecided,
    WriteOffPending,
)
from invoicing_app.payers.membership import end_patient_cover, record_patient_cover
from invoicing_app.payers.models import (
    Claim,
    ClaimBatch,
    ClaimSettlement,
    PatientCover,
    Remittance,
    ShortPayment,
)
from invoicing_app.payers.short_payments import (
    approve_write_off,
    ask_write_off,
    bill_patient_for_claim,
)
from tests.factories import PatientFactory, UserFactory, make_bill, make_item
from tests.invoicing_app.desk import pay
from tests.invoicing_app.payers.desk import (
    LONG_AGO,
    cover,
    limited,
    make_claim,
    make_payer,
    owed,
    remit,
    sent_claim,
)
from tests.invoicing_app.races import BEFORE_THE_RECEIPT, cashiers
from tests.races import run_together, without_row_locks

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("real_commits")]

BEFORE_THE_ENTRY = "INSERT INTO client_wallet_journalentry"


def accountants():
    return UserFactory(role="Accountant"), UserFactory(role="Accountant")


@pytest.fixture
def only_claims(monkeypatch):
    """Let the books be about claims alone."""
    monkeypatch.setattr("invoicing_app.books.examination.CHECKS", checks.CHECKS)


# Two remittances on one claim


def remit_one_claim_twice(amount):
    claim = sent_claim(make_payer(PROCEDURE="80"))
    return claim, run_together(
        *(
            partial(remit, claim.payer, (claim, amount), reference=f"R-{n}", accountant=who)
            for n, who in enumerate(accountants())
        ),
        pause_before=BEFORE_THE_ENTRY,
    )


def test_two_remittances_at_once_settle_a_claim_once(only_claims):
    claim, (first, second) = remit_one_claim_twice("50.00")

    assert first.amount == "50.00"
    assert isinstance(second, ClaimHoldsLess)
    assert second.facts == {"claim_id": claim.pk, "open": "30.00", "requested": "50.00"}
    assert (Remittance.objects.count(), owed(claim.payer)) == (1, Decimal("30.00"))
    assert check_books() == []


def test_without_the_lock_the_second_remittance_goes_on_until_the_table_refuses_it():
    with without_row_locks():
        _, (first, second) = remit_one_claim_twice("50.00")

    assert first.amount == "50.00"
    assert isinstance(second, IntegrityError)
    assert "claim_is_never_settled_for_more" in str(second)


def test_two_remittances_that_fit_both_settle_it(only_claims):
    claim, (first, second) = remit_one_claim_twice("40.00")

    assert (first.allocations[0]["open"], second.allocations[0]["open"]) == ("40.00", "0.00")
    assert owed(claim.payer) == Decimal("0.00")
    assert check_books() == []


def test_without_the_lock_the_second_is_told_of_money_that_is_gone():
    with without_row_locks():
        _, (first, second) = remit_one_claim_twice("40.00")

    assert first.allocations[0]["open"] == second.allocations[0]["open"] == "40.00"


def record_one_reference_twice():
    payer = make_payer(PROCEDURE="80")
    claims = make_claim(payer), make_claim(payer)
    act = Act(UserFactory(role="Accountant"))
    today = timezone.localdate()
    make_claim_batch(payer_id=payer.pk, period_from=today, period_to=today, act=act)
    return run_together(
        *(
            partial(remit, payer, (claim, "50.00"), accountant=who)
            for claim, who in zip(claims, accountants(), strict=True)
        ),
        pause_before=BEFORE_THE_ENTRY,
    )


def test_one_reference_recorded_twice_at_once_is_recorded_once():
    first, second = record_one_reference_twice()

    assert first.amount == "50.00"
    assert isinstance(second, AlreadyRemitted)


def test_without_the_lock_the_second_of_one_reference_is_no_refusal():
    with without_row_locks():
        _, second = record_one_reference_twice()

    assert isinstance(second, IntegrityError)


# A remittance and a bill to the patient


def remit_and_bill_back():
    claim = sent_claim(make_payer(PROCEDURE="80"))
    one, other = accountants()
    return claim, run_together(
        partial(remit, claim.payer, (claim, "80.00"), accountant=one),
        partial(
            bill_patient_for_claim,
            claim_id=claim.pk,
            amount=Decimal("80.00"),
            reason="Rejected",
            act=Act(other),
        ),
        pause_before=BEFORE_THE_ENTRY,
    )


def test_a_claim_is_not_paid_by_the_payer_and_billed_to_the_patient():
    claim, (paid, billed) = remit_and_bill_back()

    assert paid.amount == "80.00"
    assert isinstance(billed, ClaimHoldsLess)
    assert ClaimSettlement.objects.filter(claim=claim).count() == 1


def test_without_the_lock_billing_the_patient_goes_on_until_the_table_refuses_it():
    with without_row_locks():
        _, (_, billed) = remit_and_bill_back()

    assert isinstance(billed, IntegrityError)


# The limit


def pay_two_visits(payer):
    patient = PatientFactory()
    cover(payer, patient)
    bills = [make_bill(make_item("PROCEDURE"), patient=patient) for _ in range(2)]
    return run_together(
        *(
            partial(pay, bill, cashier, "CASH", "100.00")
            for bill, cashier in zip(bills, cashiers(), strict=True)
        ),
        pause_before=BEFORE_THE_RECEIPT,
    )


def test_the_limit_of_a_year_is_used_once_by_two_visits_at_once(only_claims):
    payer = make_payer(PROCEDURE=limited("90", "150.00", "YEAR"))

    first, second = pay_two_visits(payer)

    assert (first.total_due, second.total_due) == ("10.00", "40.00")
    assert owed(payer) == Decimal("150.00")
    assert check_books() == []


def test_without_the_lock_two_visits_use_one_limit_twice():
    payer = make_payer(PROCEDURE=limited("90", "150.00", "YEAR"))

    with without_row_locks():
        first, second = pay_two_visits(payer)

    assert (first.total_due, second.total_due) == ("10.00", "10.00")
    assert owed(payer) == Decimal("180.00")  # 30.00 more than the payer will pay


# A payment and the end of the cover


def pay_while_the_cover_ends():
    payer = make_payer(PROCEDURE="80")
    patient = PatientFactory()
    held = cover(payer, patient)
    bill = make_bill(make_item("PROCEDURE"), patient=patient)
    cashier, other = cashiers()
    yesterday = timezone.localdate() - timedelta(days=1)
    return payer, run_together(
        partial(pay, bill, cashier, "CASH", "100.00"),
        partial(end_patient_cover, cover_id=held.pk, last_day=yesterday, act=Act(other)),
        pause_before=BEFORE_THE_RECEIPT,
    )


def test_a_cover_does_not_end_before_a_payment_that_counts_on_it(only_claims):
    payer, (paid, ended) = pay_while_the_cover_ends()

    assert paid.total_due == "20.00"
    assert isinstance(ended, CoverWasUsed)
    assert owed(payer) == Decimal("80.00")
    assert check_books() == []


def test_without_the_lock_a_payment_counts_on_a_cover_that_has_ended():
    with without_row_locks():
        _, (paid, ended) = pay_while_the_cover_ends()

    assert isinstance(paid, IntegrityError)  # the table's own rule
    assert "is not of its payment line and cover" in str(paid)
    assert ended.cover.valid_until < timezone.localdate()


def record_two_covers(patient):
    return run_together(
        *(
            partial(
                record_patient_cover,
                patient_id=patient.pk,
                payer_id=make_payer(code).pk,
                member_number="M-1",
                valid_from=LONG_AGO,
                act=Act(cashier),
            )
            for code, cashier in zip(("AXA", "NHIS"), cashiers(), strict=True)
        ),
        pause_before="INSERT INTO invoicing_app_patientcover",
    )


def test_a_patient_gets_one_of_two_covers_recorded_at_once():
    first, second = record_two_covers(PatientFactory())

    assert first.cover.payer.code == "AXA"
    assert isinstance(second, AlreadyCovered)
    assert PatientCover.objects.count() == 1


def test_without_the_lock_the_second_cover_is_no_refusal_but_the_table_s_rule():
    with without_row_locks():
        _, second = record_two_covers(PatientFactory())

    assert isinstance(second, IntegrityError)
    assert "another cover in that time" in str(second)
    assert PatientCover.objects.count() == 1


# Batches


def make_two_batches():
    payer = make_payer(PROCEDURE="80")
    make_claim(payer)
    today = timezone.localdate()
    return run_together(
        *(
            partial(
                make_claim_batch,
                payer_id=payer.pk,
                period_from=today,
                period_to=today,
                act=Act(accountant),
            )
            for accountant in accountants()
        ),
        pause_before="INSERT INTO invoicing_app_claimbatch",
    )


def test_a_claim_is_sent_in_one_of_two_batches_made_at_once(only_claims):
    first, second = make_two_batches()

    assert (first.number, first.claims) == ("AXA-0001", 1)
    assert isinstance(second, NothingToClaim)
    assert ClaimBatch.objects.count() == 1
    assert check_books() == []


def test_without_the_lock_two_batches_get_one_number():
    with without_row_locks():
        _, second = make_two_batches()

    assert isinstance(second, IntegrityError)
    assert "claim_batch_is_numbered_once" in str(second)


# Write-offs


def approve_twice():
    claim = sent_claim(make_payer(PROCEDURE="80"))
    asked = ask_write_off(
        claim_id=claim.pk,
        amount=Decimal("10.00"),
        reason="Late",
        act=Act(UserFactory(role="Accountant")),
    )
    return claim, run_together(
        *(
            partial(
                approve_write_off,
                claim_id=claim.pk,
                write_off_id=asked.id,
                act=Act(UserFactory(role="Supervisor")),
            )
            for _ in range(2)
        ),
        pause_before=BEFORE_THE_ENTRY,
    )


def test_a_write_off_approved_twice_at_once_is_written_off_once(only_claims):
    claim, (first, second) = approve_twice()

    assert first.claim_open == "70.00"
    assert isinstance(second, WriteOffDecided)
    assert JournalEntry.objects.filter(kind="WRITE_OFF").count() == 1
    assert owed(claim.payer) == Decimal("70.00")
    assert check_books() == []


def test_without_the_lock_the_second_approval_goes_on_until_a_rule_stops_it():
    with without_row_locks():
        _, (_, second) = approve_twice()

    assert isinstance(second, IntegrityError)


def ask_twice():
    claim = sent_claim(make_payer(PROCEDURE="80"))
    ask = partial(ask_write_off, claim_id=claim.pk, amount=Decimal("10.00"), reason="Late")
    return run_together(
        *(partial(ask, act=Act(who)) for who in accountants()),
        pause_before="INSERT INTO invoicing_app_shortpayment",
    )


def test_one_of_two_write_offs_asked_for_at_once_waits_for_a_decision():
    first, second = ask_twice()

    assert first.status == "REQUESTED"
    assert isinstance(second, WriteOffPending)
    assert ShortPayment.objects.count() == 1


def test_without_the_lock_the_second_request_is_no_refusal():
    with without_row_locks():
        _, second = ask_twice()

    assert isinstance(second, IntegrityError)
    assert "write_off_is_asked_for_once" in str(second)


# One key


def send_one_key_twice():
    claim = sent_claim(make_payer(PROCEDURE="80"))
    accountant = UserFactory(role="Accountant")
    tap = partial(remit, claim.payer, (claim, "50.00"), accountant=accountant, key="tap-1")
    return run_together(tap, tap, pause_before=BEFORE_THE_ENTRY)


def test_a_key_sent_twice_at_once_records_one_remittance_and_answers_twice():
    first, second = send_one_key_twice()

    assert (first.replayed, second.replayed) == (False, True)
    assert second.facts() == first.facts()
    assert Remittance.objects.count() == 1


def test_without_the_lock_the_second_of_one_key_gets_no_answer():
    with without_row_locks():
        first, second = send_one_key_twice()

    assert first.replayed is False
    assert isinstance(second, IntegrityError)
    assert Claim.objects.get().settled_amount == Decimal("50.00")
