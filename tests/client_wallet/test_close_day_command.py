"""``close_day`` as it is called: what it closes, what it prints, and how it ends."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from client_wallet.models import BusinessDayClosure
from tests.client_wallet.desk import post_on

pytestmark = pytest.mark.django_db

FIRST, SECOND = date(2026, 3, 2), date(2026, 3, 3)


def run_command(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("close_day", *arguments, stdout=out)
    return out.getvalue().splitlines()


def closed_days() -> list[date]:
    days = BusinessDayClosure.objects.order_by("business_date")
    return list(days.values_list("business_date", flat=True))


def test_the_day_and_those_before_it_are_closed_in_the_name_of_the_command():
    post_on(FIRST, "1200.00")
    post_on(FIRST, "34.50")

    lines = run_command("2026-03-03")

    first, second = BusinessDayClosure.objects.order_by("business_date")
    assert (first.business_date, second.business_date) == (FIRST, SECOND)
    assert lines == [
        f"2026-03-02: 2 entries, NGN 1,234.50 moved, seal {first.seal}",
        f"2026-03-03: 0 entries, NGN 0.00 moved, seal {second.seal}",
        "2 days closed.",
    ]
    assert first.closed_by.username == "day-closing"


def test_a_rehearsal_says_the_same_and_changes_nothing():
    post_on(FIRST, "1200.00")

    lines = run_command("2026-03-03", "--dry-run")

    assert lines == [
        "2026-03-02: 1 entry, NGN 1,200.00 moved",
        "2026-03-03: 0 entries, NGN 0.00 moved",
        "2 days would be closed. Nothing was changed.",
    ]
    assert closed_days() == []


def test_repeating_it_changes_nothing_and_says_so():
    post_on(FIRST)
    run_command("2026-03-03")

    again = run_command("2026-03-02")

    assert again == ["2026-03-02 was closed before. Nothing was changed."]
    assert closed_days() == [FIRST, SECOND]


def test_without_a_day_it_closes_what_is_over():
    yesterday = timezone.localdate() - timedelta(days=1)
    post_on(yesterday)

    run_command()

    assert closed_days() == [yesterday]


@pytest.mark.parametrize("arguments", [[], ["--dry-run"]])
def test_a_day_that_is_not_over_is_refused(arguments):
    post_on(FIRST)

    with pytest.raises(CommandError) as refusal:
        run_command(str(timezone.localdate()), *arguments)

    assert str(refusal.value) == "This business day is not over yet."
    assert closed_days() == []


def test_what_is_no_day_is_refused():
    with pytest.raises(CommandError, match="'yesterday' is no day"):
        run_command("yesterday")
