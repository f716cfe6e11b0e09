"""Bills and payments."""

from django.apps import AppConfig

from hospital.core.audit.records import Audited


class InvoicingAppConfig(AppConfig):
    name = "invoicing_app"
    verbose_name = "Bills and payments"
    guarded_tables = {
        "BillItem": (
            "waived",
            "status",
            "receipt_number",
            "lab_result_id",
            "voided_by_id",
            "voided_at",
            "void_reason",
        ),
        "DispensedStock": ("handed_out", "taken_back", "brought_back"),
        "DrugHandOut": (),
        "HandedOutStock": (),
        "DepositReceiving": (),
        "PaymentTender": (),
        "PaymentLine": (),
        "ClosedDayReport": (),
        "Payer": ("name", "kind", "is_active"),
        "Cover": ("percent", "limit_amount", "limit_per", "is_active"),
        "PatientCover": ("member_number", "valid_until"),
        "ClaimBatch": (),
        "Claim": ("batch_id", "claimed_amount"),
        "Remittance": (),
        "ShortPayment": ("status", "decided_by_id", "decided_at", "decision_reason"),
        "ClaimSettlement": (),
        "WaiverReason": ("name", "is_active"),
        "WaiverLimit": ("day_amount",),
        "Waiver": (
            "status",
            "decided_by_id",
            "decided_at",
            "decision_note",
            "approved_hash",
            "entry_id",
            "business_date",
        ),
        "WaiverLine": ("taken_back_id",),
        "WaiverTakeBack": (),
        "Refund": (
            "kind",
            "reason",
            "cash_to",
            "version",
            "amount",
            "payer_amount",
            "rounding",
            "request_hash",
            "status",
            "decided_by_id",
            "decided_at",
            "decision_note",
            "approved_hash",
            "paid_by_id",
            "paid_at",
            "business_date",
            "receipt_number",
            "entry_id",
        ),
        "RefundLine": (),
        "RefundTender": (),
        "RefundedStock": (),
    }
    audited = {
        "invoicing_app.Payer": Audited(),
        "invoicing_app.Cover": Audited("terms of", links=("payer", "department")),
        "invoicing_app.PatientCover": Audited("cover of", links=("patient", "payer")),
        "invoicing_app.WaiverReason": Audited(),
        "invoicing_app.WaiverLimit": Audited("limit of waivers of", links=("role",)),
    }

    def ready(self) -> None:
        from client_wallet.closing import do_at_closing  # models are loaded only now
        from invoicing_app.reports.closed_days import store_report  # reads models

        do_at_closing(store_report)
