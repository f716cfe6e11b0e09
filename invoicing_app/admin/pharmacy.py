"""Paid drugs at the pharmacy's window: what waits, handing it out, and what was handed out."""

import re
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.paginator import InfinitePaginator

from hospital.core.admin import ReadOnlyAdmin, may, named_column
from hospital.core.errors import DomainError
from hospital.core.forms import ID_DIGITS, OneTimeKeyForm
from hospital.core.transactions import retry_conflicts
from invoicing_app.hand_outs import HandedOut, hand_out_drugs
from invoicing_app.models import DrugHandOut
from invoicing_app.panels.drugs import waiting_visits
from smcapp1.admin import patient_search

NO_ITEM = "There is no such item. Open this page again."
HAND_OUT = "invoicing_app.hand_out_drugs"
WAITING = "admin:invoicing_app_drughandout_waiting"
MOST_SEARCHED = 100  # characters


class ItemIds(forms.TypedMultipleChoiceField):
    """Ids of bill items; whether they can be handed out is for the service to say."""

    def valid_value(self, value: str) -> bool:
        return value.isascii() and value.isdecimal() and len(value) < ID_DIGITS


QUANTITY = re.compile(r"quantity-([0-9]{1,18})")
DIGITS = re.compile(r"[0-9]{1,7}", re.ASCII)


class HandOutForm(OneTimeKeyForm):
    """What was handed out of one visit's drugs: of each all that is owed, or so many."""

    consultation = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    items = ItemIds(
        coerce=int,
        error_messages={"required": "Choose what was handed out.", "invalid_choice": NO_ITEM},
    )

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        parts = {
            int(found[1]): self.data[name]
            for name in self.data
            if (found := QUANTITY.fullmatch(name)) and int(found[1]) in typed.get("items", [])
        }
        if not all(DIGITS.fullmatch(number.strip()) for number in parts.values()):
            raise ValidationError("Write how many were handed out in digits, like 12.")
        return {**typed, "quantities": {pk: int(number) for pk, number in parts.items()}}


@admin.register(DrugHandOut)
class DrugHandOutAdmin(ReadOnlyAdmin):
    """What was handed out, by whom and when; and the page of what waits to be."""

    list_display = ("drug", "quantity", "patient", "handed_out_at", "handed_out_by")
    list_select_related = ("bill_item__consultation__patient", "handed_out_by")
    list_filter = ("handed_out_at",)
    paginator = InfinitePaginator
    search_fields = (
        "bill_item__description",
        "bill_item__receipt_number",
        *patient_search("bill_item__consultation__patient"),
    )
    search_help_text = "Drug, receipt number, or patient's number, name or phone"
    fields = (
        "drug",
        "quantity",
        "patient",
        "handed_out_at",
        named_column("handed_out_by", "handed out by"),
    )

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.waiting_view)
        urls: list[URLPattern] = super().get_urls()
        return [path("waiting/", page, name="invoicing_app_drughandout_waiting"), *urls]

    def waiting_view(self, request: HttpRequest) -> HttpResponse:
        """Show what waits, and hand out what was chosen of one visit."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self._show(request)
        if not may(request, HAND_OUT):
            raise PermissionDenied
        form = HandOutForm(request.POST)
        if not form.is_valid():
            return self._show(request, form)
        try:
            handed_out = retry_conflicts(self._hand_out)(request, form)
        except DomainError as refusal:
            form.show_refusal(refusal)
            return self._show(request, form)
        _say(request, handed_out)
        return HttpResponseRedirect(reverse(WAITING))

    def _hand_out(self, request: HttpRequest, form: HandOutForm) -> HandedOut:
        wanted = form.cleaned_data
        return hand_out_drugs(
            consultation_id=wanted["consultation"],
            bill_item_ids=wanted["items"],
            quantities=wanted["quantities"],
            act=form.act(request.user),
        )

    def _show(self, request: HttpRequest, refused: HandOutForm | None = None) -> HttpResponse:
        search = request.GET.get("q", "")[:MOST_SEARCHED]
        page, visits = waiting_visits(search, request.GET.get("page", "1"))
        context = {
            **self.admin_site.each_context(request),
            "title": "Drugs to hand out",
            "opts": self.opts,
            "media": self.media,
            "search": search,
            "page": page,
            "visits": [(visit, str(uuid4())) for visit in visits],
            "refused": _why(refused) if refused else [],
            "may_hand_out": may(request, HAND_OUT),
            "today": timezone.localdate(),
        }
        return TemplateResponse(request, "invoicing_app/drugs_to_hand_out.html", context)

    def drug(self, hand_out: DrugHandOut) -> str:
        return hand_out.bill_item.description

    def patient(self, hand_out: DrugHandOut) -> str:
        return str(hand_out.bill_item.consultation.patient)


def _why(form: HandOutForm) -> list[str]:
    return [str(text) for texts in form.errors.values() for text in texts]


def _say(request: HttpRequest, handed_out: HandedOut) -> None:
    items = [hand_out.bill_item for hand_out in handed_out.hand_outs]
    drugs = "1 drug" if len(items) == 1 else f"{len(items)} drugs"
    said = f"{drugs} handed out to {items[0].consultation.patient}."
    if rest := sum(handed_out.owed.values()):
        said += f" {rest:,} are still owed."
    if handed_out.replayed:
        messages.info(request, f"{said} (This was done before; nothing was done again.)")
    else:
        messages.success(request, said)
