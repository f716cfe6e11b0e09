"""The desk: what a patient owes, and taking it."""

from invoicing_app.admin.patients import PatientDeskAdmin
from invoicing_app.admin.payments import BillItemAdmin, DepositReceivingAdmin
from invoicing_app.admin.pharmacy import DrugHandOutAdmin
from invoicing_app.admin.receipts import ReceiptPrintAdmin
from invoicing_app.admin.visits import ConsultationAdmin
from invoicing_app.admin.waivers import WaiverAdmin, WaiverLimitAdmin, WaiverReasonAdmin

__all__ = [
    "BillItemAdmin",
    "ConsultationAdmin",
    "DepositReceivingAdmin",
    "DrugHandOutAdmin",
    "PatientDeskAdmin",
    "ReceiptPrintAdmin",
    "WaiverAdmin",
    "WaiverLimitAdmin",
    "WaiverReasonAdmin",
]
