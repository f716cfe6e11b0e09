"""Payers with what they cover, and whose members patients are."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.paginator import InfinitePaginator
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldBooleanSwitchWidget

from client_wallet.forms import DayInput
from hospital.core.act_pages import ActPage, AsksBeforeActing
from hospital.core.acts import Act
from hospital.core.admin import (
    MoneyRowAdmin,
    ReadOnlyInline,
    ServiceModelAdmin,
    change_url,
    may,
    money_column,
    named_column,
)
from hospital.core.forms import ActForm, AmountFormField, AmountInput, OneTimeKeyForm
from invoicing_app.payers.membership import (
    CoverRecorded,
    end_patient_cover,
    record_patient_cover,
)
from invoicing_app.payers.models import Cover, PatientCover, Payer
from invoicing_app.payers.setting_up import (
    BILLED_BACK,
    CoverSet,
    Terms,
    add_payer,
    change_payer,
    set_cover,
)
from smcapp1.admin import patient_search
from smcapp1.models import Department

SET_TERMS = "invoicing_app.set_payer_terms"
RECORD_COVERS = "invoicing_app.record_patientcover"


class CoverForm(OneTimeKeyForm):
    """What a payer covers in a department from now on."""

    department = forms.ModelChoiceField(
        Department.objects.exclude(code=BILLED_BACK).order_by("name"),
        widget=UnfoldAdminSelectWidget,
    )
    percent = AmountFormField(
        max_digits=5, decimal_places=2, widget=AmountInput, help_text="Of each item; 80 or 12.5."
    )
    limit_amount = AmountFormField(
        label="Limit",
        max_digits=14,
        decimal_places=2,
        required=False,
        widget=AmountInput,
        help_text="The payer pays no more than this for a member. Empty: without end.",
    )
    limit_per = forms.ChoiceField(
        label="Limit of",
        choices=[("", "No limit"), *Cover.Limit.choices],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    is_active = forms.BooleanField(
        label="Covers new items", initial=True, required=False, widget=UnfoldBooleanSwitchWidget
    )


class CoverInline(ReadOnlyInline):
    """What a payer covers, by department."""

    model = Cover
    fields = (
        named_column("department", "department"),
        "percent",
        money_column("limit_amount", "limit"),
        "limit_per",
        "is_active",
    )
    readonly_fields = fields
    ordering = ("department__name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cover]:
        covers: QuerySet[Cover] = super().get_queryset(request)
        return covers.select_related("department", "payer")


@admin.register(Payer)
class PayerAdmin(AsksBeforeActing, ServiceModelAdmin):
    """Payers: added, renamed, and told what they cover."""

    form = ActForm
    list_display = ("code", "name", "kind", "is_active")
    list_filter = ("kind", "is_active")
    ordering = ("name", "pk")
    search_fields = ("code", "name")
    search_help_text = "Code or name"
    land_on_saved = True
    save_label = "Save"
    inlines = (CoverInline,)
    actions_detail = ("set_what_is_covered",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(request, SET_TERMS)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, SET_TERMS)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("code", "name", "kind") if obj is None else ("code", "name", "kind", "is_active")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("code",)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return () if obj is None else self.inlines

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        typed, act = form.cleaned_data, form.act(request.user)
        if change:
            wanted = {name: typed[name] for name in ("name", "kind", "is_active")}
            saved = change_payer(payer_id=obj.pk, **wanted, act=act)
        else:
            wanted = {name: typed[name] for name in ("code", "name", "kind")}
            saved = add_payer(**wanted, act=act)
        self.saved(request, obj, saved.payer.pk, saved)

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Set what is covered",
        url_path="set-cover",
        permissions=(SET_TERMS,),
        icon="percent",
        variant=ActionVariant.PRIMARY,
    )
    def set_what_is_covered(self, request: HttpRequest, object_id: str) -> HttpResponse:
        payer: Payer = self.found(request, object_id)
        return self.act_page(request, payer, _cover_page(payer))


def _cover_page(payer: Payer) -> ActPage:
    def call(typed: Mapping[str, Any], act: Act) -> CoverSet:
        terms = Terms(
            typed["percent"], typed["limit_amount"], typed["limit_per"], typed["is_active"]
        )
        return set_cover(
            payer_id=payer.pk, department_id=typed["department"].pk, terms=terms, act=act
        )

    return ActPage(
        title="Set what is covered",
        button="Set it",
        form=CoverForm,
        call=call,
        done=lambda typed: (
            f"{typed['department']}: {typed['percent']} percent from now on."
            if typed["is_active"]
            else f"{typed['department']}: nothing new is covered."
        ),
        land_on=change_url(payer),
        close=change_url(payer),
        explanation=(
            "This holds for what is paid from now on; what was paid before stays as it was. "
            "What is there for the department is replaced."
        ),
    )


class PatientCoverForm(ActForm):
    """Whose member a patient is."""

    payer = forms.ModelChoiceField(
        Payer.objects.filter(is_active=True).order_by("name"), widget=UnfoldAdminSelectWidget
    )
    valid_from = forms.DateField(widget=DayInput, initial=timezone.localdate)
    valid_until = forms.DateField(
        widget=DayInput,
        required=False,
        help_text="The last day on which it holds. Empty: until it is ended.",
    )


class LastDayForm(OneTimeKeyForm):
    """When a cover ends."""

    last_day = forms.DateField(
        widget=DayInput,
        initial=timezone.localdate,
        help_text="The last day on which it holds; the day before it began, if it was a mistake.",
    )


@admin.register(PatientCover)
class PatientCoverAdmin(AsksBeforeActing, MoneyRowAdmin):
    """Whose members patients are: recorded, and ended."""

    act_permission = RECORD_COVERS
    add_form = PatientCoverForm
    save_label = "Record the cover"
    list_display = ("patient_name", "payer", "member_number", "valid_from", "valid_until")
    list_filter = ("payer",)
    list_select_related = ("patient", "payer")
    paginator = InfinitePaginator
    search_fields = ("member_number", *patient_search("patient"))
    search_help_text = "Member number, or patient's number, name or phone"
    autocomplete_fields = ("patient",)
    add_fieldsets = (
        (None, {"fields": ("patient", "payer", "member_number", "valid_from", "valid_until")}),
    )
    fields = (
        named_column("patient", "patient"),
        named_column("payer", "payer"),
        "member_number",
        "valid_from",
        "valid_until",
        named_column("recorded_by", "recorded by"),
        "recorded_at",
    )
    actions_detail = ("end",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        typed = form.cleaned_data
        made = record_patient_cover(
            patient_id=typed["patient"].pk,
            payer_id=typed["payer"].pk,
            member_number=typed["member_number"],
            valid_from=typed["valid_from"],
            valid_until=typed["valid_until"],
            act=form.act(request.user),
        )
        self.saved(request, obj, made.cover.pk, made)

    def saved_url(self, obj: PatientCover) -> str:
        return change_url(obj.patient)

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="End this cover",
        url_path="end",
        permissions=(RECORD_COVERS,),
        icon="event_busy",
        variant=ActionVariant.DANGER,
    )
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        cover: PatientCover = self.found(request, object_id)
        return self.act_page(request, cover, _end_page(cover))

    @display(description="patient", ordering="patient__last_name")  # type: ignore[untyped-decorator] # no types
    def patient_name(self, cover: PatientCover) -> str:
        return str(cover.patient)


def _end_page(cover: PatientCover) -> ActPage:
    def call(typed: Mapping[str, Any], act: Act) -> CoverRecorded:
        return end_patient_cover(cover_id=cover.pk, last_day=typed["last_day"], act=act)

    return ActPage(
        title="End a cover",
        button="End it",
        form=LastDayForm,
        call=call,
        done=lambda typed: f"{cover} ends on {typed['last_day']}.",
        land_on=change_url(cover),
        close=change_url(cover),
        facts=(
            ("Patient", cover.patient),
            ("Payer", cover.payer),
            ("Member number", cover.member_number),
            ("Holds from", cover.valid_from),
            ("Holds until", cover.valid_until or "it is ended"),
        ),
        is_final=True,
    )
