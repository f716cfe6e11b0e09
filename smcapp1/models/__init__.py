"""Who was treated, where, for what, at which price: patients, catalogue, stock and lab results."""

from smcapp1.models.catalogue import (
    Department,
    Price,
    ServiceItem,
    ServiceItemQuerySet,
    StockBatch,
    StockBatchQuerySet,
    StockMovement,
)
from smcapp1.models.codes import PatientCode
from smcapp1.models.laboratory import LabResult, LabResultQuerySet
from smcapp1.models.patients import (
    Consultation,
    ConsultationQuerySet,
    PatientProfile,
    PatientQuerySet,
)
from smcapp1.models.stock_counts import StockCount, StockCountLine

__all__ = [
    "Consultation",
    "ConsultationQuerySet",
    "Department",
    "LabResult",
    "LabResultQuerySet",
    "PatientCode",
    "PatientProfile",
    "PatientQuerySet",
    "Price",
    "ServiceItem",
    "ServiceItemQuerySet",
    "StockBatch",
    "StockBatchQuerySet",
    "StockCount",
    "StockCountLine",
    "StockMovement",
]
