"""Paid tests: waiting for a result, their results, and releasing them."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from unfold.decorators import action, display

from hospital.core.act_pages import ActPage, AsksBeforeActing
from hospital.core.acts import Act
from hospital.core.admin import ReadOnlyAdmin, change_url, may, named_column
from hospital.core.named_lists import HasNamedLists, NamedList
from smcapp1.admin.patients import patient_search
from smcapp1.forms import LabResultForm, ReleaseForm
from smcapp1.models import LabResult
from smcapp1.services import Released, enter_result, release_result

FINAL = (LabResult.Status.RELEASED, LabResult.Status.CANCELLED)
RELEASE = "smcapp1.release_labresult"
WAITING = "admin:smcapp1_labresult_waiting"
DECIDED = ("status", "requested_at", "resulted_at", "released_at")
PEOPLE = (named_column("resulted_by", "resulted by"), named_column("released_by", "released by"))


@display(description="no.", ordering="pk")  # type: ignore[untyped-decorator] # no types
def number(lab_result: LabResult) -> int:
    return lab_result.pk


@display(description="patient")  # type: ignore[untyped-decorator] # no types
def patient(lab_result: LabResult) -> str:
    return str(lab_result.consultation.patient)


@display(description="since", ordering="pk")  # type: ignore[untyped-decorator] # no types
def since(lab_result: LabResult) -> str:
    return _moment(lab_result.requested_at)


def _moment(instant: Any) -> str:
    return date_format(timezone.localtime(instant), "SHORT_DATETIME_FORMAT")


def _how_many_wait(tests: Any) -> str:
    pending = tests.filter(status=LabResult.Status.PENDING).count()
    entered = tests.filter(status=LabResult.Status.RESULTED).count()
    return f"Paid and without a result: {pending:,}. With a result to be released: {entered:,}."


@admin.register(LabResult)
class LabResultAdmin(HasNamedLists, AsksBeforeActing, ReadOnlyAdmin):
    """Tests that were ordered and paid for; the laboratory writes and releases their results."""

    form = LabResultForm
    save_label = "Save result"
    list_display = (number, "test", patient, "status", "requested_at", "resulted_at")
    list_filter = ("status",)
    list_select_related = ("test", "consultation__patient")
    list_before_template = "admin/list_said.html"
    search_fields = (*patient_search("consultation__patient"), "test__name")
    search_help_text = "Patient's number, name or phone; or test"
    readonly_fields = ("test", patient, "consultation", *DECIDED, *PEOPLE)
    actions_detail = ("release",)
    named_lists = (
        NamedList(
            slug="waiting",
            title="Tests waiting",
            rows=lambda tests: tests.in_progress(),
            columns=("test", patient, since, "status"),
            ordering=("pk",),
            said=_how_many_wait,
            empty="No paid test is waiting",
            filters=("status",),
        ),
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Return the test, what is to be written, and then what came of it so far."""
        first = [patient, "test", "result", "status", "requested_at"]
        if obj is None or obj.status in (LabResult.Status.PENDING, LabResult.Status.CANCELLED):
            return first
        entered = [*first, PEOPLE[0], "resulted_at"]
        is_released = obj.status == LabResult.Status.RELEASED
        return [*entered, PEOPLE[1], "released_at"] if is_released else entered

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_final = obj is not None and obj.status in FINAL
        return not is_final and may(request, "smcapp1.change_labresult")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        act = Act(request.user)
        enter_result(lab_result_id=obj.pk, result=form.cleaned_data["result"], act=act)
        obj.refresh_from_db()

    def response_change(self, request: HttpRequest, obj: LabResult) -> HttpResponse:
        self.message_user(request, f"The result of {obj.test} was saved. It is not released yet.")
        return HttpResponseRedirect(change_url(obj))

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Release", url_path="release", permissions=(RELEASE,), icon="task_alt"
    )
    def release(self, request: HttpRequest, object_id: str) -> HttpResponse:
        lab_result: LabResult = self.found(request, object_id)
        if request.method != "POST" and lab_result.status != LabResult.Status.RESULTED:
            return HttpResponseRedirect(change_url(lab_result))
        return self.act_page(request, lab_result, _release_page(lab_result))

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
        lab_result = self.get_object(request, object_id)
        if lab_result is None or lab_result.status != LabResult.Status.RESULTED:
            return []
        actions: list[Any] = super().get_actions_detail(request, object_id)
        return actions


def _release_page(lab_result: LabResult) -> ActPage:
    def release(typed: Mapping[str, Any], act: Act) -> Released:
        entered_at = typed["entered_at"]
        return release_result(lab_result_id=lab_result.pk, entered_at=entered_at, act=act)

    entered_at = lab_result.resulted_at
    return ActPage(
        title="Release a result",
        button="Release",
        form=ReleaseForm,
        call=release,
        done=lambda typed: f"The result of {lab_result.test} was released.",
        land_on=reverse(WAITING),
        close=change_url(lab_result),
        explanation="A released result is final: nobody can change it afterwards.",
        facts=(
            ("Patient", lab_result.consultation.patient),
            ("Test", lab_result.test),
            ("Result", lab_result.result),
            ("Entered by", lab_result.resulted_by),
            ("Entered on", _moment(entered_at) if entered_at else ""),
        ),
        initial={"entered_at": entered_at.isoformat() if entered_at else ""},
    )
