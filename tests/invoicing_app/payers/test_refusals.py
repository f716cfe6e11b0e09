"""What is refused leaves no trace; the same key acts once."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from client_wallet.errors import DayClosed
from client_wallet.ledger import Line
from client_wallet.models import JournalEntry
from hospital.core.acts import Act
from hospital.core.errors import InvalidAmount, InvalidRequest, KeyReused, NotFound, SelfApproval
from invoicing_app.payers.batches import make_claim_batch
from invoicing_app.payers.errors import (
    AllocationDiffers,
    AlreadyCovered,
    AlreadyRemitted,
    ClaimHoldsLess,
    ClaimSettled,
    CoverWasUsed,
    NotClaimed,
    NothingToClaim,
    PayerExists,
    WriteOffDecided,
    WriteOffPending,
)
from invoicing_app.payers.membership import end_patient_cover, record_patient_cover
from invoicing_app.payers.models import Claim, ClaimSettlement, PatientCover
from invoicing_app.payers.refunding import receivable_credits, take_claims_back
from invoicing_app.payers.setting_up import Terms, add_payer, change_payer, set_cover
from invoicing_app.payers.short_payments import (
    approve_write_off,
    ask_write_off,
    bill_patient_for_claim,
    reject_write_off,
)
from tests.client_wallet.desk import close_today
from tests.factories import DepartmentFactory, PatientFactory, UserFactory
from tests.invoicing_app.payers.desk import (
    cover,
    make_claim,
    make_payer,
    remit,
    send,
    sent_claim,
)
from tests.rows import everything, rule_that_refuses

pytestmark = pytest.mark.usefixtures("db")

TODAY = timezone.localdate()
MISSING = 999_999


@pytest.fixture
def accountant(db):
    return UserFactory(role="Accountant")


def refused(act, refusal):
    """Return how an act was refused, after a look at everything there is."""
    before = everything()
    with pytest.raises(refusal) as raised:
        act()
    assert everything() == before
    return raised.value


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"code": "axa"}, "code"),
        ({"code": ""}, "code"),
        ({"code": "A" * 21}, "code"),
        ({"code": "A-B"}, "code"),
        ({"name": " "}, "name"),
        ({"name": "N" * 101}, "name"),
        ({"kind": "BANK"}, "kind"),
    ],
)
def test_a_payer_that_is_none_is_refused(accountant, wrong, field):
    facts = {"code": "AXA", "name": "AXA", "kind": "HMO", **wrong}

    refusal = refused(partial(add_payer, **facts, act=Act(accountant)), InvalidRequest)

    assert refusal.wrong_field == field


def test_a_code_names_one_payer(accountant):
    make_payer("AXA")

    refused(
        partial(add_payer, code="AXA", name="Other", kind="HMO", act=Act(accountant)), PayerExists
    )


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (Terms(Decimal("0")), "percent"),
        (Terms(Decimal("100.01")), "percent"),
        (Terms(Decimal("33.333")), "percent"),
        (Terms(Decimal("NaN")), "percent"),
        (Terms(Decimal("80"), Decimal("0"), "VISIT"), "limit_amount"),
        (Terms(Decimal("80"), Decimal("10.00")), "limit_per"),
        (Terms(Decimal("80"), None, "YEAR"), "limit_per"),
        (Terms(Decimal("80"), Decimal("10.00"), "WEEK"), "limit_per"),
    ],
)
def test_terms_that_are_none_are_refused(accountant, terms, field):
    payer, department = make_payer(), DepartmentFactory(code="PROCEDURE")

    refusal = refused(
        partial(
            set_cover,
            payer_id=payer.pk,
            department_id=department.pk,
            terms=terms,
            act=Act(accountant),
        ),
        InvalidRequest,
    )

    assert refusal.wrong_field == field


def test_what_payers_refused_is_covered_by_none(accountant):
    payer, department = make_payer(), DepartmentFactory(code="BILLED_BACK")

    refused(
        partial(
            set_cover,
            payer_id=payer.pk,
            department_id=department.pk,
            terms=Terms(Decimal("80")),
            act=Act(accountant),
        ),
        InvalidRequest,
    )


def test_covers_of_one_patient_do_not_overlap(cashier):
    payer, patient = make_payer(), PatientFactory()
    cover(payer, patient, since=date(2026, 3, 1), until=date(2026, 3, 31))
    record = partial(
        record_patient_cover,
        patient_id=patient.pk,
        payer_id=payer.pk,
        member_number="M-2",
        act=Act(cashier),
    )

    for since, until in [
        (date(2026, 3, 31), None),
        (date(2026, 2, 1), date(2026, 3, 1)),
        (date(2026, 3, 10), date(2026, 3, 12)),
        (date(2020, 1, 1), None),
    ]:
        refused(partial(record, valid_from=since, valid_until=until), AlreadyCovered)

    record(valid_from=date(2026, 4, 1))
    record(valid_from=date(2026, 2, 1), valid_until=date(2026, 2, 28))
    assert PatientCover.objects.count() == 3


def test_a_cover_of_a_mistake_ends_before_it_began_and_another_may_begin(cashier):
    payer, patient = make_payer(), PatientFactory()
    mistake = cover(payer, patient, since=TODAY)
    end = partial(end_patient_cover, cover_id=mistake.pk, act=Act(cashier))

    refused(partial(end, last_day=TODAY - timedelta(days=2)), InvalidRequest)
    end(last_day=TODAY - timedelta(days=1))

    assert cover(payer, patient, since=TODAY).valid_until is None


@pytest.mark.parametrize("number", ["", " ", "M" * 51, "M\0"])
def test_a_member_has_a_number(cashier, number):
    payer, patient = make_payer(), PatientFactory()

    refused(
        partial(
            record_patient_cover,
            patient_id=patient.pk,
            payer_id=payer.pk,
            member_number=number,
            valid_from=TODAY,
            act=Act(cashier),
        ),
        InvalidRequest,
    )


def test_who_covers_nothing_new_gets_no_member(cashier, accountant):
    payer, patient = make_payer(), PatientFactory()
    change_payer(payer_id=payer.pk, name="AXA", kind="HMO", is_active=False, act=Act(accountant))

    refused(
        partial(
            record_patient_cover,
            patient_id=patient.pk,
            payer_id=payer.pk,
            member_number="M-1",
            valid_from=TODAY,
            act=Act(cashier),
        ),
        InvalidRequest,
    )


def test_a_cover_does_not_end_before_it_was_used(cashier):
    claim = make_claim(make_payer(PROCEDURE="80"))

    refusal = refused(
        partial(
            end_patient_cover,
            cover_id=claim.cover_id,
            last_day=TODAY - timedelta(days=1),
            act=Act(cashier),
        ),
        CoverWasUsed,
    )

    assert refusal.facts == {"last_used_on": str(TODAY)}


@pytest.mark.parametrize(
    ("first", "last", "refusal"),
    [
        (TODAY, TODAY - timedelta(days=1), InvalidRequest),
        (TODAY, TODAY + timedelta(days=1), InvalidRequest),
        (TODAY - timedelta(days=9), TODAY - timedelta(days=1), NothingToClaim),
    ],
)
def test_a_batch_of_no_claims_or_days_is_refused(accountant, first, last, refusal):
    payer = make_payer(PROCEDURE="80")
    make_claim(payer)

    refused(
        partial(
            make_claim_batch,
            payer_id=payer.pk,
            period_from=first,
            period_to=last,
            act=Act(accountant),
        ),
        refusal,
    )


def test_claims_are_sent_once_and_numbered_for_each_payer():
    payer, other = make_payer("AXA", PROCEDURE="80"), make_payer("NHIS", PROCEDURE="50")
    make_claim(payer), make_claim(payer), make_claim(other)

    made = [send(payer), send(other)]
    make_claim(payer)
    made.append(send(payer))

    assert [(one.number, one.claims, one.total_amount) for one in made] == [
        ("AXA-0001", 2, "160.00"),
        ("NHIS-0001", 1, "50.00"),
        ("AXA-0002", 1, "80.00"),
    ]


def unsent(payer):
    return {}, [(make_claim(payer), "5.00")], NotClaimed


def too_much(payer):
    return {}, [(sent_claim(payer), "80.01")], ClaimHoldsLess


def not_the_sum(payer):
    return {"amount": Decimal("79.99")}, [(sent_claim(payer), "80.00")], AllocationDiffers


def another_payer_s(payer):
    return {}, [(sent_claim(make_payer("NHIS", PROCEDURE="80")), "5.00")], InvalidRequest


def twice(payer):
    claim = sent_claim(payer)
    return {}, [(claim, "5.00"), (claim, "5.00")], InvalidRequest


def of_nothing(payer):
    return {"amount": Decimal("5.00")}, [], InvalidRequest


def of_a_batch_and_claims(payer):
    claim = sent_claim(payer)
    return {"batch_id": claim.batch_id}, [(claim, "5.00")], InvalidRequest


def of_no_batch(payer):
    return {"amount": Decimal("5.00"), "batch_id": MISSING}, [], NotFound


def not_all_of_a_batch(payer):
    claim = sent_claim(payer)
    return {"amount": Decimal("5.00"), "batch_id": claim.batch_id}, [], AllocationDiffers


def of_tomorrow(payer):
    return (
        {"received_on": TODAY + timedelta(days=1)},
        [(sent_claim(payer), "5.00")],
        InvalidRequest,
    )


def without_a_reference(payer):
    return {"reference": ""}, [(sent_claim(payer), "5.00")], InvalidRequest


def of_no_amount(payer):
    return {"amount": Decimal("0.00")}, [(sent_claim(payer), "5.00")], InvalidAmount


def on_a_closed_day(payer):
    claim = sent_claim(payer)
    close_today()
    return {}, [(claim, "5.00")], DayClosed


@pytest.mark.parametrize(
    "arrange",
    [
        unsent,
        too_much,
        not_the_sum,
        another_payer_s,
        twice,
        of_nothing,
        of_a_batch_and_claims,
        of_no_batch,
        not_all_of_a_batch,
        of_tomorrow,
        without_a_reference,
        of_no_amount,
        on_a_closed_day,
    ],
)
def test_a_remittance_that_is_refused_leaves_no_trace(accountant, arrange):
    payer = make_payer(PROCEDURE="80")
    wanted, parts, refusal = arrange(payer)

    refused(partial(remit, payer, *parts, accountant=accountant, **wanted), refusal)


def test_a_reference_of_a_payer_is_recorded_once(accountant):
    payer = make_payer(PROCEDURE="80")
    claim = sent_claim(payer)
    remit(payer, (claim, "5.00"), accountant=accountant)

    refused(partial(remit, payer, (claim, "5.00"), accountant=accountant), AlreadyRemitted)


def test_a_whole_batch_is_paid_without_naming_its_claims(accountant):
    payer = make_payer(PROCEDURE="80")
    make_claim(payer)
    claim = sent_claim(payer)

    recorded = remit(
        payer, amount=Decimal("160.00"), batch_id=claim.batch_id, accountant=accountant
    )

    assert [part["amount"] for part in recorded.allocations] == ["80.00", "80.00"]


ACTS_ON_A_CLAIM = [bill_patient_for_claim, ask_write_off]


@pytest.mark.parametrize("act", ACTS_ON_A_CLAIM)
@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"amount": Decimal("0")}, InvalidAmount),
        ({"amount": Decimal("1.001")}, InvalidAmount),
        ({"amount": Decimal("80.01")}, ClaimHoldsLess),
        ({"reason": " "}, InvalidRequest),
        ({"reason": "R" * 201}, InvalidRequest),
        ({"claim_id": MISSING}, NotFound),
    ],
)
def test_what_cannot_be_taken_off_a_claim_is_refused(accountant, act, wrong, refusal):
    claim = sent_claim(make_payer(PROCEDURE="80"))
    facts = {"claim_id": claim.pk, "amount": Decimal("5.00"), "reason": "Late", **wrong}

    refused(partial(act, **facts, act=Act(accountant)), refusal)


@pytest.mark.parametrize("act", ACTS_ON_A_CLAIM)
def test_a_claim_that_was_never_sent_is_not_short_paid(accountant, act):
    claim = make_claim(make_payer(PROCEDURE="80"))
    facts = {"claim_id": claim.pk, "amount": Decimal("5.00"), "reason": "Late"}

    refused(partial(act, **facts, act=Act(accountant)), NotClaimed)


def asked_for(accountant, amount="5.00"):
    claim = sent_claim(make_payer(PROCEDURE="80"))
    facts: dict[str, Any] = {"claim_id": claim.pk, "amount": Decimal(amount), "reason": "Late"}
    return facts, ask_write_off(**facts, act=Act(accountant))


def test_one_write_off_of_a_claim_waits_at_a_time(accountant):
    facts, _ = asked_for(accountant)

    refused(partial(ask_write_off, **facts, act=Act(accountant)), WriteOffPending)


def test_who_asked_neither_approves_nor_rejects(accountant):
    _, asked = asked_for(accountant)
    named = {"claim_id": asked.claim_id, "write_off_id": asked.id, "act": Act(accountant)}

    refused(partial(approve_write_off, **named), SelfApproval)
    refused(partial(reject_write_off, **named, reason="No"), SelfApproval)


def test_a_write_off_is_decided_once(accountant, supervisor):
    _, asked = asked_for(accountant)
    named = {"claim_id": asked.claim_id, "write_off_id": asked.id, "act": Act(supervisor)}
    rejected = reject_write_off(**named, reason="Ask them again")

    assert (rejected.status, rejected.claim_open) == ("REJECTED", "80.00")
    refused(partial(approve_write_off, **named), WriteOffDecided)
    refused(partial(reject_write_off, **named, reason="No"), WriteOffDecided)


def test_a_write_off_of_another_claim_is_not_found(accountant, supervisor):
    _, asked = asked_for(accountant)

    refused(
        partial(approve_write_off, claim_id=MISSING, write_off_id=asked.id, act=Act(supervisor)),
        NotFound,
    )


def test_what_was_paid_meanwhile_is_not_written_off(accountant, supervisor):
    facts, asked = asked_for(accountant, "80.00")
    claim = Claim.objects.get(pk=facts["claim_id"])
    remit(claim.payer, (claim, "0.01"), accountant=accountant)

    refused(
        partial(approve_write_off, claim_id=claim.pk, write_off_id=asked.id, act=Act(supervisor)),
        ClaimHoldsLess,
    )


def test_the_database_lets_nobody_approve_the_own_request(accountant):
    _, asked = asked_for(accountant)
    short = Claim.objects.get(pk=asked.claim_id).short_payments.get()
    short.status, short.decided_by, short.decided_at = "APPROVED", accountant, timezone.now()

    save = partial(short.save, update_fields=["status", "decided_by", "decided_at"])
    assert rule_that_refuses(save) == "write_off_is_decided_by_another"


# Refunds of covered items


def test_a_refund_takes_an_open_share_back_and_no_settled_one(accountant):
    claim = sent_claim(make_payer(PROCEDURE="80"))
    item = claim.payment_line.bill_item_id
    remit(claim.payer, (claim, "30.00"), accountant=accountant)

    refused(partial(receivable_credits, {item: Decimal("50.01")}), ClaimSettled)
    credits = receivable_credits({item: Decimal("50.00")})
    take_claims_back({item: Decimal("50.00")}, entry_id=JournalEntry.objects.latest("pk").pk)

    claim.refresh_from_db()
    assert credits == [Line("RECEIVABLE-AXA", Decimal("50.00"))]
    assert (claim.open_amount, ClaimSettlement.objects.latest("pk").kind) == (
        Decimal("0.00"),
        "REFUNDED",
    )


# Keys


def repeated(act, other):
    """Do it twice with one key, and once more with that key for something else."""
    first, second = act(), act()
    assert (first.replayed, second.replayed) == (False, True)
    refused(other, KeyReused)
    return first, second


def test_each_act_with_its_key_is_done_once(cashier, accountant, supervisor):
    books, desk, boss = Act(accountant, "tap"), Act(cashier, "tap"), Act(supervisor, "tap")
    add = partial(add_payer, name="AXA", kind="HMO", act=books)
    added, _ = repeated(partial(add, code="AXA"), partial(add, code="NHIS"))
    payer = added.payer
    change = partial(change_payer, payer_id=payer.pk, kind="HMO", is_active=True, act=books)
    repeated(partial(change, name="AXA Health"), partial(change, name="Other"))
    department = DepartmentFactory(code="PROCEDURE")
    terms = partial(set_cover, payer_id=payer.pk, department_id=department.pk, act=books)
    repeated(partial(terms, terms=Terms(Decimal("80"))), partial(terms, terms=Terms(Decimal("70"))))
    record = partial(
        record_patient_cover,
        patient_id=PatientFactory().pk,
        payer_id=payer.pk,
        valid_from=TODAY,
        act=desk,
    )
    covered, _ = repeated(
        partial(record, member_number="M-1"), partial(record, member_number="M-2")
    )
    end = partial(end_patient_cover, cover_id=covered.cover.pk, act=desk)
    repeated(partial(end, last_day=TODAY), partial(end, last_day=TODAY + timedelta(days=1)))
    claim, other = make_claim(payer), make_claim(payer)
    batch = partial(make_claim_batch, payer_id=payer.pk, period_to=TODAY, act=books)
    repeated(
        partial(batch, period_from=TODAY),
        partial(batch, period_from=TODAY - timedelta(days=1)),
    )
    pays = partial(remit, payer, accountant=accountant, key="tap")
    first, second = repeated(
        partial(pays, (claim, "10.00")), partial(pays, (claim, "10.00"), reference="R-2")
    )
    assert first.facts() == second.facts()
    bill = partial(bill_patient_for_claim, claim_id=claim.pk, amount=Decimal("1.00"), act=books)
    first_bill, second_bill = repeated(partial(bill, reason="Late"), partial(bill, reason="No"))
    assert first_bill.facts() == second_bill.facts()
    ask = partial(ask_write_off, claim_id=claim.pk, amount=Decimal("2.00"), act=books)
    asked, _ = repeated(partial(ask, reason="Late"), partial(ask, reason="No"))
    approve = partial(approve_write_off, claim_id=claim.pk, act=boss)
    repeated(partial(approve, write_off_id=asked.id), partial(approve, write_off_id=MISSING))
    again = ask_write_off(
        claim_id=other.pk, amount=Decimal("2.00"), reason="Late", act=Act(accountant)
    )
    reject = partial(reject_write_off, claim_id=other.pk, write_off_id=again.id, act=boss)
    repeated(partial(reject, reason="No"), partial(reject, reason="Never"))
