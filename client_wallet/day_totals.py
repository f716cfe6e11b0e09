"""What a business day came to: of a closed day what its seal says, of an open one the journal."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from client_wallet.models import BusinessDayClosure, JournalEntry
from hospital.core.money import CENT, ZERO


@dataclass(frozen=True, order=True)
class DayTotal:
    """What one person's entries of one kind came to on one account."""

    kind: str  # a JournalEntry.Kind
    account: str  # a LedgerAccount.code
    actor_id: int
    actor_name: str  # the user name; of a closed day, as it was then
    debits: Decimal
    credits: Decimal
    line_count: int


@dataclass(frozen=True)
class Sums:
    """Debits and credits of some totals together."""

    debits: Decimal = ZERO
    credits: Decimal = ZERO

    def plus(self, total: DayTotal) -> "Sums":
        return Sums(self.debits + total.debits, self.credits + total.credits)


@dataclass(frozen=True)
class DayTotals:
    """A business day in totals, in one order for ever; ``closure`` is None while it is open."""

    business_date: date
    entry_count: int
    totals: Sequence[DayTotal]
    closure: BusinessDayClosure | None

    @property
    def moved(self) -> Decimal:
        """What all entries moved: the sum of their debits, and of their credits."""
        return sum((total.debits for total in self.totals), ZERO)

    def by(self, *columns: str) -> Mapping[tuple[str, ...], Sums]:
        """Return the sums by one or several of kind, account and actor_name, in order."""
        sums: dict[tuple[str, ...], Sums] = defaultdict(Sums)
        for total in self.totals:
            named = tuple(getattr(total, column) for column in columns)
            sums[named] = sums[named].plus(total)
        return dict(sorted(sums.items()))


def totals_of_day(day: date) -> DayTotals:
    """
    Return the totals of a business day.

    Those of a closed day are the ones that were sealed: the same for ever, whatever is renamed
    later. Those of an open day are the journal's of this moment, and become what is sealed.
    """
    closures = BusinessDayClosure.objects.select_related("closed_by")
    closure = closures.filter(business_date=day).first()
    if closure is not None:
        return DayTotals(day, closure.entry_count, sealed_totals(closure), closure)
    count = JournalEntry.objects.filter(business_date=day).count()
    return DayTotals(day, count, journal_totals(day), None)


def sealed_totals(closure: BusinessDayClosure) -> Sequence[DayTotal]:
    """Return the totals that were stored with the seal of a day."""
    columns = ("kind", "account_id", "actor_id", "actor_name", "debits", "credits", "line_count")
    return sorted(DayTotal(*values) for values in closure.totals.values_list(*columns))


def journal_totals(day: date) -> Sequence[DayTotal]:
    """Return the totals of a day as the journal has them now. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, [day])
        rows = cursor.fetchall()
    return sorted(
        DayTotal(kind, account, actor_id, name, _whole(debits), _whole(credited), lines)
        for kind, account, actor_id, name, debits, credited, lines in rows
    )


def _whole(total: Decimal) -> Decimal:
    return total.quantize(CENT)  # no line at all comes as a bare 0


_TOTALS = """
    SELECT entry.kind, line.account_id, entry.actor_id, actor.username,
           coalesce(sum(line.amount) FILTER (WHERE line.side = 'DEBIT'), 0),
           coalesce(sum(line.amount) FILTER (WHERE line.side = 'CREDIT'), 0),
           count(*)
      FROM client_wallet_journalentry entry
      JOIN client_wallet_posting line ON line.entry_id = entry.id
      JOIN core_user actor ON actor.id = entry.actor_id
     WHERE entry.business_date = %s
     GROUP BY entry.kind, line.account_id, entry.actor_id, actor.username
"""
