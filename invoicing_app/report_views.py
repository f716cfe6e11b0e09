"""Pages of reports at the desk, for who reads the journal: on screen, on paper, as CSV."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from hospital.core.admin import change_url, may
from hospital.core.csv_writing import csv_response
from hospital.core.money import ZERO
from invoicing_app.reports.kinds import REPORTS, csv_rows, report_of
from invoicing_app.reports.listings import LISTINGS, Chosen, Column
from invoicing_app.reports.period import BEFORE_ALL, FIRST_DAY, Period, one_day
from invoicing_app.reports.tables import Cell

SEE_REPORTS = "client_wallet.view_journalentry"
MOST_DAYS = 366
ROWS_SHOWN = 50
AS, CSV, PRINT = "as", "csv", "print"


class PeriodForm(forms.Form):
    """The first and the last day, as ``from`` and ``to``; today, where none is given."""

    def __init__(self, data: Any) -> None:
        today = timezone.localdate()
        super().__init__({"from": data.get("from", today), "to": data.get("to", today)})
        for name, label in (("from", "From"), ("to", "To")):
            self.fields[name] = forms.DateField(
                label=label,
                widget=forms.DateInput(
                    attrs={"type": "date", "min": FIRST_DAY, "max": today}, format="%Y-%m-%d"
                ),
                error_messages={"invalid": "Write a day as 2026-11-20."},
                input_formats=["%Y-%m-%d"],
            )

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("from"), self.cleaned_data.get("to")
        if last and last > timezone.localdate():
            self.add_error("to", "This day has not begun yet.")
        elif first and first < FIRST_DAY:
            self.add_error("from", BEFORE_ALL)
        elif last and last < FIRST_DAY:
            self.add_error("to", BEFORE_ALL)
        elif first and last and first > last:
            self.add_error("from", "The first day is after the last one.")
        elif first and last and len(Period(first, last)) > MOST_DAYS:
            self.add_error("from", f"A report is about {MOST_DAYS} days at most.")
        return self.cleaned_data

    @property
    def period(self) -> Period:
        """The days asked for; today, where they are wrong."""
        if not self.is_valid():
            return one_day(timezone.localdate())
        return Period(self.cleaned_data["from"], self.cleaned_data["to"])


@require_safe
def reports_page(request: HttpRequest) -> HttpResponse:
    """List the reports that there are."""
    _require_reader(request)
    return _page(request, "index", {"title": "Reports", "reports": REPORTS})


@require_safe
def report_page(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Show a report about some days, on screen or as its address says."""
    _require_reader(request)
    if slug not in REPORTS:
        raise Http404
    form = PeriodForm(request.GET)
    report = report_of(slug, form.period)
    wanted = request.GET.get(AS)
    if wanted == CSV and form.is_valid():
        return csv_response(f"{slug}-{_in_file_name(form.period)}.csv", csv_rows(report))
    context = {
        "title": report.title,
        "subtitle": report.about,
        "report": report,
        "kind": REPORTS[slug],
        "form": form,
        "ways": _ways(request, form),
        "currency": settings.CURRENCY,
        "hospital": settings.HOSPITAL_NAME,
    }
    return _page(request, "print" if wanted == PRINT else "report", context)


@require_safe
def rows_page(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Show the rows that a figure is the sum of."""
    _require_reader(request)
    chosen = _chosen(request, slug)
    if request.GET.get(AS) == CSV:
        return csv_response(f"{slug}-{_in_file_name(chosen.period)}.csv", _csv_rows(chosen))
    amount = chosen.listing.amount
    found = chosen.rows.order_by().aggregate(number=Count("pk"), sum=Sum(amount))
    page = _page_of(chosen.rows, found["number"], request.GET.get("page"))
    context = {
        "title": chosen.listing.title,
        "subtitle": ", ".join([*chosen.in_words, chosen.about]),
        "chosen": chosen,
        "page": page,
        "rows": [_cells(request, chosen.listing.columns, row) for row in page],
        "number": found["number"],
        "sum": found["sum"] or ZERO,
        "ways": {"csv": _address(request, **{AS: CSV})},
        "newer": _address(request, page=page.number - 1) if page.has_previous() else "",
        "older": _address(request, page=page.number + 1) if page.has_next() else "",
        "currency": settings.CURRENCY,
    }
    return _page(request, "rows", context)


def _page_of(rows: QuerySet[Any], number: int, wanted: str | None) -> Page[Any]:
    """Return a page of rows that were counted while their amounts were added up."""
    pages = Paginator(rows, ROWS_SHOWN)
    pages.count = number  # a cached property: nobody counts again
    return pages.get_page(wanted)


def _chosen(request: HttpRequest, slug: str) -> Chosen:
    """Return the list that an address means, or answer 404."""
    listing, form = LISTINGS.get(slug), PeriodForm(request.GET)
    if listing is None or not form.is_valid():
        raise Http404
    narrowed = {name: request.GET[name] for name in listing.narrowings if name in request.GET}
    for name, value in narrowed.items():
        if not listing.narrowings[name].takes(value):
            raise Http404
    return Chosen(listing, form.period, narrowed)


def _cells(request: HttpRequest, columns: Sequence[Column], row: Any) -> list[tuple[str, Cell]]:
    return [
        (column.heading, Cell(column.value(row), _target(request, column.target(row))))
        for column in columns
    ]


def _target(request: HttpRequest, obj: Any) -> str:
    """Return the page of a row's own, for who may see it."""
    if obj is None:
        return ""
    meta = obj._meta
    return change_url(obj) if may(request, f"{meta.app_label}.view_{meta.model_name}") else ""


def _csv_rows(chosen: Chosen) -> Iterator[list[object]]:
    columns = chosen.listing.columns
    yield [column.heading for column in columns]
    for row in chosen.rows.iterator(chunk_size=2000):
        yield [column.value(row) for column in columns]


def _ways(request: HttpRequest, form: PeriodForm) -> dict[str, str]:
    """Return the addresses of the same report on paper and as CSV."""
    if not form.is_valid():
        return {}
    return {way: _address(request, **{AS: way}) for way in (CSV, PRINT)}


def _address(request: HttpRequest, **changed: Any) -> str:
    query = request.GET.copy()
    for name, value in changed.items():
        query[name] = str(value)
    return f"?{query.urlencode()}"


def _in_file_name(period: Period) -> str:
    return "-to-".join(sorted({str(period.first), str(period.last)}))


def _require_reader(request: HttpRequest) -> None:
    if not may(request, SEE_REPORTS):
        raise PermissionDenied


def _page(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    page = {**admin.site.each_context(request), **context}
    return TemplateResponse(request, f"invoicing_app/reports/{name}.html", page)
