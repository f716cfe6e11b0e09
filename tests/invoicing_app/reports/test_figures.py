"""Every figure against the documents, in plain SQL; every list against its figure."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from client_wallet.models import JournalEntry
from hospital.core.acts import Act
from invoicing_app.reports import money_in, standing
from invoicing_app.reports.kinds import REPORTS, report_of
from invoicing_app.reports.period import Period, days_up_to, one_day
from smcapp1.services import receive_stock
from tests.factories import UserFactory, make_bill, make_drug, make_item
from tests.invoicing_app.desk import pay, void
from tests.invoicing_app.reports import independent
from tests.invoicing_app.reports.agreement import (
    check_agreement,
    check_dashboard,
    check_what_stands,
    column,
    table,
    totals,
)
from tests.invoicing_app.reports.hospital_days import (
    business_day,
    enter_first_result,
    take,
    two_days,
)
from tests.invoicing_app.synthea_files import run
from tests.rows import statements

REAL = Path(settings.BASE_DIR).parent / "shared" / "data" / "synthea"


def test_all_reports_agree_with_documents_journal_and_their_own_lists(cashier, supervisor):
    two_days(cashier, supervisor)
    today = timezone.localdate()

    for period in (one_day(today), one_day(today - timedelta(days=1)), days_up_to(today, 5)):
        check_agreement(period)
    check_dashboard(one_day(today))


# The real files stand beside the project and are not copied into it.
@pytest.mark.slow
@pytest.mark.skipif(not REAL.is_dir(), reason=f"the Synthea files are not in {REAL}")
def test_they_agree_on_imported_data_too(real_commits):
    run(REAL)
    today = timezone.localdate()
    check_agreement(one_day(today))
    run(REAL, "--pay")

    for period in (one_day(today), days_up_to(today, 366)):
        check_agreement(period)
    check_dashboard(one_day(today))
    revenue = table("departments", one_day(today), "Revenue by department")
    assert totals(revenue)["Revenue"] == Decimal("2825379.41")


def test_of_every_kind_of_entry_it_is_known_whether_it_moves_what_came_in():
    assert set(JournalEntry.Kind) - set(money_in.RECEIVED) == {
        JournalEntry.Kind.TRANSFER,
        JournalEntry.Kind.WITHDRAWAL,
        JournalEntry.Kind.WITHDRAWAL_SETTLED,
        JournalEntry.Kind.WITHDRAWAL_RETURNED,
        JournalEntry.Kind.GATEWAY_PAYOUT,
        JournalEntry.Kind.SHIFT_FLOAT,
        JournalEntry.Kind.SHIFT_VARIANCE,
        JournalEntry.Kind.HAND_OVER,
        JournalEntry.Kind.HAND_OVER_RECEIVED,
        JournalEntry.Kind.HAND_OVER_REJECTED,
        JournalEntry.Kind.WAIVER,
        JournalEntry.Kind.WAIVER_TAKEN_BACK,
        JournalEntry.Kind.REMITTANCE,
        JournalEntry.Kind.BILLED_BACK,
        JournalEntry.Kind.WRITE_OFF,
    }


def test_what_was_handed_over_is_no_figure_of_a_report(cashier):
    pay(make_bill(make_item(price="30.00")), cashier, "CASH", "50.00")

    received = table("collections", one_day(timezone.localdate()), "By method")

    assert column(received, "Received") == {"Cash": Decimal("30.00")}


def test_a_reversal_is_given_back_on_its_own_day_by_whoever_took_the_deposit(cashier, supervisor):
    two_days(cashier, supervisor)
    today = one_day(timezone.localdate())

    taken = column(table("cashiers", today, "By cashier"), "Cash")
    given_back = column(table("collections", today, "By method"), "Given back")

    assert taken[cashier.username] == Decimal("-25.00")
    assert given_back == {"Cash": Decimal("-25.00")}


def test_a_report_about_a_past_day_stays_as_it_was(cashier, supervisor):
    two_days(cashier, supervisor)
    yesterday = one_day(timezone.localdate() - timedelta(days=1))
    before = [report_of(slug, yesterday) for slug in REPORTS]

    take(cashier, "10.00", "CASH")
    pay(make_bill(make_item(price="30.00")), cashier, "CASH", "50.00")

    assert [report_of(slug, yesterday) for slug in REPORTS] == before


def test_what_is_unpaid_is_as_old_as_its_order(cashier, monkeypatch):
    now = timezone.now()
    for days in (0, 1, 8, 31, 61, 91):
        with monkeypatch.context() as clock:
            clock.setattr(timezone, "now", lambda days=days: now - timedelta(days=days))
            make_bill(make_item(price="10.00"))

    ages = column(table("receivables", one_day(timezone.localdate()), "By age"), "Unpaid")

    assert ages == {title: Decimal("10.00") for title, _ in standing.AGES.values()}


def test_what_was_paid_or_void_later_was_unpaid_until_then(cashier, monkeypatch):
    now, yesterday = timezone.now(), one_day(timezone.localdate() - timedelta(days=1))
    with monkeypatch.context() as clock:
        clock.setattr(timezone, "now", lambda: now - timedelta(days=3))
        paid, voided = make_bill(make_item(price="10.00")), make_bill(make_item(price="7.00"))
    pay(paid, cashier, "CASH", "10.00")
    void(voided.bill_items.get(), cashier)

    ages = [
        column(table("receivables", period, "By age"), "Unpaid")
        for period in (yesterday, one_day(timezone.localdate()))
    ]

    assert ages == [{"1 to 7 days before": Decimal("17.00")}, {}]
    assert ages[0] == independent.unpaid_by_age(yesterday.last)
    check_what_stands(yesterday)


def test_what_is_paid_and_not_delivered_leaks_after_some_days(cashier, settings):
    settings.LEAKAGE_DAYS = 3
    today = timezone.localdate()
    drug, test = make_drug(price="12.00", holding=9), make_item("LABORATORY", "45.00")
    for days in (4, 2):
        with business_day(today - timedelta(days=days)):
            pay(make_bill(drug, test, test), cashier, "CASH", "102.00")
    enter_first_result()
    leaked = {
        "not-resulted": money_in.total(standing.not_resulted(today), "amount"),
        "not-handed-out": money_in.total(standing.not_handed_out(today), "amount"),
    }

    assert leaked == {"not-resulted": Decimal("45.00"), "not-handed-out": Decimal("12.00")}
    assert leaked == independent.leaked(today)
    assert list(standing.resulted_unpaid(today)) == []


def test_stock_is_worth_what_it_cost_by_how_long_it_lasts(db):
    drug, today = make_drug(), timezone.localdate()
    for batch, days_left in (("OLD", 0), ("NEAR", 20), ("GOOD", 400)):
        receive_stock(
            service_item_id=drug.pk,
            batch_number=batch,
            expires_on=today + timedelta(days=days_left),
            quantity=10,
            unit_cost=Decimal("2.50"),
            act=Act(UserFactory(role="Pharmacist")),
        )

    lives = column(table("stock", one_day(today + timedelta(days=1)), "By expiry"), "Value")

    assert lives == dict.fromkeys(standing.LIVES.values(), Decimal("25.00"))


@pytest.mark.slow
@pytest.mark.parametrize("slug", REPORTS)
def test_a_report_costs_the_same_after_one_round_and_after_three(cashier, supervisor, slug):
    period = Period(timezone.localdate() - timedelta(days=1), timezone.localdate())
    two_days(cashier, supervisor)
    few = statements(lambda: report_of(slug, period))
    two_days(cashier, supervisor)
    two_days(cashier, supervisor)

    assert statements(lambda: report_of(slug, period)) == few
