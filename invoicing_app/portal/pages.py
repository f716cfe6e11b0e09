"""Lists of the patients' pages, newest first: a page goes on below the id the last ended at."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from hospital.core.forms import is_id

ROWS = 20


@dataclass(frozen=True)
class Page:
    """Some rows, and the addresses of older ones and of the newest; "" where there is no need."""

    rows: Sequence[Any]
    older_url: str
    newest_url: str


def page_of(rows: Any, request: HttpRequest) -> Page:
    """Return the rows of a queryset that the request asks for. One query, no page dearer."""
    before = request.GET.get("before", "")
    if is_id(before):
        rows = rows.filter(pk__lt=int(before))
    found = list(rows.order_by("-pk")[: ROWS + 1])
    older = f"?before={found[ROWS - 1].pk}" if len(found) > ROWS else ""
    return Page(found[:ROWS], older, request.path if is_id(before) else "")
