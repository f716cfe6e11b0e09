"""Bills and payments."""

from django.apps import AppConfig


class InvoicingAppConfig(AppConfig):
    name = "invoicing_app"
    verbose_name = "Bills and payments"
    guarded_tables = {
        "BillItem": (
            "status",
            "receipt_number",
            "lab_result_id",
            "voided_by_id",
            "voided_at",
            "void_reason",
        ),
        "DispensedStock": ("hand_out_id",),
        "DrugHandOut": (),
        "DepositReceiving": (),
        "PaymentLine": (),
    }
