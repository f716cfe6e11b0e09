"""Checks of shifts: every till's money in one, what was counted, Z reports, and hand-overs."""

import json
from collections.abc import Iterator, Sequence

from client_wallet import ledger
from client_wallet.day_seals import entries_of_shift
from client_wallet.models import Shift, ZReport
from client_wallet.shifts.z_reports import SERIES, closed_content, z_seal
from invoicing_app.books.findings import Check, Fault
from invoicing_app.books.wording import differences, drawer_of

_NET = "CASE line.side WHEN 'DEBIT' THEN line.amount ELSE -line.amount END"
_IS_DRAWER = f"line.account_id LIKE '{ledger.DRAWER}%'"
_AT_TILL = f"""
    (line.account_id IN ('{ledger.CASH}', '{ledger.CARD_CLEARING}', '{ledger.BANK}')
     OR {_IS_DRAWER})"""
_TAKINGS = "entry.kind IN ('DEPOSIT', 'PAYMENT', 'REVERSAL', 'REFUND')"
_MONEY_IS_IN_SHIFTS = f"""
    SELECT 'posting ' || line.id,
           format('moves %s outside of an own shift of it', line.account_id)
      FROM client_wallet_posting line
      JOIN client_wallet_journalentry entry ON entry.id = line.entry_id
      LEFT JOIN client_wallet_shift shift ON shift.id = entry.shift_id
     WHERE {_IS_DRAWER} AND line.account_id IS DISTINCT FROM shift.drawer_id
    UNION ALL
    SELECT DISTINCT 'journal entry ' || entry.id, 'moves takings and is in no shift'
      FROM client_wallet_journalentry entry
      JOIN client_wallet_posting line ON line.entry_id = entry.id
     WHERE {_AT_TILL} AND {_TAKINGS} AND entry.shift_id IS NULL
       AND entry.posted_at > (SELECT min(opened_at) FROM client_wallet_shift)
    UNION ALL
    SELECT 'journal entry ' || entry.id, 'is in a shift, and moves nothing at its till'
      FROM client_wallet_journalentry entry
     WHERE entry.shift_id IS NOT NULL
       AND NOT EXISTS (SELECT FROM client_wallet_posting line
                        WHERE line.entry_id = entry.id AND {_AT_TILL})
    UNION ALL
    SELECT 'shift ' || id, format('is of user %s, and not at their drawer', cashier_id)
      FROM client_wallet_shift WHERE drawer_id <> {drawer_of("cashier_id")}
"""  # noqa: S608 - our own text
_HELD_BEFORE = f"""
    SELECT entry.shift_id,
           coalesce(sum({_NET}) FILTER (WHERE line.account_id = shift.drawer_id
               AND entry.kind <> 'SHIFT_VARIANCE' AND given.id IS NULL), 0) AS cash,
           coalesce(sum({_NET}) FILTER (WHERE line.account_id = '{ledger.CARD_CLEARING}'), 0)
               AS card,
           coalesce(sum({_NET}) FILTER (WHERE line.account_id = '{ledger.BANK}'), 0) AS transfer,
           coalesce(sum({_NET}) FILTER (WHERE line.account_id = shift.drawer_id), 0) AS left_over,
           coalesce(sum({_NET}) FILTER (WHERE line.account_id = shift.drawer_id
               AND entry.kind = 'SHIFT_VARIANCE'), 0) AS variance
      FROM client_wallet_shift shift
      JOIN client_wallet_journalentry entry ON entry.shift_id = shift.id
      JOIN client_wallet_posting line ON line.entry_id = entry.id
      LEFT JOIN client_wallet_handover given ON given.entry_id = entry.id AND given.is_at_close
     GROUP BY entry.shift_id"""  # noqa: S608 - our own text
_COUNTED = differences(
    {
        "pieces": (
            "coalesce((SELECT sum(denomination * pieces) FROM client_wallet_shiftcountline piece"
            " WHERE piece.count_id = counted.id), 0)",
            "counted.counted_amount",
        ),
        "expected cash": ("coalesce(held.cash, 0)", "counted.expected_amount"),
        "expected card": ("coalesce(held.card, 0)", "counted.card_expected_amount"),
        "expected transfer": ("coalesce(held.transfer, 0)", "counted.transfer_expected_amount"),
    }
)
_COUNTS_ADD_UP = f"""
    WITH held AS ({_HELD_BEFORE}),
    last AS (SELECT DISTINCT ON (shift_id) * FROM client_wallet_shiftcount
              ORDER BY shift_id, number DESC)
    SELECT 'count ' || id, format('of shift %s differs in its %s', shift_id, wrong)
      FROM (SELECT counted.id, counted.shift_id, {_COUNTED} AS wrong
              FROM client_wallet_shiftcount counted
              LEFT JOIN held ON held.shift_id = counted.shift_id) AS compared
     WHERE wrong <> ''
    UNION ALL
    SELECT 'shift ' || shift.id,
           CASE WHEN shift.status = 'OPEN' THEN 'is open, and was counted'
                WHEN last.id IS NULL THEN 'was never counted'
                WHEN coalesce(held.left_over, 0) <> 0 AND shift.status = 'CLOSED'
                THEN format('is closed, and %s are left in its drawer', held.left_over)
                ELSE format('differs by %s, and %s were posted',
                            last.counted_amount - last.expected_amount,
                            coalesce(held.variance, 0)) END
      FROM client_wallet_shift shift
      LEFT JOIN held ON held.shift_id = shift.id
      LEFT JOIN last ON last.shift_id = shift.id
     WHERE (shift.status = 'OPEN') IS DISTINCT FROM (last.id IS NULL)
        OR shift.status = 'CLOSED'
           AND (coalesce(held.left_over, 0) <> 0
                OR coalesce(held.variance, 0) <> last.counted_amount - last.expected_amount)
"""  # noqa: S608 - our own text
_POSTED = differences(
    {
        "kind": ("entry.kind", "'SHIFT_' || posting.purpose"),
        "shift": ("entry.shift_id", "posting.shift_id"),
        "drawer": ("drawer.account_id", "shift.drawer_id"),
        "other account": (
            "other.account_id",
            f"CASE posting.purpose WHEN 'FLOAT' THEN '{ledger.SAFE}'"
            f" ELSE '{ledger.CASH_OVER_SHORT}' END",
        ),
        "float": (
            "CASE WHEN posting.purpose = 'FLOAT' AND drawer.side = 'DEBIT' THEN drawer.amount END",
            "CASE WHEN posting.purpose = 'FLOAT' THEN shift.opening_float END",
        ),
    }
)
_OWN_ENTRIES_MATCH = f"""
    SELECT DISTINCT 'shift ' || shift_id,
           format('differs from journal entry %s in its %s', entry, wrong)
      FROM (SELECT posting.shift_id, posting.entry_id AS entry, {_POSTED} AS wrong
              FROM client_wallet_shiftposting posting
              LEFT JOIN client_wallet_shift shift ON shift.id = posting.shift_id
              LEFT JOIN client_wallet_journalentry entry ON entry.id = posting.entry_id
              LEFT JOIN client_wallet_posting drawer
                     ON drawer.entry_id = entry.id AND drawer.account_id LIKE '{ledger.DRAWER}%'
              LEFT JOIN client_wallet_posting other
                     ON other.entry_id = entry.id AND other.account_id NOT LIKE '{ledger.DRAWER}%'
           ) AS compared
     WHERE wrong <> ''
    UNION ALL
    SELECT 'shift ' || shift.id, format('has a float of %s without its entry', opening_float)
      FROM client_wallet_shift shift
     WHERE opening_float <> 0
       AND NOT EXISTS (SELECT FROM client_wallet_shiftposting posting
                        WHERE posting.shift_id = shift.id AND posting.purpose = 'FLOAT')
"""  # noqa: S608 - our own text
_ENDED_ON = f"""
    CASE WHEN given.status = 'REJECTED' THEN {drawer_of("given.from_cashier_id")}
         WHEN given.target = 'CASHIER' THEN {drawer_of("given.to_cashier_id")}
         WHEN given.target = 'BANK' THEN '{ledger.BANK}' ELSE '{ledger.SAFE}' END"""
_GIVEN = differences(
    {
        "cashier": ("shift.cashier_id", "given.from_cashier_id"),
        "kind": ("entry.kind", "'HAND_OVER'"),
        "shift": ("entry.shift_id", "given.shift_id"),
        "actor": ("entry.actor_id", "given.given_by_id"),
        "time": ("entry.posted_at", "given.given_at"),
        "account in transit": ("debit.account_id", f"'{ledger.CASH_IN_TRANSIT}'"),
        "drawer": ("credit.account_id", "shift.drawer_id"),
        "amount": ("credit.amount", "given.amount"),
    }
)
_ENDED = differences(
    {
        "kind": ("entry.kind", "'HAND_OVER_' || given.status"),
        "actor": ("entry.actor_id", "given.ended_by_id"),
        "time": ("entry.posted_at", "given.ended_at"),
        "account in transit": ("credit.account_id", f"'{ledger.CASH_IN_TRANSIT}'"),
        "account": ("debit.account_id", _ENDED_ON),
        "amount": ("debit.amount", "given.amount"),
    }
)


def _unlike(wrong: str, entry: str) -> str:
    return f"""
    SELECT DISTINCT 'hand-over ' || id,
           format('differs from journal entry %s in its %s', entry, wrong)
      FROM (SELECT given.id, given.{entry} AS entry, {wrong} AS wrong
              FROM client_wallet_handover given
              LEFT JOIN client_wallet_shift shift ON shift.id = given.shift_id
              LEFT JOIN client_wallet_journalentry entry ON entry.id = given.{entry}
              LEFT JOIN client_wallet_posting debit
                     ON debit.entry_id = entry.id AND debit.side = 'DEBIT'
              LEFT JOIN client_wallet_posting credit
                     ON credit.entry_id = entry.id AND credit.side = 'CREDIT'
             WHERE given.{entry} IS NOT NULL) AS compared
     WHERE wrong <> ''"""  # noqa: S608 - our own text


_HAND_OVERS_MATCH = f"""
    {_unlike(_GIVEN, "entry_id")}
    UNION ALL {_unlike(_ENDED, "end_entry_id")}
    UNION ALL
    SELECT 'hand-over ' || id, 'was not ended, or not by somebody else, as it says'
      FROM client_wallet_handover
     WHERE (status = 'GIVEN') IS DISTINCT FROM (end_entry_id IS NULL)
        OR ended_by_id IN (given_by_id, from_cashier_id)
"""  # noqa: S608 - our own text
_IN_TRANSIT = f"""
    SELECT 'account {ledger.CASH_IN_TRANSIT}',
           format('%s by its postings, %s in hand-overs under way', posted.amount, under_way.amount)
      FROM (SELECT coalesce(sum({_NET}), 0) AS amount FROM client_wallet_posting line
             WHERE line.account_id = '{ledger.CASH_IN_TRANSIT}') AS posted,
           (SELECT coalesce(sum(amount), 0) AS amount FROM client_wallet_handover
             WHERE status = 'GIVEN') AS under_way
     WHERE posted.amount <> under_way.amount
"""  # noqa: S608 - our own text
_Z_NUMBERS = f"""
    SELECT 'Z report ' || number, format('follows %s', coalesce(before::text, 'nothing'))
      FROM (SELECT number, lag(number) OVER by_number AS before, previous_seal,
                   lag(seal, 1, '') OVER by_number AS seal_before
              FROM client_wallet_zreport WINDOW by_number AS (ORDER BY number)) AS report
     WHERE number <> coalesce(before, 0) + 1 OR previous_seal <> seal_before
    UNION ALL
    SELECT 'counter {SERIES}',
           format('stands at %s, the last Z report is %s', coalesce(counted, 0), coalesce(last, 0))
      FROM (SELECT max(number) AS last FROM client_wallet_zreport) AS report,
           (SELECT max(last_number) AS counted FROM client_wallet_seriescounter
             WHERE series = '{SERIES}') AS counter
     WHERE coalesce(last, 0) <> coalesce(counted, 0)
    UNION ALL
    SELECT 'shift ' || shift.id, 'is closed without a Z report, or has one and is not closed'
      FROM client_wallet_shift shift
      LEFT JOIN client_wallet_zreport report ON report.shift_id = shift.id
     WHERE (shift.status = 'CLOSED') IS DISTINCT FROM (report.id IS NOT NULL)
"""  # noqa: S608 - our own text
_NAMES = {"cashier", "z_number"}  # a person may be renamed later; the number is in the table


def changed_z_reports() -> Iterator[Fault]:
    """Yield each Z report that is not what was sealed, or not what its shift's rows say."""
    reports = ZReport.objects.select_related("shift__cashier").order_by("number")
    for report in reports.iterator(chunk_size=100):
        thing = f"Z report {report.number}"
        if z_seal(report.previous_seal, report.entries_hash, report.content) != report.seal:
            yield thing, "was changed after it was sealed"
            continue
        entries = entries_of_shift(report.shift_id)
        if (entries.count, entries.hash) != (report.entry_count, report.entries_hash):
            yield thing, f"has {report.entry_count} entries; those of its shift are others"
        elif _says(report) != _said_of(report.shift):
            yield thing, "does not say what its shift's rows say"


def _says(report: ZReport) -> dict[str, object]:
    content = json.loads(report.content)
    return {name: value for name, value in content.items() if name not in _NAMES}


def _said_of(shift: Shift) -> dict[str, object]:
    count = shift.counts.order_by("number").last()
    content = closed_content(shift, count) if count else {}
    return {name: value for name, value in content.items() if name not in _NAMES}


CHECKS: Sequence[Check] = (
    Check(
        "money-at-the-desk-is-in-shifts",
        "drawers move in their own shifts only, and takings are in a shift since there are any",
        "client_wallet_journalentry WHERE shift_id IS NOT NULL",
        _MONEY_IS_IN_SHIFTS,
    ),
    Check(
        "shift-counts-add-up",
        "each count has the sum of its pieces and what was expected; a closed shift's drawer is"
        " empty, and what the count differed by was posted",
        "client_wallet_shiftcount",
        _COUNTS_ADD_UP,
    ),
    Check(
        "shifts-match-entries",
        "each float, and what each count differs by, is an entry of its shift",
        "client_wallet_shiftposting",
        _OWN_ENTRIES_MATCH,
    ),
    Check(
        "hand-overs-match-entries",
        "each hand-over has drawer, amount, actor and time of its entry, and of the one that ended"
        " it by somebody else",
        "client_wallet_handover",
        _HAND_OVERS_MATCH,
    ),
    Check(
        "cash-in-transit-is-under-way",
        "what stands on cash in transit is the sum of the hand-overs that nobody has ended",
        "client_wallet_handover WHERE status = 'GIVEN'",
        _IN_TRANSIT,
    ),
    Check(
        "z-reports-have-no-gap",
        "each closed shift has a Z report, numbered 1, 2, 3, …, and each follows the seal of"
        " the one before",
        "client_wallet_zreport",
        _Z_NUMBERS,
    ),
    Check(
        "z-reports-hold",
        "the seal of each Z report, its entries' hash and what it says, computed again from the"
        " rows, are those that were stored",
        "client_wallet_zreport",
        changed_z_reports,
    ),
)
