"""Writes a payment, its tenders and its lines, and its items as paid: all in one statement."""

from collections.abc import Sequence
from typing import Any

from client_wallet.models import PaymentMethod
from hospital.core.statements import Statement, run
from invoicing_app.bills import Bill
from invoicing_app.models import BillItem, DepositReceiving, PaymentTender
from invoicing_app.payment_facts import ShownItem
from invoicing_app.tenders import Kept, Settlement

_WRITE = Statement(
    "write_payment",
    """
    WITH payment AS (
        INSERT INTO invoicing_app_depositreceiving
               (consultation_id, department, payment_method, total_due, amount_paid, change_given,
                rounding, wallet_id, external_reference, receipt_number, taken_by_id, created_at,
                business_date, entry_id)
        VALUES (%(consultation_id)s::bigint, %(department)s::text, %(payment_method)s::text,
                %(total_due)s::numeric, %(amount_paid)s::numeric, %(change_given)s::numeric,
                %(rounding)s::numeric, %(wallet_id)s::uuid, %(external_reference)s::text,
                %(receipt_number)s::text, %(taken_by_id)s::bigint, %(created_at)s::timestamptz,
                %(business_date)s::date, %(entry_id)s::bigint)
        RETURNING id),
    tenders AS (
        INSERT INTO invoicing_app_paymenttender
               (payment_id, payment_method, amount, tendered, change_given, wallet_id,
                external_reference)
        SELECT payment.id, tender.*
          FROM payment, unnest(%(methods)s::text[], %(amounts)s::numeric[], %(tendered)s::numeric[],
                               %(changes)s::numeric[], %(wallets)s::uuid[], %(references)s::text[])
                        AS tender),
    settled AS (
        SELECT * FROM unnest(%(items)s::bigint[], %(lab_results)s::bigint[], %(shares)s::numeric[])
            AS settled (id, lab_result_id, payer_share)),
    marked AS (
        UPDATE invoicing_app_billitem item
           SET status = 'PAID', receipt_number = %(receipt_number)s::text,
               lab_result_id = settled.lab_result_id
          FROM settled
         WHERE item.id = settled.id AND item.status = 'UNPAID'
        RETURNING item.id, item.line_total, item.waived, settled.payer_share),
    lines AS (
        INSERT INTO invoicing_app_paymentline
               (payment_id, bill_item_id, amount, payer_amount, waived)
        SELECT payment.id, marked.id, line_total - waived - payer_share, payer_share, waived
          FROM payment, marked ORDER BY marked.id)
    SELECT id, (SELECT count(*) FROM marked) FROM payment""",
)
_COLUMNS = (
    "consultation_id",
    "department",
    "payment_method",
    "total_due",
    "amount_paid",
    "change_given",
    "rounding",
    "wallet_id",
    "external_reference",
    "receipt_number",
    "taken_by_id",
    "created_at",
    "business_date",
    "entry_id",
)


def write_payment(
    payment: DepositReceiving, settlement: Settlement, bill: Bill
) -> tuple[list[ShownItem], list[PaymentTender]]:
    """
    Write the payment of what is unpaid on the bill, and that its items are paid: receipt number and
    lab result. The caller holds the consultation. Return the items with the payer's share of each,
    and the tenders; the payment is given its id.
    """
    settled = [(item, bill.payer_share(item)) for item in bill.unpaid]
    tenders = [_tender(payment, kept) for kept in settlement.kept]
    values = {
        **{name: getattr(payment, name) for name in _COLUMNS},
        **_columns(tenders),
        "items": [item.pk for item, _ in settled],
        "lab_results": [item.lab_result_id for item, _ in settled],
        "shares": [share for _, share in settled],
    }
    payment.pk, marked = run([_WRITE], values) or (None, 0)
    if marked != len(settled):
        raise RuntimeError(f"{len(settled)} items were to be paid, {marked} were unpaid")
    for item, _ in settled:
        item.status = BillItem.Status.PAID
        item.receipt_number = payment.receipt_number
    return settled, tenders


def _tender(payment: DepositReceiving, kept: Kept) -> PaymentTender:
    return PaymentTender(
        payment=payment,
        payment_method=kept.payment_method,
        amount=kept.amount,
        tendered=kept.tendered,
        change_given=kept.change_given,
        wallet=payment.wallet if kept.payment_method == PaymentMethod.WALLET else None,
        external_reference=kept.external_reference,
    )


def _columns(tenders: Sequence[PaymentTender]) -> dict[str, list[Any]]:
    return {
        "methods": [str(tender.payment_method) for tender in tenders],
        "amounts": [tender.amount for tender in tenders],
        "tendered": [tender.tendered for tender in tenders],
        "changes": [tender.change_given for tender in tenders],
        "wallets": [tender.wallet_id for tender in tenders],
        "references": [tender.external_reference for tender in tenders],
    }
