"""The desk: what a patient owes, and taking it."""

from invoicing_app.admin.claims import (
    ClaimAdmin,
    ClaimBatchAdmin,
    RemittanceAdmin,
    ShortPaymentAdmin,
)
from invoicing_app.admin.patients import PatientDeskAdmin
from invoicing_app.admin.payers import PatientCoverAdmin, PayerAdmin
from invoicing_app.admin.payments import BillItemAdmin, DepositReceivingAdmin
from invoicing_app.admin.pharmacy import DrugHandOutAdmin
from invoicing_app.admin.recalls import StockBatchDeskAdmin
from invoicing_app.admin.receipts import ReceiptPrintAdmin
from invoicing_app.admin.refunds import RefundAdmin
from invoicing_app.admin.visits import ConsultationAdmin
from invoicing_app.admin.waivers import WaiverAdmin, WaiverLimitAdmin, WaiverReasonAdmin

__all__ = [
    "BillItemAdmin",
    "ClaimAdmin",
    "ClaimBatchAdmin",
    "ConsultationAdmin",
    "DepositReceivingAdmin",
    "DrugHandOutAdmin",
    "PatientCoverAdmin",
    "PatientDeskAdmin",
    "PayerAdmin",
    "ReceiptPrintAdmin",
    "RefundAdmin",
    "RemittanceAdmin",
    "ShortPaymentAdmin",
    "StockBatchDeskAdmin",
    "WaiverAdmin",
    "WaiverLimitAdmin",
    "WaiverReasonAdmin",
]
