"""Batches of drugs at the desk, and from a batch to everybody who got some of it."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.decorators import action

from hospital.core.admin import change_url, may
from hospital.core.csv_writing import csv_response
from invoicing_app.models import DispensedStock
from invoicing_app.recalls import recall_file_name, recall_rows, recalled
from smcapp1.admin import StockBatchAdmin
from smcapp1.models import StockBatch

SEE_HAND_OUTS = "invoicing_app.view_drughandout"
ROWS_SHOWN = 50
COUNTS = ("quantity", "handed_out", "taken_back", "brought_back")


@admin.register(StockBatch)
class StockBatchDeskAdmin(StockBatchAdmin):
    """Drugs on the shelf, each batch with the way to those who got some of it."""

    actions_detail = ("write_off", "recall")

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Recall",
        url_path="recall",
        permissions=(SEE_HAND_OUTS,),
        icon="campaign",
    )
    def recall(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Show to whom the batch went, on screen or as CSV."""
        if not may(request, SEE_HAND_OUTS):
            raise PermissionDenied
        batch: StockBatch = self.found(request, object_id)
        if request.GET.get("as") == "csv":
            return csv_response(recall_file_name(batch), recall_rows(batch.pk))
        page = Paginator(recalled(batch.pk), ROWS_SHOWN).get_page(request.GET.get("page"))
        context = {
            **self.admin_site.each_context(request),
            "title": "Recall",
            "subtitle": str(batch),
            "original": batch,
            "opts": self.opts,
            "media": self.media,
            "batch": batch,
            "batch_url": change_url(batch),
            "page": page,
            "sums": _sums(batch),
            "receipts_url": _list("invoicing_app_depositreceiving", request),
            "patients_url": _list("smcapp1_patientprofile", request),
        }
        return TemplateResponse(request, "invoicing_app/recall.html", context)


def _sums(batch: StockBatch) -> dict[str, int]:
    """Return how many were dispensed, and where they are: in hands, owed, or back."""
    rows = DispensedStock.objects.filter(movement__batch=batch)
    found = {name: total or 0 for name, total in rows.aggregate(**_totals()).items()}
    return {
        **found,
        "in_hands": found["handed_out"] - found["brought_back"],
        "owed": found["quantity"] - found["handed_out"] - found["taken_back"],
    }


def _totals() -> dict[str, Any]:
    return {name: Sum(name) for name in COUNTS}


def _list(model: str, request: HttpRequest) -> str:
    """Return the address of a list, for who may see it."""
    app, _, name = model.rpartition("_")
    return reverse(f"admin:{model}_changelist") if may(request, f"{app}.view_{name}") else ""
