"""Patients and catalogue."""

from django.apps import AppConfig


class Smcapp1Config(AppConfig):
    name = "smcapp1"
    verbose_name = "Patients and catalogue"
    guarded_tables = {
        "Department": ("name",),
        "StockMovement": (),
        "StockBatch": ("quantity_on_hand",),
        "Consultation": ("status",),
        "Price": ("unit_price",),
    }
