"""``close_day``: what a seal says, in which order days are closed, and what it refuses."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from client_wallet.closing import close_day, close_days, next_day_to_close, open_days
from client_wallet.day_seals import Entries, entries_of_day, seal_of
from client_wallet.day_totals import DayTotal, Sums, totals_of_day
from client_wallet.errors import DayClosed, DayNotOver, EarlierDayOpen
from client_wallet.models import BusinessDayClosure, BusinessDayTotal, JournalEntry
from client_wallet.services import reverse_deposit
from hospital.core.acts import Act
from hospital.core.errors import InvalidRequest
from tests.client_wallet.desk import make_deposit, on_day, post_on
from tests.factories import UserFactory
from tests.rows import everything

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 10)
MONDAY, TUESDAY, WEDNESDAY = (date(2026, 3, day) for day in (2, 3, 4))


@pytest.fixture
def accountant(db: None) -> Any:
    return UserFactory(role="Accountant", username="books")


def closed(day: date, accountant: Any) -> BusinessDayClosure:
    close_day(day=day, today=TODAY, act=Act(accountant))
    return BusinessDayClosure.objects.get(pk=day)


def total(kind: str, account: str, actor: Any, debits: str, credits: str, lines: int) -> DayTotal:
    sums = Decimal(debits), Decimal(credits)
    return DayTotal(kind, account, actor.pk, actor.username, *sums, lines)


def test_a_seal_says_what_the_day_came_to_by_kind_account_and_person(accountant):
    one, other = UserFactory(), UserFactory()
    post_on(MONDAY, "5.00", actor=one)
    post_on(MONDAY, "7.50", actor=one)
    post_on(MONDAY, "1.00", actor=other)
    post_on(TUESDAY, "100.00", actor=one)

    answer = close_day(day=MONDAY, today=TODAY, act=Act(accountant))

    closure = BusinessDayClosure.objects.get()
    assert totals_of_day(MONDAY).totals == [
        total("DEPOSIT", "BANK", one, "12.50", "0.00", 2),
        total("DEPOSIT", "BANK", other, "1.00", "0.00", 1),
        total("DEPOSIT", "CASH", one, "0.00", "12.50", 2),
        total("DEPOSIT", "CASH", other, "0.00", "1.00", 1),
    ]
    assert (answer.business_date, answer.entry_count, answer.seal, answer.replayed) == (
        "2026-03-02",
        3,
        closure.seal,
        False,
    )
    assert (closure.closed_by, closure.entry_count) == (accountant, 3)


def test_totals_are_summed_by_what_is_asked(accountant):
    one, other = UserFactory(username="a"), UserFactory(username="b")
    post_on(MONDAY, "5.00", actor=one)
    post_on(MONDAY, "1.00", actor=other)

    day = totals_of_day(MONDAY)

    assert day.by("account") == {
        ("BANK",): Sums(Decimal("6.00"), Decimal("0.00")),
        ("CASH",): Sums(Decimal("0.00"), Decimal("6.00")),
    }
    assert list(day.by("actor_name", "account")) == [
        ("a", "BANK"),
        ("a", "CASH"),
        ("b", "BANK"),
        ("b", "CASH"),
    ]


def test_an_open_days_totals_are_those_that_are_sealed(accountant):
    post_on(MONDAY)
    open_day = totals_of_day(MONDAY)

    closure = closed(MONDAY, accountant)

    sealed = totals_of_day(MONDAY)
    assert (open_day.closure, sealed.closure) == (None, closure)
    assert (len(sealed.totals), sealed.totals) == (2, open_day.totals)


def test_totals_of_a_closed_day_stay_when_somebody_is_renamed(accountant):
    cashier = UserFactory(username="ngozi")
    post_on(MONDAY, actor=cashier)
    closed(MONDAY, accountant)
    before = totals_of_day(MONDAY).totals

    cashier.username = "ngozi.married"
    cashier.save()

    assert (totals_of_day(MONDAY).totals, before[0].actor_name) == (before, "ngozi")


def test_each_seal_is_computed_from_the_day_and_the_seal_before(accountant):
    post_on(MONDAY)
    post_on(TUESDAY)

    monday, tuesday = closed(MONDAY, accountant), closed(TUESDAY, accountant)

    entries = entries_of_day(TUESDAY)
    assert (monday.previous_seal, tuesday.previous_seal) == ("", monday.seal)
    assert (tuesday.entry_count, tuesday.entries_hash) == (entries.count, entries.hash)
    assert tuesday.seal == seal_of(monday.seal, TUESDAY, entries, totals_of_day(TUESDAY).totals)
    assert len({monday.seal, tuesday.seal, seal_of("", TUESDAY, entries, [])}) == 3


def test_a_day_without_entries_is_sealed_too(accountant):
    post_on(MONDAY)
    monday = closed(MONDAY, accountant)

    tuesday = closed(TUESDAY, accountant)

    assert (tuesday.entry_count, tuesday.entries_hash, tuesday.totals.count()) == (0, "", 0)
    assert tuesday.previous_seal == monday.seal
    assert tuesday.seal == seal_of(monday.seal, TUESDAY, Entries(0, ""), [])


def test_what_is_done_at_a_closing_may_read_whole_tables(accountant, monkeypatch):
    def plan(closure: BusinessDayClosure) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SHOW enable_seqscan")
            planned.append(cursor.fetchone())

    planned: list[Any] = []
    monkeypatch.setattr("client_wallet.closing._AT_CLOSING", [plan])
    post_on(MONDAY)

    closed(MONDAY, accountant)

    assert planned == [("on",)]


def test_a_closed_day_takes_nothing_more(accountant):
    closed(MONDAY, accountant)
    before = everything()

    with pytest.raises(DayClosed):
        post_on(MONDAY, actor=accountant)

    assert everything() == before


def test_closing_again_returns_the_first_answer_whoever_asks(accountant):
    post_on(MONDAY)
    first = close_day(day=MONDAY, today=TODAY, act=Act(accountant))
    before = BusinessDayTotal.objects.count()

    again = close_day(day=MONDAY, today=TODAY, act=Act(UserFactory()))

    assert (again.facts(), first.replayed, again.replayed) == (first.facts(), False, True)
    assert (BusinessDayTotal.objects.count(), before) == (2, 2)


@pytest.mark.parametrize("day", [TODAY, TODAY + timedelta(days=1)])
@pytest.mark.parametrize("close", [close_day, close_days])
def test_a_day_that_is_not_over_is_not_closed(close, day, accountant):
    post_on(MONDAY)
    named = {"day": day} if close is close_day else {"through": day}

    with pytest.raises(DayNotOver) as refusal:
        close(**named, today=TODAY, act=Act(accountant))

    assert refusal.value.facts == {"business_date": str(day)}
    assert BusinessDayClosure.objects.count() == 0


@pytest.mark.parametrize("is_first_closed", [True, False])
def test_days_are_closed_in_order(is_first_closed, accountant):
    post_on(MONDAY)
    if is_first_closed:
        closed(MONDAY, accountant)

    with pytest.raises(EarlierDayOpen) as refusal:
        closed(WEDNESDAY, accountant)

    open_day = TUESDAY if is_first_closed else MONDAY
    assert refusal.value.facts == {"business_date": str(open_day)}
    assert refusal.value.detail.startswith(f"{open_day.day} Mar 2026 is still open")
    assert BusinessDayClosure.objects.count() == is_first_closed


@pytest.mark.parametrize("is_first_closed", [True, False])
def test_no_day_is_closed_before_the_books_begin(is_first_closed, accountant):
    post_on(TUESDAY)
    if is_first_closed:
        closed(TUESDAY, accountant)

    with pytest.raises(InvalidRequest) as refusal:
        closed(MONDAY, accountant)

    assert refusal.value.wrong_field == "business_date"


def test_all_open_days_are_closed_in_order(accountant):
    post_on(MONDAY)
    post_on(WEDNESDAY)

    answer = close_days(through=WEDNESDAY, today=TODAY, act=Act(accountant))

    days = BusinessDayClosure.objects.order_by("business_date")
    assert [(day.business_date, day.entry_count) for day in days] == [
        (MONDAY, 1),
        (TUESDAY, 0),
        (WEDNESDAY, 1),
    ]
    assert (answer.business_date, answer.replayed) == (str(WEDNESDAY), False)
    assert close_days(through=TUESDAY, today=TODAY, act=Act(accountant)).replayed


def test_days_are_open_from_the_first_entry_or_the_last_closed_day(accountant):
    assert (next_day_to_close(), open_days(through=TUESDAY)) == (None, [TUESDAY])
    post_on(MONDAY)
    assert (next_day_to_close(), open_days(through=TUESDAY)) == (MONDAY, [MONDAY, TUESDAY])
    closed(MONDAY, accountant)
    assert (next_day_to_close(), open_days(through=TUESDAY)) == (TUESDAY, [TUESDAY])
    closed(TUESDAY, accountant)
    assert (open_days(through=MONDAY), open_days(through=TUESDAY)) == ([], [])


def test_a_correction_lands_in_its_own_day_and_points_back(accountant, supervisor):
    today = timezone.localdate()
    yesterday = today - timedelta(days=1)
    with on_day(yesterday):
        deposit = make_deposit("50.00")
    close_day(day=yesterday, today=today, act=Act(accountant))

    reverse_deposit(deposit_id=deposit.pk, reason="mistyped", act=Act(supervisor))

    closure = BusinessDayClosure.objects.get()
    correction = JournalEntry.objects.get(kind="REVERSAL")
    assert (correction.business_date, correction.reverses_id) == (today, deposit.entry_id)
    assert entries_of_day(yesterday) == Entries(1, closure.entries_hash)
    assert [total.kind for total in totals_of_day(yesterday).totals] == ["DEPOSIT", "DEPOSIT"]
