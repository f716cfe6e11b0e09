"""Patients and catalogue."""

from django.apps import AppConfig

from hospital.core.audit.records import Audited


class Smcapp1Config(AppConfig):
    name = "smcapp1"
    verbose_name = "Patients and catalogue"
    guarded_tables = {
        "PatientProfile": (
            "first_name",
            "last_name",
            "date_of_birth",
            "sex",
            "phone",
            "user_id",
        ),
        "PatientCode": ("used_at",),
        "Department": ("name",),
        "StockMovement": (),
        "StockBatch": ("quantity_on_hand",),
        "StockCount": (
            "status",
            "counted_by_id",
            "counted_at",
            "decided_by_id",
            "decided_at",
            "reject_reason",
        ),
        "StockCountLine": ("counted", "expected", "reason", "is_decided", "movement_id"),
        "Consultation": ("status",),
        "Price": ("unit_price", "set_by_id", "set_at"),
        "LabResult": (
            "result",
            "status",
            "resulted_by_id",
            "resulted_at",
            "released_by_id",
            "released_at",
        ),
    }
    audited = {
        "smcapp1.Department": Audited(),
        "smcapp1.PatientProfile": Audited(links=("user",)),
        "smcapp1.ServiceItem": Audited(),
        "smcapp1.Price": Audited(
            "price of", links=("service_item",), told_apart_by=("effective_from",)
        ),
        "smcapp1.StockBatch": Audited(links=("service_item",)),
    }
