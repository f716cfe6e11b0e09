"""What an audited record's history page tells beside Django's own."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from hospital.core.audit.records import audited_kinds, subject_of
from hospital.core.audit.wording import Told, tell
from hospital.core.models import Change

SEE_CHANGES = "core.view_change"
SUBJECT = "of"  # the parameter by which the list of changes is narrowed to one record's
NEWEST = 50


class TellsChanges:
    """The history of an audited record begins with what the database recorded, for its readers."""

    object_history_template = "admin/changes.html"

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        desk: Any = self
        context = dict(extra_context or {})
        obj = desk.get_object(request, object_id)
        is_audited = desk.model._meta.db_table in audited_kinds()
        if obj is not None and is_audited and request.user.has_perm(SEE_CHANGES):
            context |= {"changes": _newest(obj), "changes_url": changes_url(obj)}
        page: HttpResponse = super().history_view(  # type: ignore[misc] # mixed into an admin
            request, object_id, context
        )
        return page


def changes_url(obj: Any) -> str:
    """Return the address of the list of one record's changes."""
    return f"{reverse('admin:core_change_changelist')}?{SUBJECT}={subject_of(obj)}"


def _newest(obj: Any) -> list[Told]:
    changes = Change.objects.filter(subjects__contains=[subject_of(obj)])
    return tell(list(changes.select_related("actor").order_by("-pk")[:NEWEST]))
