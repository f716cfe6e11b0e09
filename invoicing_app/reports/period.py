"""The days that a report is about."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.formats import date_format

FIRST_DAY = date(1900, 1, 1)  # of any report: there are days before each, and no books before it
BEFORE_ALL = f"No report begins before {FIRST_DAY}."


@dataclass(frozen=True)
class Period:
    """Business days from ``first`` to ``last``, both among them."""

    first: date
    last: date

    def __str__(self) -> str:
        first, last = (date_format(day, "DATE_FORMAT") for day in (self.first, self.last))
        return first if self.first == self.last else f"{first} to {last}"

    @property
    def days(self) -> Iterator[date]:
        return (self.first + timedelta(days=one) for one in range(len(self)))

    def __len__(self) -> int:
        return (self.last - self.first).days + 1


def one_day(day: date) -> Period:
    return Period(day, day)


def days_up_to(day: date, number: int) -> Period:
    """Return so many days, of which ``day`` is the last."""
    return Period(day - timedelta(days=number - 1), day)


def begin_of(day: date) -> datetime:
    """Return the instant at which a business day begins."""
    return timezone.make_aware(datetime.combine(day, time.min))


def end_of(day: date) -> datetime:
    """Return the instant at which a business day is over: the beginning of the next one."""
    return begin_of(day + timedelta(days=1))
