"""
What the database keeps true of covers and claims, whatever the code does.

A claim's ``settled_amount`` is written here alone, with the settlements that it is the sum of: the
table's own rule then refuses more than was claimed, whoever comes second.
"""

from django.db import migrations

COVERS = """
CREATE FUNCTION invoicing_app_patient_cover_rules() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    -- One change of a patient's covers after the other: what is looked at below is committed.
    PERFORM pg_advisory_xact_lock(1129272914, hashint8(NEW.patient_id));
    IF EXISTS (SELECT FROM invoicing_app_patientcover other
                WHERE other.patient_id = NEW.patient_id AND other.id <> NEW.id
                  AND coalesce(other.valid_until, 'infinity') >= other.valid_from
                  AND coalesce(NEW.valid_until, 'infinity') >= NEW.valid_from
                  AND other.valid_from <= coalesce(NEW.valid_until, 'infinity')
                  AND NEW.valid_from <= coalesce(other.valid_until, 'infinity')) THEN
        RAISE EXCEPTION 'patient % has another cover in that time', NEW.patient_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'patient_cover_is_one_at_a_time';
    END IF;
    IF EXISTS (SELECT FROM invoicing_app_claim claim
                WHERE claim.cover_id = NEW.id AND claim.business_date > NEW.valid_until) THEN
        RAISE EXCEPTION 'patient cover % was used later', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'patient_cover_holds_where_it_was_used';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER patient_cover_rules BEFORE INSERT OR UPDATE ON invoicing_app_patientcover
    FOR EACH ROW EXECUTE FUNCTION invoicing_app_patient_cover_rules();
ALTER TABLE invoicing_app_patientcover ENABLE ALWAYS TRIGGER patient_cover_rules;
"""
NO_COVERS = """
DROP TRIGGER patient_cover_rules ON invoicing_app_patientcover;
DROP FUNCTION invoicing_app_patient_cover_rules();
"""
CLAIMS = """
CREATE FUNCTION invoicing_app_claim_is_of_its_line() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    wrong bigint;
BEGIN
    -- Whoever ends a cover waits for this payment, or this payment for them.
    PERFORM FROM invoicing_app_patientcover
      WHERE id IN (SELECT cover_id FROM new_claims) ORDER BY id FOR SHARE;
    SELECT claim.id INTO wrong
      FROM new_claims claim
      JOIN invoicing_app_paymentline line ON line.id = claim.payment_line_id
      JOIN invoicing_app_depositreceiving payment ON payment.id = line.payment_id
      JOIN invoicing_app_billitem item ON item.id = line.bill_item_id
      JOIN smcapp1_consultation consultation ON consultation.id = payment.consultation_id
      JOIN invoicing_app_patientcover cover ON cover.id = claim.cover_id
     WHERE (claim.amount, claim.settled_amount, claim.batch_id, claim.payer_id,
            claim.consultation_id, claim.department_id, claim.business_date, cover.patient_id)
           IS DISTINCT FROM
           (line.payer_amount, 0, NULL, cover.payer_id,
            payment.consultation_id, item.department_id, payment.business_date,
            consultation.patient_id)
        OR claim.business_date < cover.valid_from OR claim.business_date > cover.valid_until
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'claim % is not of its payment line and cover', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'claim_is_of_its_line_and_cover';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER claim_is_of_its_line AFTER INSERT ON invoicing_app_claim
    REFERENCING NEW TABLE AS new_claims
    FOR EACH STATEMENT EXECUTE FUNCTION invoicing_app_claim_is_of_its_line();
ALTER TABLE invoicing_app_claim ENABLE ALWAYS TRIGGER claim_is_of_its_line;

CREATE FUNCTION invoicing_app_claim_keeps_its_batch() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.batch_id IS NOT NULL
            AND (OLD.batch_id, OLD.claimed_amount)
                IS DISTINCT FROM (NEW.batch_id, NEW.claimed_amount)
            OR NEW.settled_amount < OLD.settled_amount THEN
        RAISE EXCEPTION 'claim %: what was claimed and settled stays', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'claim_keeps_its_past';
    END IF;
    IF NEW.batch_id IS DISTINCT FROM OLD.batch_id AND NOT EXISTS (
            SELECT FROM invoicing_app_claimbatch batch
             WHERE batch.id = NEW.batch_id AND batch.payer_id = NEW.payer_id
               AND NEW.business_date BETWEEN batch.period_from AND batch.period_to) THEN
        RAISE EXCEPTION 'claim % is not of the payer and period of its batch', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'claim_batch_is_of_its_payer_and_period';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER claim_keeps_its_batch BEFORE UPDATE ON invoicing_app_claim
    FOR EACH ROW EXECUTE FUNCTION invoicing_app_claim_keeps_its_batch();
ALTER TABLE invoicing_app_claim ENABLE ALWAYS TRIGGER claim_keeps_its_batch;
"""
NO_CLAIMS = """
DROP TRIGGER claim_keeps_its_batch ON invoicing_app_claim;
DROP FUNCTION invoicing_app_claim_keeps_its_batch();
DROP TRIGGER claim_is_of_its_line ON invoicing_app_claim;
DROP FUNCTION invoicing_app_claim_is_of_its_line();
"""
SETTLEMENTS = """
CREATE FUNCTION invoicing_app_settle_claims() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    wrong bigint;
BEGIN
    PERFORM FROM invoicing_app_claim
      WHERE id IN (SELECT claim_id FROM new_settlements) ORDER BY id FOR NO KEY UPDATE;
    UPDATE invoicing_app_claim claim
       SET settled_amount = claim.settled_amount + added.amount
      FROM (SELECT claim_id, sum(amount) AS amount FROM new_settlements GROUP BY 1) AS added
     WHERE claim.id = added.claim_id;
    SELECT remittance.id INTO wrong
      FROM invoicing_app_remittance remittance
      JOIN invoicing_app_claimsettlement part ON part.remittance_id = remittance.id
      JOIN invoicing_app_claim claim ON claim.id = part.claim_id
     WHERE remittance.id IN (SELECT remittance_id FROM new_settlements)
     GROUP BY remittance.id
    HAVING sum(part.amount) <> remittance.amount
        OR bool_or(claim.payer_id <> remittance.payer_id)
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'remittance % is not the sum of its parts, of one payer', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'remittance_is_allocated_whole';
    END IF;
    SELECT part.id INTO wrong
      FROM new_settlements part
      JOIN invoicing_app_shortpayment short ON short.id = part.short_payment_id
     WHERE (short.claim_id, short.amount, short.status,
            CASE short.outcome WHEN 'WRITE_OFF' THEN 'WRITTEN_OFF' ELSE 'BILLED_BACK' END)
           IS DISTINCT FROM (part.claim_id, part.amount, 'APPROVED', part.kind)
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'settlement % is not what was decided', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'claim_settlement_is_as_decided';
    END IF;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION invoicing_app_settle_claims() FROM PUBLIC;
CREATE TRIGGER settle_claims AFTER INSERT ON invoicing_app_claimsettlement
    REFERENCING NEW TABLE AS new_settlements
    FOR EACH STATEMENT EXECUTE FUNCTION invoicing_app_settle_claims();
ALTER TABLE invoicing_app_claimsettlement ENABLE ALWAYS TRIGGER settle_claims;

CREATE TRIGGER short_payment_is_decided_once BEFORE UPDATE ON invoicing_app_shortpayment
    FOR EACH ROW WHEN (OLD.status <> 'REQUESTED'
        OR (OLD.claim_id, OLD.outcome, OLD.amount, OLD.reason, OLD.requested_by_id)
           IS DISTINCT FROM
           (NEW.claim_id, NEW.outcome, NEW.amount, NEW.reason, NEW.requested_by_id))
    EXECUTE FUNCTION core_refuse_change();
ALTER TABLE invoicing_app_shortpayment ENABLE ALWAYS TRIGGER short_payment_is_decided_once;
"""
NO_SETTLEMENTS = """
DROP TRIGGER short_payment_is_decided_once ON invoicing_app_shortpayment;
DROP TRIGGER settle_claims ON invoicing_app_claimsettlement;
DROP FUNCTION invoicing_app_settle_claims();
"""
APPEND_ONLY = ("claimbatch", "remittance", "claimsettlement")
NEVER_DELETED = ("claim", "shortpayment")
AUDIT = """
SELECT core_audit('invoicing_app_payer');
SELECT core_audit('invoicing_app_cover',
                  'payer_id>invoicing_app_payer department_id>smcapp1_department');
SELECT core_audit('invoicing_app_patientcover',
                  'patient_id>smcapp1_patientprofile payer_id>invoicing_app_payer');
"""
NO_AUDIT = """
SELECT core_stop_audit('invoicing_app_patientcover');
SELECT core_stop_audit('invoicing_app_cover');
SELECT core_stop_audit('invoicing_app_payer');
"""


def kept(table, name, refused):
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER {name} BEFORE {refused} ON invoicing_app_{table}
            FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
        ALTER TABLE invoicing_app_{table} ENABLE ALWAYS TRIGGER {name};
        """,
        f"DROP TRIGGER {name} ON invoicing_app_{table}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing_app", "0023_payers"),
        ("core", "0006_changes_are_recorded"),
    ]
    operations = [
        migrations.RunSQL(COVERS, NO_COVERS),
        migrations.RunSQL(CLAIMS, NO_CLAIMS),
        migrations.RunSQL(SETTLEMENTS, NO_SETTLEMENTS),
        *(kept(table, "append_only", "UPDATE OR DELETE OR TRUNCATE") for table in APPEND_ONLY),
        *(kept(table, "never_deleted", "DELETE OR TRUNCATE") for table in NEVER_DELETED),
        migrations.RunSQL(AUDIT, NO_AUDIT),
    ]
