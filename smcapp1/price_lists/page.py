"""The accountant's page: hand a price list in, look at what it would do, and then let it."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.decorators import action

from hospital.core.acts import Act
from hospital.core.admin import money_cell
from hospital.core.errors import DomainError, InvalidRequest
from smcapp1.price_lists.applying import PlanChanged, department_by_code
from smcapp1.price_lists.forms import TOO_LARGE, PriceListForm, in_words_of_the_page
from smcapp1.price_lists.planning import Plan
from smcapp1.price_lists.previews import Preview, TooLarge, sign, unsign

MOST_SHOWN = 200  # rows of each kind
CATALOGUE = "admin:smcapp1_serviceitem_changelist"
PAGE = "admin:smcapp1_serviceitem_import_prices"


class ImportsPriceLists:
    """Adds the page to the catalogue's admin, with a button above its list."""

    actions_list = ("import_prices",)

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Import price list",
        url_path="import-price-list",
        permissions=["smcapp1.add_price", "smcapp1.add_serviceitem"],
    )
    def import_prices(self, request: HttpRequest) -> HttpResponse:
        if "preview" in request.POST:
            return self._carry_out(request, request.POST["preview"])
        form = PriceListForm(request.POST or None, request.FILES or None)
        if request.method != "POST" or not form.is_valid():
            return self._show(request, {"form": form})
        try:
            return self._preview(request, _handed_in(form))
        except TooLarge:
            form.add_error("file", TOO_LARGE)
        except InvalidRequest as refusal:
            field = refusal.wrong_field if refusal.wrong_field in form.fields else "file"
            form.add_error(field, in_words_of_the_page(refusal.message))
        except DomainError as refusal:
            form.add_error("file", in_words_of_the_page(refusal.detail))
        return self._show(request, {"form": form})

    def _preview(self, request: HttpRequest, preview: Preview) -> HttpResponse:
        plan = preview.plan()
        context = {
            "preview": sign(preview, plan, request.user),
            "file": preview.file,
            "department": department_by_code(preview.department_code),
            "effective_from": preview.effective_from,
            "plan": plan,
            "tables": _tables(plan),
        }
        return self._show(request, context)

    def _carry_out(self, request: HttpRequest, signed: str) -> HttpResponse:
        try:
            preview = unsign(signed, request.user)
            try:
                plan = preview.carry_out(Act(request.user))
            except PlanChanged as refusal:
                messages.warning(request, refusal.detail)
                return self._preview(request, preview)
        except DomainError as refusal:
            messages.error(request, refusal.detail)
            return HttpResponseRedirect(reverse(PAGE))
        self._report(request, preview, plan)
        return HttpResponseRedirect(reverse(CATALOGUE))

    def _report(self, request: HttpRequest, preview: Preview, plan: Plan) -> None:
        if plan.writes_nothing:
            messages.info(request, f"{preview.file} was imported before; nothing was done again.")
            return
        message = (
            f"{preview.file} was imported: {len(plan.new)} new, {len(plan.changed)} changed,"
            f" {len(plan.unchanged)} unchanged, {len(plan.rejected)} left out."
        )
        desk: Any = self
        desk.log_change(request, department_by_code(preview.department_code), message)
        messages.success(request, message)

    def _show(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        desk: Any = self
        page = {
            **desk.admin_site.each_context(request),
            "title": "Import price list",
            "opts": desk.opts,
            "media": desk.media,
            "page_url": reverse(PAGE),
            "catalogue_url": reverse(CATALOGUE),
            **context,
        }
        return TemplateResponse(request, "smcapp1/price_list.html", page)


def _handed_in(form: PriceListForm) -> Preview:
    wanted = form.cleaned_data
    return Preview(
        written=wanted["file"].read(),
        file=wanted["file"].name,
        department_code=wanted["department"].code,
        effective_from=wanted["effective_from"],
        chosen=form.chosen,
    )


def _tables(plan: Plan) -> list[dict[str, Any]]:
    """Return what is rejected, changed and new, the first rows of each."""
    rejected = [[one.row, one.column, one.reason] for one in plan.rejected]
    changed = [
        [
            one.entry.row,
            one.entry.name,
            "none" if one.old is None else money_cell(one.old),
            money_cell(one.entry.price),
        ]
        for one in plan.changed
    ]
    new = [
        [one.entry.row, one.code, one.entry.name, money_cell(one.entry.price)] for one in plan.new
    ]
    tables = [
        _table("Rejected", ["row", "column", "reason"], rejected),
        _table("Changed", ["row", "item", "old price", "new price"], changed, "last-two-are-money"),
        _table("New", ["row", "code", "item", "price"], new, "last-is-money"),
    ]
    return [table for table in tables if table["table"]["rows"]]


def _table(
    title: str, headers: list[str], rows: Sequence[list[Any]], money: str = ""
) -> dict[str, Any]:
    """Return a table for the page; ``money`` is the class that moves its amounts to the right."""
    return {
        "title": f"{title}: {len(rows)}",
        "table": {"headers": headers, "rows": rows[:MOST_SHOWN]},
        "more": max(len(rows) - MOST_SHOWN, 0),
        "money": money,
    }
