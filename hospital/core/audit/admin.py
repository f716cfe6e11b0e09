"""The list of all changes, for those who may read it."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from unfold.decorators import display
from unfold.paginator import InfinitePaginator
from unfold.views import ChangeList

from hospital.core.admin import ReadOnlyAdmin
from hospital.core.audit.history import SUBJECT
from hospital.core.audit.records import audited_kinds, subject_of
from hospital.core.audit.wording import Told, tell
from hospital.core.forms import is_id
from hospital.core.models import Change, User

MOST_FOUND = 200  # records of one kind that a search looks for
OUTSIDE = "outside"


class RecordFilter(admin.SimpleListFilter):
    title = "kind of record"
    parameter_name = "record"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return sorted(
            ((table, kind.title) for table, kind in audited_kinds().items()), key=lambda one: one[1]
        )

    def queryset(self, request: HttpRequest, queryset: QuerySet[Change]) -> QuerySet[Change]:
        return queryset.filter(record=self.value()) if self.value() else queryset


class PersonFilter(admin.SimpleListFilter):
    title = "person"
    parameter_name = "person"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        staff = User.objects.filter(is_staff=True).order_by("username")
        people = [(str(pk), username) for pk, username in staff.values_list("pk", "username")]
        return [(OUTSIDE, "No person: commands and the database"), *people]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Change]) -> QuerySet[Change]:
        chosen = self.value()
        if not chosen:
            return queryset
        if chosen == OUTSIDE:
            return queryset.filter(actor=None)
        return queryset.filter(actor=int(chosen)) if is_id(chosen) else queryset.none()


class OneRecordFilter(admin.SimpleListFilter):
    """Narrows the list to one record's changes; shown only where a link did so."""

    title = "record"
    parameter_name = SUBJECT

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        subject = request.GET.get(SUBJECT, "")
        table, _, pk = subject.partition(":")
        kind = audited_kinds().get(table)
        return [(subject, f"{kind.title} no. {pk}")] if kind else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Change]) -> QuerySet[Change]:
        return queryset.filter(subjects__contains=[self.value()]) if self.value() else queryset


class ToldChanges(ChangeList):  # type: ignore[misc] # unfold has no types
    """A page of changes, each of them told."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        changes: list[Any] = list(self.result_list)  # type: ignore[has-type] # Django's, untyped
        for change, told in zip(changes, tell(changes), strict=True):
            change.told, change.reader = told, request.user
        self.result_list = changes


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin):
    """Every change of an audited record: read here, written by the database alone."""

    list_display = ("when", "who", "changed_record", "what")
    list_display_links = ("when",)
    list_filter = (OneRecordFilter, RecordFilter, PersonFilter, "changed_at")
    list_select_related = ("actor",)
    paginator = InfinitePaginator
    search_fields = ("record",)  # looked up by get_search_results
    search_help_text = "Patient, user, item, batch or role"

    class Media:
        css = {"all": ("core/changes.css",)}  # noqa: RUF012 - Django reads it so

    fields = readonly_fields = (
        "when",
        "who",
        "changed_record",
        "what",
        "via",
        "database_role",
        "program",
    )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ToldChanges]:
        return ToldChanges

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        if not search_term.strip() or "\0" in search_term:
            return super().get_search_results(request, queryset, search_term)
        return queryset.filter(subjects__overlap=self._subjects(request, search_term)), False

    def _subjects(self, request: HttpRequest, search_term: str) -> Sequence[str]:
        """Return the records that the search of their own lists finds."""
        found = []
        for kind in audited_kinds().values():
            if self.admin_site.is_registered(kind.model):
                own = self.admin_site.get_model_admin(kind.model)
                rows = kind.model._default_manager.order_by("-pk")
                matching, _ = own.get_search_results(request, rows, search_term)
                found += [subject_of(row) for row in matching.only("pk")[:MOST_FOUND]]
        return found

    def get_object(self, request: HttpRequest, *args: Any) -> Any:
        change = super().get_object(request, *args)
        if change is not None:
            change.reader = request.user
        return change

    @display(description="when", ordering="pk")  # type: ignore[untyped-decorator] # no types
    def when(self, change: Change) -> str:
        return date_format(localtime(change.changed_at), "j M Y, H:i:s")

    def who(self, change: Change) -> str:
        return _told(change).who

    @display(description="record")  # type: ignore[untyped-decorator] # unfold has no types
    def changed_record(self, change: Any) -> str:
        told = _told(change)
        if told.url is None or not change.reader.has_perm(told.permission):
            return told.record
        return format_html('<a class="text-link" href="{}">{}</a>', told.url, told.record)

    def what(self, change: Change) -> str:
        return render_to_string("admin/differences.html", {"told": _told(change)})


def _told(change: Change) -> Told:
    told: Told = getattr(change, "told", None) or tell([change])[0]
    return told
