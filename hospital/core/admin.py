"""What the desk's admin pages stand on: services do the work, refusals become plain words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Protocol

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ERROR_FLAG, SEARCH_VAR
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from unfold.admin import ModelAdmin, TabularInline
from unfold.checks import UnfoldModelAdminChecks
from unfold.decorators import display

from hospital.core.acts import Act
from hospital.core.audit.history import TellsChanges
from hospital.core.errors import DomainError
from hospital.core.forms import AMOUNTS, ONE_TIME_KEY, PickOne, ReasonForm, RecordForm
from hospital.core.transactions import retry_conflicts


class Repeatable(Protocol):
    """What a service answers: whether the same key had brought it about before."""

    @property
    def replayed(self) -> bool: ...


@dataclass(frozen=True)
class ReasonPage:
    """A page that asks why, and then undoes something."""

    title: str
    button: str
    explanation: str
    undo: Callable[[str, Act], Repeatable]  # (reason, act)
    done: str  # what to say, and to write into the object's history
    land_on: str  # a URL


class PicksRows:
    """Lets rows be searched for and picked; they are made and changed on pages of their own."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(  # type: ignore[misc] # mixed into unfold's classes
            db_field, request, **kwargs
        )
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget  # without its buttons
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        desk: Any = self
        if db_field.name in desk.get_autocomplete_fields(request):
            kwargs.setdefault("widget", PickOne(db_field, desk.admin_site))
        return super().formfield_for_foreignkey(  # type: ignore[misc] # mixed into unfold's classes
            db_field, request, **kwargs
        )


class RefusesNul:
    """Lists that answer a filter which PostgreSQL cannot take as Django answers every wrong one."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        filters = (values for name, values in request.GET.lists() if name != SEARCH_VAR)
        if any("\0" in value for values in filters for value in values):
            return HttpResponseRedirect(f"{request.path}?{ERROR_FLAG}=1")
        page: HttpResponse = super().changelist_view(  # type: ignore[misc] # mixed into unfold's
            request, extra_context
        )
        return page

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        if "\0" in search_term:  # no text of ours holds one, and PostgreSQL takes none
            return queryset.none(), False
        found: tuple[Any, bool] = super().get_search_results(  # type: ignore[misc] # mixed into unfold's
            request, queryset, search_term
        )
        return found


class NamesLists:
    """Lists whose title, in the browser's tab, is the name of what they list."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        desk: Any = self
        title = capfirst(desk.opts.verbose_name_plural)
        page: HttpResponse = super().changelist_view(  # type: ignore[misc] # mixed into unfold's
            request, {"title": title, **(extra_context or {})}
        )
        return page


class ChecksWithoutDatabase(UnfoldModelAdminChecks):  # type: ignore[misc] # unfold has no types
    """Unfold's checks, but for the one that asks a database which may not be migrated yet."""

    def _check_unfold_action_permission_methods(self, obj: Any) -> list[Any]:
        return []  # tests/core/test_admin_base.py asks instead, with a database


class ServiceModelAdmin(TellsChanges, RefusesNul, NamesLists, PicksRows, ModelAdmin):  # type: ignore[misc] # unfold has no types
    """
    An admin whose ``save_model`` calls a service.

    Whatever the service refuses is caught outside Django's own transaction, so that nothing is
    kept; then the form is shown again as it was typed, with the refusal beside its field.
    """

    checks_class = ChecksWithoutDatabase
    actions = None  # nothing is done, least of all deleted, in bulk
    form: type[forms.ModelForm[Any]] = RecordForm
    formfield_overrides = AMOUNTS
    add_form: ClassVar[type[forms.ModelForm[Any]] | None] = None
    save_label: ClassVar[str] = ""  # the one button of a form that does one thing
    land_on_saved: ClassVar[bool] = False  # after adding: on the saved row's page, not on the list
    change_form_before_template = "admin/one_time_key.html"
    list_per_page = 50
    ordering: tuple[str, ...] = ("-pk",)
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm[Any]]:
        if obj is None and self.add_form:
            kwargs["form"] = self.add_form
        form = super().get_form(request, obj, change=change, **kwargs)
        told = {
            "refusal": getattr(request, "refusal", None),
            "given_key": request.GET.get(ONE_TIME_KEY, ""),
        }
        told_form: type[forms.ModelForm[Any]] = type(form)(form.__name__, (form,), told)
        return told_form

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        context = {**self.page_context(request, object_id), **(extra_context or {})}
        show = partial(super().changeform_view, request, object_id, form_url, context)
        if request.method != "POST":
            return show()
        try:
            return retry_conflicts(partial(_attempt, request, show))()
        except DomainError as refusal:
            request.refusal = refusal  # type: ignore[attr-defined] # read by get_form
            return show()

    def page_context(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        """Return what the page shows beside the form."""
        return one_button(self.save_label) if self.save_label else {}

    def saved(self, request: HttpRequest, obj: models.Model, pk: Any, answer: Repeatable) -> None:
        """Let ``obj`` be the row that the service made, or had made for the same key before."""
        request.replayed = answer.replayed  # type: ignore[attr-defined] # read by log_*, response_*
        obj.pk = pk
        obj.refresh_from_db()

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None if _was_replayed(request) else super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None if _was_replayed(request) else super().log_change(request, obj, message)

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        if not (self.land_on_saved or _was_replayed(request)):
            response: HttpResponse = super().response_add(request, obj, post_url_continue)
            return response
        if _was_replayed(request):
            self.message_user(request, self.replay_message(obj), messages.INFO)
        else:
            self.message_user(request, self.success_message(obj), messages.SUCCESS)
        return HttpResponseRedirect(self.saved_url(obj))

    def saved_url(self, obj: Any) -> str:
        """Return where the way leads after a row was added, or had been added before."""
        return change_url(obj)

    def success_message(self, obj: Any) -> str:
        return f"{obj} was saved."

    def replay_message(self, obj: Any) -> str:
        return f"{obj} was already saved by this form; nothing was done again."

    def reason_page(self, request: HttpRequest, obj: Any, page: ReasonPage) -> HttpResponse:
        """Ask for a reason; when it is given, undo what the page says, or show why not."""
        sent = request.POST if request.method == "POST" else None
        given = {ONE_TIME_KEY: request.GET[ONE_TIME_KEY]} if ONE_TIME_KEY in request.GET else None
        form = ReasonForm(sent, initial=given)
        if sent is not None and form.is_valid():
            try:
                retry_conflicts(self._undo)(request, obj, page, form)
            except DomainError as refusal:
                form.show_refusal(refusal)
            else:
                return HttpResponseRedirect(page.land_on)
        context = {
            **self.admin_site.each_context(request),
            "title": page.title,
            "subtitle": str(obj),
            "page": page,
            "form": form,
            "original": obj,
            "opts": self.opts,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "admin/reason.html", context)

    def _undo(self, request: HttpRequest, obj: Any, page: ReasonPage, form: ReasonForm) -> None:
        with transaction.atomic():
            answer = page.undo(form.cleaned_data["reason"], form.act(request.user))
            if not answer.replayed:
                reason = form.cleaned_data["reason"].strip()
                super().log_change(request, obj, f"{page.done} {reason}")
        again = " (This form had done it before; nothing was done again.)"
        self.message_user(
            request,
            page.done + (again if answer.replayed else ""),
            messages.INFO if answer.replayed else messages.SUCCESS,
        )

    def found(self, request: HttpRequest, object_id: str) -> Any:
        """Return the object of this page, or answer 404."""
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        return obj


class MoneyRowAdmin(ServiceModelAdmin):
    """Rows that move money or stock: they can be added, by who may act, and never changed."""

    act_permission: ClassVar[str]
    land_on_saved = True

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(request, self.act_permission)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(ServiceModelAdmin):
    """Rows that other acts write; here they are only seen."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyInline(TabularInline):  # type: ignore[misc] # unfold has no types
    """Rows that are only seen."""

    extra = 0
    can_delete = False
    hide_title = True
    ordering = ("pk",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def may(request: HttpRequest, permission: str) -> bool:
    """Return whether the signed-in user holds a permission, written ``app.codename``."""
    return request.user.has_perm(permission)


def one_button(label: str) -> dict[str, Any]:
    """Return the context of a form that does one thing."""
    return {
        "save_label": label,
        "show_save_and_continue": False,
        "show_save_and_add_another": False,
    }


def change_url(obj: Any) -> str:
    """Return the address of an object's own page in the admin."""
    meta = obj._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[obj.pk])


def money_column(field: str, description: str) -> Callable[[Any], str]:
    """Return a column that shows an amount with two decimals, to the right."""

    @display(description=description)  # type: ignore[untyped-decorator] # unfold has no types
    def column(obj: Any) -> str:
        return money_cell(getattr(obj, field))

    column.__name__ = f"money_{field}"  # the heading's class: desk.css moves it to the right
    return column  # type: ignore[no-any-return] # the decorator returns the function


def named_column(field: str, description: str) -> Callable[[Any], str]:
    """Return a column that names a related row, without a link that not everybody may follow."""

    @display(description=description)  # type: ignore[untyped-decorator] # unfold has no types
    def column(obj: Any) -> str:
        related = getattr(obj, field)
        return "" if related is None else str(related)

    return column  # type: ignore[no-any-return] # the decorator returns the function


def money_cell(amount: Any) -> str:
    return "" if amount is None else format_html('<span class="money">{}</span>', f"{amount:,.2f}")


def _was_replayed(request: HttpRequest) -> bool:
    return bool(getattr(request, "replayed", False))


def _attempt(request: HttpRequest, show: Callable[[], Any]) -> Any:
    """Run the view once; if it fails, forget the messages that a success would have shown."""
    storage: Any = messages.get_messages(request)
    request.replayed = False  # type: ignore[attr-defined] # set by ``saved``
    said = len(storage._queued_messages)
    try:
        return show()
    except Exception:
        del storage._queued_messages[said:]
        raise


admin.site.index_title = "Desk"  # Django's says: Site administration

import hospital.core.access_admin  # noqa: E402, F401 - registers; it stands on what is above
import hospital.core.audit.admin  # noqa: E402, F401 - registers; it stands on what is above
