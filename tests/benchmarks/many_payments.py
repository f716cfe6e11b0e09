"""Books with many payments in cash, by card and by transfer: written in bulk, under all rules."""

from collections.abc import Iterator

from client_wallet import ledger
from hospital.core.models import User
from tests.databases import owner_cursor, pointing_at
from tests.factories import make_bill, make_item

AT_ONCE = 20_000
DAYS = 200  # over which they are spread
_PAYMENTS = """
    WITH sample AS (SELECT * FROM invoicing_app_billitem ORDER BY id LIMIT 1),
    shift AS (SELECT id, drawer_id FROM client_wallet_shift
               WHERE cashier_id = %(actor)s AND status = 'OPEN'),
    numbered AS (
        SELECT number, gen_random_uuid() AS uid, number %% 3 AS kind,
               current_date - (number %% %(days)s)::integer AS day,
               now() - (number %% %(days)s) * interval '1 day' AS paid_at,
               'LONG-' || number AS receipt
          FROM generate_series(%(first)s, %(last)s) AS number),
    entry AS (
        INSERT INTO client_wallet_journalentry
               (uid, kind, posted_at, business_date, actor_id, memo, shift_id)
        SELECT uid, 'PAYMENT', paid_at, day, %(actor)s, receipt, shift.id FROM numbered, shift
        RETURNING id, uid),
    placed AS (SELECT numbered.*, entry.id AS entry_id FROM numbered JOIN entry USING (uid)),
    lines AS (
        INSERT INTO client_wallet_posting (entry_id, account_id, side, amount, chain_hash)
        SELECT entry_id, (ARRAY[shift.drawer_id, 'CARD_CLEARING', 'BANK'])[1 + kind], 'DEBIT',
               10.00, ''
          FROM placed, shift
        UNION ALL
        SELECT entry_id, (ARRAY['REVENUE-A', 'REVENUE-B', 'REVENUE-C'])[1 + number / 3 %% 3],
               'CREDIT', 10.00, ''
          FROM placed),
    item AS (
        INSERT INTO invoicing_app_billitem
               (consultation_id, service_item_id, department_id, description, quantity, unit_price,
                line_total, status, receipt_number, ordered_by_id, ordered_at, void_reason)
        SELECT sample.consultation_id, sample.service_item_id, sample.department_id,
               sample.description, 1, 10.00, 10.00, 'PAID', placed.receipt, %(actor)s,
               placed.paid_at, ''
          FROM placed, sample
        RETURNING id, receipt_number),
    payment AS (
        INSERT INTO invoicing_app_depositreceiving
               (consultation_id, department, payment_method, total_due, amount_paid, change_given,
                external_reference, receipt_number, taken_by_id, created_at, business_date,
                entry_id)
        SELECT sample.consultation_id, 'ALL', (ARRAY['CASH', 'CARD', 'TRANSFER'])[1 + kind], 10.00,
               10.00, 0.00, '', placed.receipt, %(actor)s, placed.paid_at, placed.day,
               placed.entry_id
          FROM placed, sample
        RETURNING id, receipt_number, payment_method),
    tender AS (
        INSERT INTO invoicing_app_paymenttender
               (payment_id, payment_method, amount, tendered, external_reference)
        SELECT id, payment_method, 10.00, 10.00, '' FROM payment)
    INSERT INTO invoicing_app_paymentline (payment_id, bill_item_id, amount)
    SELECT payment.id, item.id, 10.00 FROM payment JOIN item USING (receipt_number)"""


def write_payments(database: str, number: int) -> Iterator[int]:
    """Write so many payments of one item each, and yield how many there are after each step."""
    with pointing_at(database):
        make_bill(make_item("PROCEDURE"))
        ledger.revenue_accounts({"A": "First", "B": "Second", "C": "Third"})
        actor = User.objects.filter(groups__name="Cashier").earliest("pk").pk
    with owner_cursor(database) as cursor:
        for first in range(1, number + 1, AT_ONCE):
            last = min(first + AT_ONCE - 1, number)
            named = {"first": first, "last": last, "actor": actor, "days": DAYS}
            cursor.execute(_PAYMENTS, named)
            yield last
        cursor.execute("VACUUM (ANALYZE)")
