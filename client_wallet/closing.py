"""Closing business days: each is sealed once, in order, and takes nothing afterwards."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Max, Min
from django.utils.formats import date_format

from client_wallet import ledger
from client_wallet.day_seals import entries_of_day, seal_of
from client_wallet.day_totals import DayTotal, journal_totals
from client_wallet.errors import DayNotOver, EarlierDayOpen
from client_wallet.models import BusinessDayClosure, BusinessDayTotal, JournalEntry
from hospital.core.acts import Act, Answer
from hospital.core.errors import InvalidRequest
from hospital.core.statements import plan_freely
from hospital.core.system_users import DAY_CLOSING
from hospital.core.times import wire_time
from hospital.core.transactions import hold_job

JOB = DAY_CLOSING  # also the system user in whose name a command closes days
A_DAY = timedelta(days=1)
AtClosing = Callable[[BusinessDayClosure], None]
_AT_CLOSING: list[AtClosing] = []


@dataclass(frozen=True)
class DaySealed(Answer):
    """A day that is closed: how many entries it had, and its seal."""

    business_date: str
    entry_count: int
    seal: str
    closed_at: str
    replayed: bool = False


def do_at_closing(effect: AtClosing) -> None:
    """
    Have something done whenever a day is closed: once it is sealed, in the same transaction.

    For apps that are not known here, each in its ``AppConfig.ready``. Where it fails, the day stays
    open.
    """
    _AT_CLOSING.append(effect)


@transaction.atomic
def close_day(*, day: date, today: date, act: Act) -> DaySealed:
    """
    Seal a business day: its totals, and the hash of its entries chained to the day before.

    ``today`` is the current day in TIME_ZONE. From then on nothing can be posted into the day; what
    was wrong in it is corrected by entries of a later day that point back at it. Keeps every other
    closing waiting, then takes the day's lock alone, so that every act of that day is in or
    refused. A day is its own key: repeating the call returns the first answer, whoever repeats it.

    :raises DayNotOver: if the day has not ended
    :raises EarlierDayOpen: if a day before it, with entries or after a closed day, is not closed
    :raises InvalidRequest: if the books begin after the day
    """
    require_over(day, today)
    hold_job(JOB)
    ledger.shut_business_day(day)
    if (closure := BusinessDayClosure.objects.filter(business_date=day).first()) is not None:
        return _answer(closure, replayed=True)
    _require_turn(day)
    plan_freely()  # what is sealed and reported is summed up from much of the journal
    previous = BusinessDayClosure.objects.filter(business_date=day - A_DAY).first()
    closure = _seal(day, previous.seal if previous else "", act)
    for effect in _AT_CLOSING:
        effect(closure)
    return _answer(closure)


@transaction.atomic
def close_days(*, through: date, today: date, act: Act) -> DaySealed:
    """
    Close every open day up to and including ``through``, in order: all of them, or none.

    Return the answer of the last. Locks, repetition and refusals are those of ``close_day``.
    """
    require_over(through, today)
    days = open_days(through=through) or [through]
    *_, last = [close_day(day=day, today=today, act=act) for day in days]
    return last


def require_over(day: date, today: date) -> None:
    """
    Make sure that a day has ended.

    :raises DayNotOver: if it has not
    """
    if day >= today:
        raise DayNotOver(business_date=str(day))


def open_days(*, through: date) -> Sequence[date]:
    """
    Return the days that are to be closed, in order, so that ``through`` is; empty where it is.

    They begin after the last closed day, or with the first entry; days without entries included.
    """
    first = next_day_to_close() or through
    return [first + number * A_DAY for number in range((through - first).days + 1)]


def next_day_to_close() -> date | None:
    """Return the day after the last closed one, or of the first entry; None before there is one."""
    last: date | None = BusinessDayClosure.objects.aggregate(day=Max("business_date"))["day"]
    if last is not None:
        return last + A_DAY
    first: date | None = JournalEntry.objects.aggregate(day=Min("business_date"))["day"]
    return first


def _require_turn(day: date) -> None:
    turn = next_day_to_close()
    if turn is None or day == turn:
        return
    if day > turn:
        raise EarlierDayOpen(
            f"{date_format(turn, 'SHORT_DATE_FORMAT')} is still open: days are closed in order.",
            business_date=str(turn),
        )
    raise InvalidRequest("business_date", "The books begin after this day.")


def _seal(day: date, previous: str, act: Act) -> BusinessDayClosure:
    entries, totals = entries_of_day(day), journal_totals(day)
    closure = BusinessDayClosure.objects.create(
        business_date=day,
        closed_by=act.actor,
        entry_count=entries.count,
        entries_hash=entries.hash,
        previous_seal=previous,
        seal=seal_of(previous, day, entries, totals),
    )
    BusinessDayTotal.objects.bulk_create(_row(closure, total) for total in totals)
    return closure


def _row(closure: BusinessDayClosure, total: DayTotal) -> BusinessDayTotal:
    return BusinessDayTotal(
        closure=closure,
        kind=total.kind,
        account_id=total.account,
        actor_id=total.actor_id,
        actor_name=total.actor_name,
        debits=total.debits,
        credits=total.credits,
        line_count=total.line_count,
    )


def _answer(closure: BusinessDayClosure, *, replayed: bool = False) -> DaySealed:
    return DaySealed(
        business_date=str(closure.business_date),
        entry_count=closure.entry_count,
        seal=closure.seal,
        closed_at=wire_time(closure.closed_at),
        replayed=replayed,
    )
