"""Small price lists, and the command that imports them."""

from collections.abc import Mapping
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from smcapp1.models import ServiceItem
from smcapp1.price_lists.columns import Chosen
from smcapp1.price_lists.reading import PriceList, read_price_list

CODED = "Code,Description,Price\nFBC,Full blood count,12.50\nMAL,Malaria film,3.00\n"
NAMED = "Description,Price\nFull blood count,12.50\nMalaria film,3.00\n"


def read(text: str | bytes, **columns: str) -> PriceList:
    """Read a list; what it holds is all there is, the file is only a name."""
    written = text.encode() if isinstance(text, str) else text
    return read_price_list(written, "list.csv", Chosen(**columns))


def entries(listed: PriceList) -> list[tuple[int, str, str, str]]:
    """Return row, code, name and price of each entry."""
    return [(one.row, one.code, one.name, str(one.price)) for one in listed.entries]


def write(folder: Path, text: str | bytes, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def run(path: Path, department: str = "LABORATORY", **options: Any) -> list[str]:
    """Run the command and return its lines."""
    out = StringIO()
    call_command("import_price_list", path, department=department, stdout=out, **options)
    return out.getvalue().splitlines()


def run_refused(path: Path, **options: Any) -> tuple[list[str], str]:
    """Run the command, which must fail; return its lines and what it complains of."""
    out = StringIO()
    wanted = {"department": "LABORATORY", **options}
    with pytest.raises(CommandError) as refusal:
        call_command("import_price_list", path, stdout=out, **wanted)
    assert refusal.value.returncode != 0
    return out.getvalue().splitlines(), str(refusal.value)


def prices(on: date | None = None) -> Mapping[str, str | None]:
    """Return name → price in force, of the whole catalogue."""
    items = ServiceItem.objects.priced(on or timezone.localdate()).order_by("name", "pk")
    return {one.name: None if one.unit_price is None else str(one.unit_price) for one in items}
