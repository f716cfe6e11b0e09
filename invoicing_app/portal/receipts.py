"""The patient's receipts: a list, and each to be read and printed as a copy for the patient."""

from collections.abc import Sequence
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from client_wallet.models import JournalEntry, Posting
from invoicing_app.paper_receipts.content import letterhead, receipt_of
from invoicing_app.portal.own_receipts import receipts_of
from invoicing_app.portal.pages import page_of
from smcapp1.portal import PatientPage

COPY = "COPY FOR THE PATIENT"
FOOT = "From the patient's own pages. The original is printed by the hospital."


class ReceiptsPage(PatientPage):
    """All receipts, newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        page = page_of(self._find, request)
        context = {"title": "Receipts", "page": page}
        return TemplateResponse(request, "invoicing_app/portal/receipts.html", context)

    def _find(self, before: int | None, limit: int) -> Sequence[JournalEntry]:
        return receipts_of(self.patient.pk, before=before, limit=limit)


class ReceiptPage(PatientPage):
    """
    One receipt as the paper shows it.

    It is no print of the hospital's: not numbered, not logged, without the code of a print.
    """

    def get(self, request: HttpRequest, entry_uid: UUID) -> HttpResponse:
        entry = JournalEntry.objects.filter(uid=entry_uid).first()
        receipt = receipt_of(entry.pk) if entry else None
        if entry is None or receipt is None or receipt.patient_id != self.patient.pk:
            raise Http404
        context = {
            "title": f"{receipt.title} {receipt.number}",
            "entry": entry,
            "receipt": receipt,
            "letterhead": letterhead(),
            "copy": COPY,
            "foot": FOOT,
            "moved_wallet": Posting.objects.filter(
                entry=entry, wallet__patient=self.patient
            ).exists(),
        }
        return TemplateResponse(request, "invoicing_app/portal/receipt.html", context)
