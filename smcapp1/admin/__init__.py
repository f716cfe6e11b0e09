"""The records at the desk: patients, catalogue and prices, stock, lab results."""

from smcapp1.admin.catalogue import DepartmentAdmin, ServiceItemAdmin
from smcapp1.admin.codes import PatientCodeAdmin
from smcapp1.admin.laboratory import LabResultAdmin
from smcapp1.admin.patients import PatientProfileAdmin, patient_search
from smcapp1.admin.stock import StockBatchAdmin, StockMovementAdmin
from smcapp1.admin.stock_counts import StockCountAdmin

__all__ = [
    "DepartmentAdmin",
    "LabResultAdmin",
    "PatientCodeAdmin",
    "PatientProfileAdmin",
    "ServiceItemAdmin",
    "StockBatchAdmin",
    "StockCountAdmin",
    "StockMovementAdmin",
    "patient_search",
]
