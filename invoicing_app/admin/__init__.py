"""The desk: what a patient owes, and taking it."""

from invoicing_app.admin.payments import BillItemAdmin, DepositReceivingAdmin
from invoicing_app.admin.visits import ConsultationAdmin, PatientDeskAdmin

__all__ = ["BillItemAdmin", "ConsultationAdmin", "DepositReceivingAdmin", "PatientDeskAdmin"]
