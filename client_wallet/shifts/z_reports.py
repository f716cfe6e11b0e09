"""Z reports: what a closed shift came to, numbered without a gap and sealed."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from client_wallet.day_seals import entries_of_shift
from client_wallet.models import Shift, ShiftCount, ZReport
from client_wallet.shifts.content import content_of
from hospital.core.errors import NotFound
from hospital.core.money import money_text
from hospital.core.statements import Statement, run
from hospital.core.times import wire_time

SERIES = "Z"
_NEXT = Statement(
    "next_in_series",
    """
    INSERT INTO client_wallet_seriescounter AS counter (series, last_number)
    VALUES (%(series)s::text, 1)
    ON CONFLICT (series) DO UPDATE SET last_number = counter.last_number + 1
    RETURNING last_number""",
)


def write_z_report(shift: Shift, count: ShiftCount, closed_at: datetime) -> ZReport:
    """
    Number and keep the Z report of a shift that was closed in this transaction.

    Locks the installation's counter: the last lock of an act.
    """
    entries = entries_of_shift(shift.pk)
    closed = closed_content(shift, count)
    number = _next_number()
    content = json.dumps({"z_number": number, **closed}, ensure_ascii=False)
    previous = ZReport.objects.filter(number=number - 1).values_list("seal", flat=True).first()
    return ZReport.objects.create(
        shift=shift,
        number=number,
        content=content,
        entry_count=entries.count,
        entries_hash=entries.hash,
        previous_seal=previous or "",
        seal=z_seal(previous or "", entries.hash, content),
        created_at=closed_at,
    )


def z_seal(previous: str, entries_hash: str, content: str) -> str:
    """Return the sha256 (hex) of a Z report, the one before it, and the shift's entries."""
    return hashlib.sha256(f"{previous}\n{entries_hash}\n{content}".encode()).hexdigest()


def z_report(shift_id: int) -> dict[str, Any]:
    """
    Return what a shift came to as it was closed, the same for ever; JSON values, amounts as text.

    :raises NotFound: if there is no such shift, or it is not closed
    """
    report = ZReport.objects.filter(shift=shift_id).first()
    if report is None:
        raise NotFound("There is no Z report of this shift.")
    return {
        **json.loads(report.content),
        "entry_count": report.entry_count,
        "entries_hash": report.entries_hash,
        "seal": report.seal,
    }


def closed_content(shift: Shift, count: ShiftCount) -> Mapping[str, Any]:
    """Return what a Z report says beside its number: all of it as it was at the close."""
    lines = count.lines.order_by("-denomination")
    return {
        **content_of(shift),
        "closed_at": wire_time(shift.closed_at) if shift.closed_at else None,
        "closed_by_id": shift.closed_by_id,
        "count_number": count.number,
        "counted_by_id": count.counted_by_id,
        "counts": [
            {"denomination": money_text(line.denomination), "count": line.pieces} for line in lines
        ],
        "counted": {
            "CASH": money_text(count.counted_amount),
            "CARD": _text(count.card_slip_amount),
            "TRANSFER": _text(count.transfer_slip_amount),
        },
        "expected": {
            "CASH": money_text(count.expected_amount),
            "CARD": money_text(count.card_expected_amount),
            "TRANSFER": money_text(count.transfer_expected_amount),
        },
        "difference": money_text(count.counted_amount - count.expected_amount),
        "accepted_by_id": shift.accepted_by_id,
        "acceptance_reason": shift.acceptance_reason,
    }


def _next_number() -> int:
    row = run([_NEXT], {"series": SERIES})
    number: int = row[0] if row else 0
    return number


def _text(amount: Any) -> str | None:
    return None if amount is None else money_text(amount)
