"""What the database refuses of covers, claims and settlements, whatever the code does."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from invoicing_app.payers.models import (
    Claim,
    ClaimBatch,
    ClaimSettlement,
    Cover,
    PatientCover,
    Payer,
    Remittance,
    ShortPayment,
)
from tests.factories import DepartmentFactory, PatientFactory, UserFactory
from tests.invoicing_app.payers.desk import cover, make_claim, make_payer, remit, sent_claim
from tests.rows import changeable_columns, rule_that_refuses

pytestmark = pytest.mark.usefixtures("db")


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"code": "axa"}, "payer_has_code_and_name"),
        ({"code": "A-B"}, "payer_has_code_and_name"),
        ({"name": ""}, "payer_has_code_and_name"),
        ({"kind": "BANK"}, "payer_kind_is_known"),
    ],
)
def test_a_payer_that_breaks_a_rule_is_refused(wrong, rule):
    facts = {"code": "AXA", "name": "AXA", "kind": "HMO", **wrong}

    assert rule_that_refuses(lambda: Payer.objects.create(**facts)) == rule


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"percent": 0}, "cover_percentage"),
        ({"percent": "100.01"}, "cover_percentage"),
        ({"limit_amount": 5}, "cover_limit_says_of_what"),
        ({"limit_per": "YEAR"}, "cover_limit_says_of_what"),
        ({"limit_amount": 0, "limit_per": "YEAR"}, "cover_limit_says_of_what"),
        ({"limit_amount": 5, "limit_per": "WEEK"}, "cover_limit_says_of_what"),
    ],
)
def test_terms_that_break_a_rule_are_refused(wrong, rule):
    department = DepartmentFactory(code="PROCEDURE")
    facts = {"payer": make_payer(), "department": department, "percent": 80, **wrong}

    assert rule_that_refuses(lambda: Cover.objects.create(**facts)) == rule


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"member_number": ""}, "patient_cover_has_a_member_number"),
        ({"valid_until": date(2026, 2, 27)}, "patient_cover_ends_after_it_began"),
        ({}, "patient_cover_is_one_at_a_time"),
    ],
)
def test_a_patient_s_cover_that_breaks_a_rule_is_refused(wrong, rule):
    payer, patient = make_payer(), PatientFactory()
    until = date(2026, 3, 1) if not wrong else date(2026, 2, 1)
    cover(payer, patient, until=until)
    facts = {
        "patient": patient,
        "payer": payer,
        "member_number": "M-2",
        "valid_from": date(2026, 3, 1),
        "recorded_by": UserFactory(),
        "recorded_at": timezone.now(),
        **wrong,
    }

    assert rule_that_refuses(lambda: PatientCover.objects.create(**facts)) == rule


def test_a_cover_holds_where_it_was_used():
    claim = make_claim(make_payer(PROCEDURE="80"))
    used = PatientCover.objects.filter(pk=claim.cover_id)
    yesterday = claim.business_date - timedelta(days=1)

    refused_by = rule_that_refuses(lambda: used.update(valid_until=yesterday))

    assert refused_by == "patient_cover_holds_where_it_was_used"


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": Decimal("79.99")},
        {"business_date": date(2019, 12, 31)},
        {"settled_amount": Decimal("1.00")},
    ],
)
def test_a_claim_is_of_its_line_and_cover(wrong):
    """The application cannot delete the claim that is there; a line without one is arranged."""
    claim = make_claim(make_payer(PROCEDURE="80"))
    line = claim.payment_line
    facts = {
        "payment_line": line,
        "cover_id": claim.cover_id,
        "payer_id": claim.payer_id,
        "consultation_id": claim.consultation_id,
        "department_id": claim.department_id,
        "amount": claim.amount,
        "business_date": claim.business_date,
    }

    refused_by = rule_that_refuses(lambda: Claim.objects.create(**{**facts, **wrong}))

    # Both rules stand against it; whichever PostgreSQL asks first.
    assert refused_by in {
        "claim_is_of_its_line_and_cover",
        "invoicing_app_claim_payment_line_id_key",
    }


def settlement(claim, **changed):
    remittance = Remittance.objects.get()
    facts = {"kind": "REMITTED", "amount": Decimal("1.00"), "remittance": remittance}
    return {"claim": claim, "entry_id": remittance.entry_id, **facts, **changed}


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({}, "claim_is_allocated_once_per_remittance"),
        ({"amount": Decimal("0.00")}, "claim_settlement_above_zero"),
        ({"kind": "WRITTEN_OFF"}, "claim_settlement_names_its_cause"),
        ({"kind": "REFUNDED"}, "claim_settlement_names_its_cause"),
        ({"remittance": None}, "claim_settlement_names_its_cause"),
        (
            {"kind": "REFUNDED", "remittance": None, "amount": Decimal("30.01")},
            "claim_is_never_settled_for_more",
        ),
    ],
)
def test_a_settlement_that_breaks_a_rule_is_refused(wrong, rule):
    claim = sent_claim(make_payer(PROCEDURE="80"))
    remit(claim.payer, (claim, "50.00"))

    refused_by = rule_that_refuses(
        lambda: ClaimSettlement.objects.create(**settlement(claim, **wrong))
    )

    assert refused_by == rule


def test_nothing_is_allocated_of_a_remittance_later():
    payer = make_payer(PROCEDURE="80")
    claim = sent_claim(payer)
    other = sent_claim(payer)
    remit(payer, (claim, "50.00"))

    refused_by = rule_that_refuses(lambda: ClaimSettlement.objects.create(**settlement(other)))

    assert refused_by == "remittance_is_allocated_whole"


def test_what_is_settled_is_the_sum_that_the_database_makes():
    claim = sent_claim(make_payer(PROCEDURE="80"))
    remit(claim.payer, (claim, "50.00"))

    claim.refresh_from_db()
    assert claim.settled_amount == Decimal("50.00")
    assert "settled_amount" not in changeable_columns(Claim._meta.db_table)


def test_a_claim_stays_in_its_batch():
    payer = make_payer(PROCEDURE="80")
    claim, other = sent_claim(payer), sent_claim(payer)

    def into_another():
        Claim.objects.filter(pk=claim.pk).update(batch=other.batch_id)

    assert rule_that_refuses(into_another) == "claim_keeps_its_past"


@pytest.mark.parametrize(
    ("model", "columns"),
    [
        (Payer, {"name", "kind", "is_active"}),
        (Cover, {"percent", "limit_amount", "limit_per", "is_active"}),
        (PatientCover, {"member_number", "valid_until"}),
        (Claim, {"batch_id", "claimed_amount"}),
        (ClaimBatch, set()),
        (Remittance, set()),
        (ClaimSettlement, set()),
        (ShortPayment, {"status", "decided_by_id", "decided_at", "decision_reason"}),
    ],
)
def test_the_application_may_change_these_columns_and_no_other(model, columns):
    assert changeable_columns(model._meta.db_table) == columns


def test_a_decided_write_off_never_changes_again():
    claim = sent_claim(make_payer(PROCEDURE="80"))
    asker, boss = UserFactory(), UserFactory()
    short = ShortPayment.objects.create(
        claim=claim,
        outcome="WRITE_OFF",
        amount=5,
        reason="Late",
        status="REJECTED",
        requested_by=asker,
        requested_at=timezone.now(),
        decided_by=boss,
        decided_at=timezone.now(),
        decision_reason="No",
    )

    with pytest.raises(IntegrityError, match="UPDATE refused"), transaction.atomic():
        ShortPayment.objects.filter(pk=short.pk).update(status="APPROVED", decision_reason="")


def test_changes_of_payers_terms_and_covers_are_recorded():
    payer = make_payer(PROCEDURE="80")
    cover(payer)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT record, count(*) FROM core_change WHERE record LIKE 'invoicing_app_p%%'"
            " OR record = 'invoicing_app_cover' GROUP BY 1"
        )
        recorded = dict(cursor.fetchall())

    assert recorded == {
        "invoicing_app_payer": 1,
        "invoicing_app_cover": 1,
        "invoicing_app_patientcover": 1,
    }
