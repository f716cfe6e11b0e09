"""Checks of closed days: order, what was sealed of each, the seals, and the stored reports."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from django.db import connection

from client_wallet import ledger
from client_wallet.day_seals import Entries, entries_of_day, seal_of
from client_wallet.day_totals import sealed_totals
from client_wallet.models import BusinessDayClosure
from hospital.core.money import money_text
from invoicing_app.books.findings import Check, Fault
from invoicing_app.models import ClosedDayReport
from invoicing_app.reports.closed_days import hash_of, told_of_wallets

_DAYS_FOLLOW_ONE_ANOTHER = """
    SELECT 'business day ' || business_date,
           CASE WHEN business_date = first THEN 'is the first, but follows a seal'
                WHEN before IS NULL OR before < business_date - 1
                THEN 'is closed, the day before it is not'
                ELSE 'does not follow the seal of the day before' END
      FROM (SELECT business_date, previous_seal, min(business_date) OVER () AS first,
                   lag(business_date) OVER day AS before, lag(seal, 1, '') OVER day AS seal_before
              FROM client_wallet_businessdayclosure
            WINDOW day AS (ORDER BY business_date)) AS closure
     WHERE previous_seal <> seal_before OR before < business_date - 1
    UNION ALL
    SELECT 'journal entry ' || entry.id, 'stands in a day before the first one that was closed'
      FROM client_wallet_journalentry entry
     WHERE business_date < (SELECT min(business_date) FROM client_wallet_businessdayclosure)
"""
_TOTALS_EQUAL_POSTINGS = """
    SELECT 'business day ' || day,
           format('%s of user %s on %s: sealed %s and %s in %s lines, found %s and %s in %s',
                  kind, actor, account, coalesce(sealed.debits, 0), coalesce(sealed.credits, 0),
                  coalesce(sealed.lines, 0), coalesce(found.debits, 0), coalesce(found.credits, 0),
                  coalesce(found.lines, 0))
      FROM (SELECT closure_id AS day, kind, account_id AS account, actor_id AS actor,
                   debits, credits, line_count AS lines
              FROM client_wallet_businessdaytotal) AS sealed
      FULL JOIN (SELECT entry.business_date AS day, entry.kind, line.account_id AS account,
                        entry.actor_id AS actor,
                        coalesce(sum(amount) FILTER (WHERE side = 'DEBIT'), 0) AS debits,
                        coalesce(sum(amount) FILTER (WHERE side = 'CREDIT'), 0) AS credits,
                        count(*) AS lines
                   FROM client_wallet_businessdayclosure closure
                   JOIN client_wallet_journalentry entry
                        ON entry.business_date = closure.business_date
                   JOIN client_wallet_posting line ON line.entry_id = entry.id
                  GROUP BY 1, 2, 3, 4) AS found USING (day, kind, account, actor)
     WHERE (sealed.debits, sealed.credits, sealed.lines)
           IS DISTINCT FROM (found.debits, found.credits, found.lines)
"""
_HELD_BY_WALLETS = f"""
    SELECT day, sum(moved) OVER (ORDER BY day) - moved, sum(moved) OVER (ORDER BY day)
      FROM (SELECT day, sum(moved) AS moved
              FROM (SELECT business_date AS day, 0 AS moved FROM client_wallet_businessdayclosure
                    UNION ALL
                    SELECT entry.business_date,
                           CASE line.side WHEN 'CREDIT' THEN amount ELSE -amount END
                      FROM client_wallet_posting line
                      JOIN client_wallet_journalentry entry ON entry.id = line.entry_id
                     WHERE line.account_id = '{ledger.WALLETS}') AS one
             GROUP BY day) AS of_day
"""  # noqa: S608 - our own text


def broken_seals() -> Iterator[Fault]:
    """Yield each closed day whose entries, or whose seal, are not what was stored."""
    for closure in BusinessDayClosure.objects.order_by("business_date"):
        thing = f"business day {closure.business_date}"
        sealed = Entries(closure.entry_count, closure.entries_hash)
        found = entries_of_day(closure.business_date)
        if found.count != sealed.count:
            yield thing, f"was sealed with {sealed.count} entries, and has {found.count}"
        elif found != sealed:
            yield thing, "an entry of it was changed after it was sealed"
        day, totals = closure.business_date, sealed_totals(closure)
        if seal_of(closure.previous_seal, day, sealed, totals) != closure.seal:
            yield thing, "its seal is not that of its entries, totals and the day before"


def changed_reports() -> Iterator[Fault]:
    """Yield each closed day whose report is not the stored one, or is gone; not those before it."""
    reports = ClosedDayReport.objects.order_by("pk")
    for report in reports.iterator(chunk_size=50):
        if hash_of(report.files) != report.files_hash:
            yield f"business day {report.pk}", "its report was changed after it was stored"
    if (first := reports.first()) is not None:
        for closure in BusinessDayClosure.objects.filter(pk__gt=first.pk, report=None):
            yield f"business day {closure.pk}", "its report is gone"


def wrong_reports() -> Iterator[Fault]:
    """Yield each closed day whose report says that wallets held what their postings do not."""
    held = _held_by_wallets()
    for report in ClosedDayReport.objects.order_by("pk").iterator(chunk_size=50):
        first, *_, last = told_of_wallets(report.files, report.pk) or ("nothing", "nothing")
        before, after = held.get(report.pk, ("0.00", "0.00"))
        if (first, last) != (before, after):
            detail = f"its report says that wallets held {first} and then {last}"
            yield f"business day {report.pk}", f"{detail}, their postings {before} and then {after}"


def _held_by_wallets() -> Mapping[date, tuple[str, str]]:
    """Return what wallets held before and after each day, as their postings say."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD_BY_WALLETS)
        return {
            day: (money_text(before), money_text(after)) for day, before, after in cursor.fetchall()
        }


CHECKS: Sequence[Check] = (
    Check(
        "closed-days-follow-one-another",
        "no day between closed ones is open, none before them has entries, and each is chained to"
        " the one before",
        "client_wallet_businessdayclosure",
        _DAYS_FOLLOW_ONE_ANOTHER,
    ),
    Check(
        "closed-days-equal-postings",
        "the totals of each closed day are the sums of its postings",
        "client_wallet_businessdaytotal",
        _TOTALS_EQUAL_POSTINGS,
    ),
    Check(
        "seals-hold",
        "the seal of each closed day, computed again from the rows, is the one that was stored",
        "client_wallet_businessdayclosure",
        broken_seals,
    ),
    Check(
        "reports-of-closed-days-stay",
        "the report of each closed day is the one that was stored, and since the first there is one"
        " of every day",
        "invoicing_app_closeddayreport",
        changed_reports,
    ),
    Check(
        "reports-of-closed-days-add-up",
        "wallets held before and after each closed day what its report says: the sums of their"
        " postings up to then",
        "invoicing_app_closeddayreport",
        wrong_reports,
    ),
)
