"""The admin's menu: what each role works with, by the place it works at."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

Item = tuple[str, str, str, str]  # title, icon, page (of the admin, or named), permission

MENU: dict[str, list[Item]] = {
    "Desk": [
        (
            "Take deposit",
            "add_card",
            "client_wallet_walletdeposit_add",
            "client_wallet.take_deposit",
        ),
        (
            "Take payment",
            "payments",
            "invoicing_app_depositreceiving_add",
            "invoicing_app.take_payment",
        ),
        ("Patients", "group", "smcapp1_patientprofile_changelist", "smcapp1.view_patientprofile"),
        (
            "Consultations",
            "stethoscope",
            "smcapp1_consultation_changelist",
            "smcapp1.view_consultation",
        ),
        (
            "Payments",
            "receipt_long",
            "invoicing_app_depositreceiving_changelist",
            "invoicing_app.view_depositreceiving",
        ),
        (
            "Deposits",
            "savings",
            "client_wallet_walletdeposit_changelist",
            "client_wallet.view_walletdeposit",
        ),
        (
            "Wallets",
            "account_balance_wallet",
            "client_wallet_walletaccount_changelist",
            "client_wallet.view_walletaccount",
        ),
        (
            "Transfers",
            "sync_alt",
            "client_wallet_transfer_changelist",
            "client_wallet.view_transfer",
        ),
        (
            "Withdrawals",
            "output",
            "client_wallet_withdrawal_changelist",
            "client_wallet.view_withdrawal",
        ),
        (
            "Withdrawals to review",
            "gavel",
            "client_wallet_withdrawal_review",
            "client_wallet.review_withdrawal",
        ),
        (
            "Online payments",
            "language",
            "client_wallet_onlinepayment_changelist",
            "client_wallet.view_onlinepayment",
        ),
        (
            "Online payments to look into",
            "troubleshoot",
            "client_wallet_gatewayevent_review",
            "client_wallet.review_gatewayevent",
        ),
        ("Shifts", "point_of_sale", "client_wallet_shift_changelist", "client_wallet.view_shift"),
        (
            "Shifts to accept",
            "fact_check",
            "client_wallet_shift_to_accept",
            "client_wallet.accept_variance",
        ),
        (
            "Hand-overs of cash",
            "swap_horiz",
            "client_wallet_handover_changelist",
            "client_wallet.view_handover",
        ),
        (
            "Bill items",
            "list_alt",
            "invoicing_app_billitem_changelist",
            "invoicing_app.view_billitem",
        ),
        (
            "Refunds",
            "currency_exchange",
            "invoicing_app_refund_changelist",
            "invoicing_app.view_refund",
        ),
        (
            "Refunds to decide on",
            "rule_settings",
            "invoicing_app_refund_waiting",
            "invoicing_app.approve_refund",
        ),
        (
            "Refunds to pay out",
            "price_check",
            "invoicing_app_refund_to_pay_out",
            "invoicing_app.pay_out_refund",
        ),
        (
            "Waivers",
            "volunteer_activism",
            "invoicing_app_waiver_changelist",
            "invoicing_app.view_waiver",
        ),
        (
            "Waivers to decide on",
            "rule",
            "invoicing_app_waiver_waiting",
            "invoicing_app.approve_waiver",
        ),
    ],
    "Pharmacy and laboratory": [
        (
            "Drugs to hand out",
            "medication_liquid",
            "invoicing_app_drughandout_waiting",
            "invoicing_app.view_drughandout",
        ),
        (
            "Drugs handed out",
            "check_box",
            "invoicing_app_drughandout_changelist",
            "invoicing_app.view_drughandout",
        ),
        ("Tests waiting", "labs", "smcapp1_labresult_waiting", "smcapp1.view_labresult"),
        ("Lab results", "lab_profile", "smcapp1_labresult_changelist", "smcapp1.view_labresult"),
        ("Stock by drug", "medication", "smcapp1_serviceitem_stock", "smcapp1.view_stockbatch"),
        ("Stock by batch", "package_2", "smcapp1_stockbatch_changelist", "smcapp1.view_stockbatch"),
        (
            "Near expiry",
            "event_busy",
            "smcapp1_stockbatch_near_expiry",
            "smcapp1.view_stockbatch",
        ),
        (
            "Low stock",
            "production_quantity_limits",
            "smcapp1_serviceitem_low_stock",
            "smcapp1.view_stockbatch",
        ),
        (
            "Stock counts",
            "checklist",
            "smcapp1_stockcount_changelist",
            "smcapp1.view_stockcount",
        ),
        (
            "Stock movements",
            "swap_vert",
            "smcapp1_stockmovement_changelist",
            "smcapp1.view_stockmovement",
        ),
    ],
    "Payers": [
        ("Payers", "handshake", "invoicing_app_payer_changelist", "invoicing_app.view_payer"),
        (
            "Patients' covers",
            "badge",
            "invoicing_app_patientcover_changelist",
            "invoicing_app.view_patientcover",
        ),
        ("Claims", "request_quote", "invoicing_app_claim_changelist", "invoicing_app.view_claim"),
        (
            "Claim batches",
            "outbox",
            "invoicing_app_claimbatch_changelist",
            "invoicing_app.view_claimbatch",
        ),
        (
            "Remittances",
            "call_received",
            "invoicing_app_remittance_changelist",
            "invoicing_app.view_remittance",
        ),
        (
            "Short payments",
            "difference",
            "invoicing_app_shortpayment_changelist",
            "invoicing_app.view_shortpayment",
        ),
        (
            "Write-offs to decide on",
            "money_off",
            "invoicing_app_shortpayment_write_offs",
            "invoicing_app.approve_write_off",
        ),
    ],
    "Catalogue": [
        ("Items and prices", "sell", "smcapp1_serviceitem_changelist", "smcapp1.view_serviceitem"),
        (
            "Departments",
            "apartment",
            "smcapp1_department_changelist",
            "smcapp1.view_department",
        ),
        (
            "Reasons of waivers",
            "list",
            "invoicing_app_waiverreason_changelist",
            "invoicing_app.change_waiverreason",
        ),
        (
            "Limits of waivers",
            "production_quantity_limits",
            "invoicing_app_waiverlimit_changelist",
            "invoicing_app.change_waiverlimit",
        ),
    ],
    "Books": [
        ("Reports", "bar_chart", "reports:index", "client_wallet.view_journalentry"),
        (
            "Journal",
            "menu_book",
            "client_wallet_journalentry_changelist",
            "client_wallet.view_journalentry",
        ),
        (
            "Accounts",
            "account_balance",
            "client_wallet_ledgeraccount_changelist",
            "client_wallet.view_ledgeraccount",
        ),
        (
            "Closed days",
            "event_available",
            "client_wallet_businessdayclosure_changelist",
            "client_wallet.view_businessdayclosure",
        ),
        (
            "Z reports",
            "receipt",
            "client_wallet_shift_z_reports",
            "client_wallet.view_zreport",
        ),
        (
            "Cash in transit",
            "local_shipping",
            "client_wallet_handover_in_transit",
            "client_wallet.view_zreport",
        ),
        (
            "Gateway payouts",
            "move_to_inbox",
            "client_wallet_gatewaypayout_changelist",
            "client_wallet.view_gatewaypayout",
        ),
        (
            "What gateways said",
            "forum",
            "client_wallet_gatewayevent_changelist",
            "client_wallet.view_gatewayevent",
        ),
        (
            "Printed receipts",
            "print",
            "client_wallet_receiptprint_changelist",
            "client_wallet.view_receiptprint",
        ),
    ],
    "Access": [
        ("Users", "person", "core_user_changelist", "core.view_user"),
        ("Roles", "shield_person", "auth_group_changelist", "auth.view_group"),
        (
            "Failed sign-ins",
            "lock_person",
            "core_failedsignin_changelist",
            "core.view_failedsignin",
        ),
        (
            "One-time codes",
            "pin",
            "smcapp1_patientcode_changelist",
            "smcapp1.view_patientcode",
        ),
        (
            "Second factors",
            "phonelink_lock",
            "core_secondfactor_changelist",
            "core.view_secondfactor",
        ),
        ("Changes", "history", "core_change_changelist", "core.view_change"),
    ],
}


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the menu of the signed-in user: what their permissions let them see."""
    groups = {
        place: [_entry(item) for item in items if request.user.has_perm(item[-1])]
        for place, items in MENU.items()
    }
    _mark_active([entry for entries in groups.values() for entry in entries], request.path)
    return [{"title": place, "items": entries} for place, entries in groups.items() if entries]


def _entry(item: Item) -> dict[str, Any]:
    title, icon, page, _ = item
    link = reverse(page if ":" in page else f"admin:{page}")
    return {"title": title, "icon": icon, "link": link, "active": False}


def _mark_active(entries: list[dict[str, Any]], path: str) -> None:
    """Mark the one entry whose page this is, or is below: "take payment" is not also "payments"."""
    above = [entry for entry in entries if path.startswith(entry["link"])]
    if above:
        max(above, key=lambda entry: len(entry["link"]))["active"] = True
