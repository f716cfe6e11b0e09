"""Lists of the patients' pages, newest first: a page goes on below the id the last ended at."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from hospital.core.forms import is_id

ROWS = 20

Find = Callable[
    [int | None, int], Sequence[Any]
]  # below which id (None: from the newest), how many


@dataclass(frozen=True)
class Page:
    """Some rows, and the addresses of older ones and of the newest; "" where there is no need."""

    rows: Sequence[Any]
    older_url: str
    newest_url: str


def page_of(find: Find, request: HttpRequest) -> Page:
    """Return the rows that the request asks for; no page is dearer than the first."""
    asked = request.GET.get("before", "")
    before = int(asked) if is_id(asked) else None
    found = find(before, ROWS + 1)
    older = f"?before={found[ROWS - 1].pk}" if len(found) > ROWS else ""
    return Page(found[:ROWS], older, "" if before is None else request.path)


def newest_of(rows: QuerySet[Any]) -> Find:
    """Return how the rows of a queryset are found. One query."""

    def find(before: int | None, limit: int) -> Sequence[Any]:
        wanted = rows if before is None else rows.filter(pk__lt=before)
        return list(wanted.order_by("-pk")[:limit])

    return find
