"""What payers owe, by age: agrees with the journal, asked in plain SQL."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from hospital.core.acts import Act
from invoicing_app.books import payers as checks
from invoicing_app.books.examination import check_books
from invoicing_app.payers.models import Claim
from invoicing_app.payers.receivables import owed_by_payers
from invoicing_app.payers.short_payments import (
    approve_write_off,
    ask_write_off,
    bill_patient_for_claim,
)
from tests.client_wallet.desk import on_day
from tests.factories import UserFactory
from tests.invoicing_app.payers.desk import make_claim, make_payer, remit, send
from tests.rows import statements

TODAY = timezone.localdate()
IN_THE_JOURNAL = """
    SELECT split_part(line.account_id, '-', 2),
           sum(line.amount * CASE line.side WHEN 'DEBIT' THEN 1 ELSE -1 END)
      FROM client_wallet_posting line JOIN client_wallet_journalentry entry
           ON entry.id = line.entry_id
     WHERE line.account_id LIKE 'RECEIVABLE-%%' AND entry.business_date <= %s
     GROUP BY 1 HAVING sum(line.amount * CASE line.side WHEN 'DEBIT' THEN 1 ELSE -1 END) <> 0
"""


def in_the_journal(day):
    with connection.cursor() as cursor:
        cursor.execute(IN_THE_JOURNAL, [day])
        return dict(cursor.fetchall())


def owed(day):
    return {one.payer.code: one.total for one in owed_by_payers(day)}


def quarter_of_a_year():
    """Claims of four ages on two payers; then some are paid, billed back and written off."""
    axa, nhis = make_payer("AXA", PROCEDURE="80"), make_payer("NHIS", PROCEDURE="50")
    for age in (100, 61, 60, 31, 30, 0):
        with on_day(TODAY - timedelta(days=age)):
            make_claim(axa)
    with on_day(TODAY - timedelta(days=91)):
        make_claim(nhis)
    with on_day(TODAY - timedelta(days=20)):
        send(axa, days=100)
        claims = list(Claim.objects.filter(payer=axa).order_by("pk"))
        remit(axa, (claims[0], "80.00"), (claims[1], "30.00"))
    accountant = Act(UserFactory(role="Accountant"))
    with on_day(TODAY - timedelta(days=10)):
        bill_patient_for_claim(
            claim_id=claims[2].pk, amount=Decimal("5.00"), reason="No", act=accountant
        )
    asked = ask_write_off(
        claim_id=claims[3].pk, amount=Decimal("7.00"), reason="Late", act=accountant
    )
    approve_write_off(
        claim_id=claims[3].pk,
        write_off_id=asked.id,
        act=Act(UserFactory(role="Supervisor")),
    )


def test_what_is_owed_agrees_with_the_journal_on_every_day(db):
    quarter_of_a_year()

    for days in range(102):
        day = TODAY - timedelta(days=days)
        assert owed(day) == in_the_journal(day)
    assert owed(TODAY) == {"AXA": Decimal("358.00"), "NHIS": Decimal("50.00")}


def test_a_claim_is_as_old_as_its_payment(db):
    quarter_of_a_year()

    axa, nhis = owed_by_payers(TODAY)

    assert (axa.claims, dict(axa.by_age)) == (
        5,
        {
            30: Decimal("160.00"),
            60: Decimal("148.00"),
            90: Decimal("50.00"),
            0: Decimal("0.00"),
        },
    )
    assert dict(nhis.by_age)[0] == Decimal("50.00")


def test_the_statements_do_not_grow_with_claims(db):
    make_claim(make_payer("AXA", PROCEDURE="80"))
    few = statements(lambda: owed_by_payers(TODAY))
    quarter = make_payer("NHIS", PROCEDURE="80")
    make_claim(quarter), make_claim(quarter)

    assert statements(lambda: owed_by_payers(TODAY)) == few == 2


@pytest.mark.usefixtures("real_commits")
def test_after_all_of_it_the_books_are_sound(monkeypatch):
    monkeypatch.setattr("invoicing_app.books.examination.CHECKS", checks.CHECKS)
    quarter_of_a_year()

    assert check_books() == []
