"""X and Z reports as they stand on paper: titles, rows and sums, as yet without a layout."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from client_wallet.models import JournalEntry, PaymentMethod
from hospital.core.locale_formats import local_moment
from hospital.core.money import plain_amount

_TILLS = (("CASH", "Cash"), ("CARD", "Card"), ("TRANSFER", "Bank transfer"))


@dataclass(frozen=True)
class PaperRow:
    """One line: how many, and how much; None where there is nothing to say."""

    name: str
    count: int | None = None
    amount: Decimal | None = None


@dataclass(frozen=True)
class PaperSection:
    """Rows under a heading, and what they come to."""

    title: str
    rows: Sequence[PaperRow]
    total_name: str = ""
    total: Decimal | None = None


@dataclass(frozen=True)
class ShiftPaper:
    """A report of one shift."""

    title: str
    facts: Sequence[tuple[str, str]]
    sections: Sequence[PaperSection]
    notice: str = ""
    entries_hash: str = ""
    seal: str = ""
    signatures: Sequence[str] = ()


def x_paper(content: Mapping[str, Any]) -> ShiftPaper:
    """Return an X report; amounts are left out where the content has none, for a blind count."""
    facts = [*_opened(content), ("As of", _moment(content["as_of"]))]
    sections = _movements(content)
    expected = content["expected"]
    if expected is not None:
        rows = [PaperRow(label, None, _amount(expected[method])) for method, label in _TILLS]
        sections.append(PaperSection("Expected", rows))
    notice = "NOT A Z REPORT" if expected is not None else "AMOUNTS ARE SHOWN AFTER THE COUNT"
    return ShiftPaper("X report", facts, sections, notice=notice)


def z_paper(content: Mapping[str, Any], names: Mapping[int, str]) -> ShiftPaper:
    """Return the Z report of a closed shift; ``names`` are those of the people it mentions."""
    facts = [
        *_opened(content),
        ("Closed", _moment(content["closed_at"])),
        ("Counted by", names.get(content["counted_by_id"], "")),
        ("Entries", str(content["entry_count"])),
    ]
    if content["accepted_by_id"] is not None:
        facts += [
            ("Accepted by", names.get(content["accepted_by_id"], "")),
            ("Why", content["acceptance_reason"]),
        ]
    return ShiftPaper(
        f"Z report {content['z_number']:06d}",
        facts,
        [*_movements(content), *(_compared(content, *till) for till in _TILLS), _pieces(content)],
        entries_hash=content["entries_hash"],
        seal=content["seal"],
        signatures=("Cashier", "Supervisor"),
    )


def people_of(content: Mapping[str, Any]) -> set[int]:
    """Return the ids of the people whom a Z report mentions beside the cashier."""
    return {content[name] for name in ("counted_by_id", "accepted_by_id") if content[name]}


def _opened(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        ("Shift", str(content["shift_id"])),
        ("Cashier", content["cashier"]),
        ("Drawer", content["drawer"]),
        ("Opened", _moment(content["opened_at"])),
    ]


def _movements(content: Mapping[str, Any]) -> list[PaperSection]:
    """Return what moved, by method; what a till's movements come to is no row of its own."""
    return [
        PaperSection(
            label,
            [
                PaperRow(JournalEntry.Kind(one["kind"]).label, one["count"], _amount(one["amount"]))
                for one in content["movements"]
                if one["method"] == method
            ],
        )
        for method, label in _TILLS
    ]


def _compared(content: Mapping[str, Any], method: str, label: str) -> PaperSection:
    expected = Decimal(content["expected"][method])
    counted = _amount(content["counted"][method])
    rows = [PaperRow("Expected", None, expected)]
    if counted is None:
        return PaperSection(f"{label}: no slip to compare with", rows)
    found = "Counted" if method == PaymentMethod.CASH else "Slip"
    rows.append(PaperRow(found, None, counted))
    return PaperSection(f"{label}: compared", rows, "Difference", counted - expected)


def _pieces(content: Mapping[str, Any]) -> PaperSection:
    rows = [
        PaperRow(
            plain_amount(Decimal(one["denomination"])),
            one["count"],
            Decimal(one["denomination"]) * one["count"],
        )
        for one in content["counts"]
    ]
    return PaperSection("Notes and coins", rows, "Counted", _amount(content["counted"]["CASH"]))


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _moment(text: str) -> str:
    return local_moment(datetime.fromisoformat(text))
