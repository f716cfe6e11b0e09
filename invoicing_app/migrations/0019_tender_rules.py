"""
Tenders stay, and agree with their payment; lines agree with their items; what was paid is not waived.

All tenders of a payment arrive in one statement, and none later.
"""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION invoicing_app_tenders_make_up_the_payment() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    wrong bigint;
BEGIN
    SELECT fresh.payment_id INTO wrong
      FROM (SELECT payment_id, count(*) AS number FROM new_tenders GROUP BY payment_id) AS fresh
      JOIN invoicing_app_depositreceiving payment ON payment.id = fresh.payment_id
     CROSS JOIN LATERAL (
           SELECT count(*) AS number, sum(amount) AS amount, sum(tendered) AS tendered,
                  sum(change_given) AS change_given, min(payment_method) AS payment_method,
                  (array_agg(wallet_id) FILTER (WHERE wallet_id IS NOT NULL))[1] AS wallet_id
             FROM invoicing_app_paymenttender tender
            WHERE tender.payment_id = fresh.payment_id) AS whole
     WHERE fresh.number <> whole.number
        OR whole.amount <> payment.total_due + payment.rounding
        OR whole.tendered <> payment.amount_paid
        OR whole.change_given <> payment.change_given
        OR whole.wallet_id IS DISTINCT FROM payment.wallet_id
        OR payment.payment_method
           <> CASE whole.number WHEN 1 THEN whole.payment_method ELSE 'SPLIT' END
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the tenders of payment % do not make it up', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'tenders_make_up_the_payment';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION invoicing_app_line_settles_its_item() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    wrong bigint;
BEGIN
    SELECT line.bill_item_id INTO wrong
      FROM new_lines line
      LEFT JOIN invoicing_app_billitem item ON item.id = line.bill_item_id
     WHERE (line.amount + line.payer_amount + line.waived = item.line_total
            AND line.waived = item.waived) IS NOT TRUE
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the line of bill item % does not add up to it', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'line_settles_its_item';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER tenders_make_up_the_payment AFTER INSERT ON invoicing_app_paymenttender
    REFERENCING NEW TABLE AS new_tenders
    FOR EACH STATEMENT EXECUTE FUNCTION invoicing_app_tenders_make_up_the_payment();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON invoicing_app_paymenttender
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER line_settles_its_item AFTER INSERT ON invoicing_app_paymentline
    REFERENCING NEW TABLE AS new_lines
    FOR EACH STATEMENT EXECUTE FUNCTION invoicing_app_line_settles_its_item();
CREATE TRIGGER settled_waiver_is_final BEFORE UPDATE ON invoicing_app_billitem
    FOR EACH ROW WHEN (OLD.waived <> NEW.waived AND OLD.status <> 'UNPAID')
    EXECUTE FUNCTION core_refuse_change();
ALTER TABLE invoicing_app_paymenttender ENABLE ALWAYS TRIGGER tenders_make_up_the_payment;
ALTER TABLE invoicing_app_paymenttender ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE invoicing_app_paymentline ENABLE ALWAYS TRIGGER line_settles_its_item;
ALTER TABLE invoicing_app_billitem ENABLE ALWAYS TRIGGER settled_waiver_is_final;
"""
BACKWARDS = """
DROP TRIGGER tenders_make_up_the_payment ON invoicing_app_paymenttender;
DROP TRIGGER append_only ON invoicing_app_paymenttender;
DROP TRIGGER line_settles_its_item ON invoicing_app_paymentline;
DROP TRIGGER settled_waiver_is_final ON invoicing_app_billitem;
DROP FUNCTION invoicing_app_tenders_make_up_the_payment();
DROP FUNCTION invoicing_app_line_settles_its_item();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing_app", "0018_tenders_of_earlier_payments"),
        ("core", "0003_append_only"),
    ]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
