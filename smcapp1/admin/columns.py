"""Columns of numbers, to the right like amounts."""

from collections.abc import Callable
from typing import Any

from django.utils.html import format_html
from unfold.decorators import display


def count_column(field: str, description: str, ordering: str | None = None) -> Callable[[Any], str]:
    """Return a column that shows a whole number, to the right."""

    @display(description=description, ordering=ordering)  # type: ignore[untyped-decorator] # no types
    def column(obj: Any) -> str:
        return format_html('<span class="money">{}</span>', f"{getattr(obj, field):,}")

    column.__name__ = f"money_{field}"  # the heading's class: desk.css moves it to the right
    return column  # type: ignore[no-any-return] # the decorator returns the function
