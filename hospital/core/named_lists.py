"""Lists of some rows of a model, each with an address, a title and columns of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path


@dataclass(frozen=True)
class NamedList:
    """
    ``rows`` narrows the queryset; ``said`` tells in one sentence about all of them; ``empty`` is
    what stands where there are none.
    """

    slug: str
    title: str
    rows: Callable[[Any], Any]
    columns: Sequence[Any]
    ordering: Sequence[str]
    empty: str
    said: Callable[[Any], str] = lambda rows: ""
    filters: Sequence[Any] = ()


class HasNamedLists:
    """Adds the lists to a model's admin, below the address of its whole list."""

    named_lists: ClassVar[Sequence[NamedList]] = ()

    def get_urls(self) -> list[URLPattern]:
        desk: Any = self
        meta = desk.opts
        lists = [
            path(
                f"{one.slug}/",
                desk.admin_site.admin_view(partial(self.named_list_view, named_list=one)),
                name=f"{meta.app_label}_{meta.model_name}_{one.slug.replace('-', '_')}",
            )
            for one in self.named_lists
        ]
        urls: list[URLPattern] = super().get_urls()  # type: ignore[misc] # mixed into an admin
        return [*lists, *urls]

    def named_list_view(self, request: HttpRequest, named_list: NamedList) -> HttpResponse:
        request.named_list = named_list  # type: ignore[attr-defined] # read below
        desk: Any = self
        page: HttpResponse = desk.changelist_view(request, {"title": named_list.title})
        context = getattr(page, "context_data", None)
        if context and "cl" in context:
            changes = context["cl"]
            changes.heading = named_list.title
            changes.empty = named_list.empty
            changes.said = named_list.said(changes.root_queryset)
        return page

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)  # type: ignore[misc] # mixed into an admin
        chosen = _chosen(request)
        return chosen.rows(rows) if chosen else rows

    def get_list_display(self, request: HttpRequest) -> Any:
        chosen = _chosen(request)
        return chosen.columns if chosen else super().get_list_display(request)  # type: ignore[misc] # mixed into an admin

    def get_list_filter(self, request: HttpRequest) -> Any:
        chosen = _chosen(request)
        return chosen.filters if chosen else super().get_list_filter(request)  # type: ignore[misc] # mixed into an admin

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        if _chosen(request):
            return list(list_display)[:1]
        return super().get_list_display_links(request, list_display)  # type: ignore[misc] # mixed into an admin

    def get_ordering(self, request: HttpRequest) -> Any:
        chosen = _chosen(request)
        return chosen.ordering if chosen else super().get_ordering(request)  # type: ignore[misc] # mixed into an admin


def _chosen(request: HttpRequest) -> NamedList | None:
    return getattr(request, "named_list", None)
