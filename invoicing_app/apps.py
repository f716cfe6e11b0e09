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
        "ClosedDayReport": (),
    }

    def ready(self) -> None:
        from client_wallet.closing import do_at_closing  # models are loaded only now
        from invoicing_app.reports.closed_days import store_report  # reads models

        do_at_closing(store_report)
