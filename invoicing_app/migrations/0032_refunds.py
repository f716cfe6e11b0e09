"""
Refunds: what was asked, in which version, who agreed, what was paid out, and where drugs went.

Of no line and no tender goes more back than came in, whoever forgets a lock. What was asked changes
only with a version of its own, which takes the approval away.
"""

from decimal import Decimal

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARDS = """
CREATE FUNCTION invoicing_app_refunds_stay_within(touched bigint[]) RETURNS void LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    wrong bigint;
BEGIN
    -- One refund of a payment after the other: what is looked at below is committed.
    PERFORM pg_advisory_xact_lock(1380271698, hashint8(payment_id))
       FROM (SELECT DISTINCT payment_id FROM invoicing_app_refund
              WHERE id = ANY (touched) ORDER BY 1) AS paid;
    SELECT line.id INTO wrong
      FROM invoicing_app_paymentline line
      JOIN invoicing_app_billitem item ON item.id = line.bill_item_id
      JOIN (SELECT part.payment_line_id, sum(part.quantity) AS quantity,
                   sum(part.amount) AS amount, sum(part.payer_amount) AS payer_amount
              FROM invoicing_app_refundline part
              JOIN invoicing_app_refund refund
                   ON refund.id = part.refund_id AND refund.version = part.version
             WHERE refund.status NOT IN ('REJECTED', 'WITHDRAWN')
               AND refund.payment_id IN (SELECT payment_id FROM invoicing_app_refund
                                          WHERE id = ANY (touched))
             GROUP BY 1) AS back ON back.payment_line_id = line.id
     WHERE back.quantity > item.quantity OR back.amount > line.amount
        OR back.payer_amount > line.payer_amount
        OR back.quantity = item.quantity
           AND (back.amount, back.payer_amount) <> (line.amount, line.payer_amount)
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'payment line %: more is refunded than was paid', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refunded_no_more_than_was_paid';
    END IF;
    SELECT tender.id INTO wrong
      FROM invoicing_app_paymenttender tender
      JOIN invoicing_app_refundtender part ON part.tender_id = tender.id
      JOIN invoicing_app_refund refund
           ON refund.id = part.refund_id AND refund.version = part.version
     WHERE refund.status NOT IN ('REJECTED', 'WITHDRAWN')
       AND refund.payment_id IN (SELECT payment_id FROM invoicing_app_refund
                                  WHERE id = ANY (touched))
     GROUP BY tender.id, tender.amount HAVING sum(part.amount) > tender.amount
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'tender %: more goes back than came in', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'tender_gives_back_no_more_than_it_took';
    END IF;
END $$;

CREATE FUNCTION invoicing_app_lines_make_up_the_refund() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    wrong bigint;
BEGIN
    SELECT fresh.refund_id INTO wrong
      FROM (SELECT refund_id, version, count(*) AS number FROM new_lines GROUP BY 1, 2) AS fresh
      JOIN invoicing_app_refund refund ON refund.id = fresh.refund_id
     CROSS JOIN LATERAL (
           SELECT count(*) AS number, sum(line.amount) AS amount,
                  sum(line.payer_amount) AS payer_amount,
                  bool_and(paid.payment_id = refund.payment_id) AS is_of_it
             FROM invoicing_app_refundline line
             JOIN invoicing_app_paymentline paid ON paid.id = line.payment_line_id
            WHERE line.refund_id = fresh.refund_id AND line.version = fresh.version) AS whole
     WHERE fresh.version <> refund.version OR refund.status <> 'REQUESTED'
        OR fresh.number <> whole.number OR NOT whole.is_of_it
        OR (whole.amount, whole.payer_amount) <> (refund.amount, refund.payer_amount)
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the lines of refund % do not make it up', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'lines_make_up_the_refund';
    END IF;
    PERFORM invoicing_app_refunds_stay_within(
        (SELECT array_agg(DISTINCT refund_id) FROM new_lines));
    RETURN NULL;
END $$;

CREATE FUNCTION invoicing_app_tenders_make_up_the_refund() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    wrong bigint;
BEGIN
    SELECT fresh.refund_id INTO wrong
      FROM (SELECT refund_id, version, count(*) AS number FROM new_tenders GROUP BY 1, 2) AS fresh
      JOIN invoicing_app_refund refund ON refund.id = fresh.refund_id
     CROSS JOIN LATERAL (
           SELECT count(*) AS number, sum(part.amount) AS amount,
                  bool_and(paid.payment_id = refund.payment_id
                           AND paid.payment_method = part.payment_method) AS is_of_it
             FROM invoicing_app_refundtender part
             JOIN invoicing_app_paymenttender paid ON paid.id = part.tender_id
            WHERE part.refund_id = fresh.refund_id AND part.version = fresh.version) AS whole
     WHERE fresh.version <> refund.version OR refund.status <> 'REQUESTED'
        OR fresh.number <> whole.number OR NOT whole.is_of_it
        OR whole.amount <> refund.amount + refund.rounding
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the tenders of refund % do not make it up', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'tenders_make_up_the_refund';
    END IF;
    PERFORM invoicing_app_refunds_stay_within(
        (SELECT array_agg(DISTINCT refund_id) FROM new_tenders));
    RETURN NULL;
END $$;

CREATE FUNCTION invoicing_app_refund_is_whole() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM invoicing_app_refundline line
                    WHERE line.refund_id = NEW.id AND line.version = NEW.version)
       OR NEW.amount + NEW.rounding <> (
            SELECT coalesce(sum(part.amount), 0) FROM invoicing_app_refundtender part
             WHERE part.refund_id = NEW.id AND part.version = NEW.version) THEN
        RAISE EXCEPTION 'refund % has no lines, or not what goes back', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_is_whole';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER lines_make_up_the_refund AFTER INSERT ON invoicing_app_refundline
    REFERENCING NEW TABLE AS new_lines
    FOR EACH STATEMENT EXECUTE FUNCTION invoicing_app_lines_make_up_the_refund();
CREATE TRIGGER tenders_make_up_the_refund AFTER INSERT ON invoicing_app_refundtender
    REFERENCING NEW TABLE AS new_tenders
    FOR EACH STATEMENT EXECUTE FUNCTION invoicing_app_tenders_make_up_the_refund();
CREATE TRIGGER refund_is_whole AFTER UPDATE ON invoicing_app_refund
    FOR EACH ROW WHEN (NEW.status IN ('APPROVED', 'PAID'))
    EXECUTE FUNCTION invoicing_app_refund_is_whole();
CREATE TRIGGER asked_for_first BEFORE INSERT ON invoicing_app_refund
    FOR EACH ROW WHEN (NEW.status <> 'REQUESTED' OR NEW.version <> 1)
    EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER moves_of_a_refund BEFORE UPDATE ON invoicing_app_refund
    FOR EACH ROW WHEN (
        (OLD.payment_id, OLD.requested_by_id, OLD.requested_at)
        IS DISTINCT FROM (NEW.payment_id, NEW.requested_by_id, NEW.requested_at)
        OR OLD.version = NEW.version
        AND (OLD.kind, OLD.reason, OLD.cash_to, OLD.amount, OLD.payer_amount, OLD.rounding,
             OLD.request_hash)
            IS DISTINCT FROM
            (NEW.kind, NEW.reason, NEW.cash_to, NEW.amount, NEW.payer_amount, NEW.rounding,
             NEW.request_hash)
        OR NOT (OLD.status IN ('REQUESTED', 'APPROVED') AND NEW.status = 'REQUESTED'
                AND NEW.version = OLD.version + 1
             OR NEW.version = OLD.version AND (
                OLD.status = 'REQUESTED' AND NEW.status IN ('APPROVED', 'REJECTED', 'WITHDRAWN')
                OR OLD.status = 'APPROVED' AND NEW.status IN ('PAID', 'REJECTED', 'WITHDRAWN'))))
    EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER never_deleted BEFORE DELETE OR TRUNCATE ON invoicing_app_refund
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON invoicing_app_refundline
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON invoicing_app_refundtender
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON invoicing_app_refundedstock
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
ALTER TABLE invoicing_app_refund
    ENABLE ALWAYS TRIGGER refund_is_whole, ENABLE ALWAYS TRIGGER moves_of_a_refund,
    ENABLE ALWAYS TRIGGER asked_for_first, ENABLE ALWAYS TRIGGER never_deleted;
ALTER TABLE invoicing_app_refundline
    ENABLE ALWAYS TRIGGER lines_make_up_the_refund, ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE invoicing_app_refundtender
    ENABLE ALWAYS TRIGGER tenders_make_up_the_refund, ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE invoicing_app_refundedstock ENABLE ALWAYS TRIGGER append_only;
"""
BACKWARDS = """
DROP TRIGGER append_only ON invoicing_app_refundedstock;
DROP TRIGGER append_only ON invoicing_app_refundtender;
DROP TRIGGER append_only ON invoicing_app_refundline;
DROP TRIGGER never_deleted ON invoicing_app_refund;
DROP TRIGGER moves_of_a_refund ON invoicing_app_refund;
DROP TRIGGER asked_for_first ON invoicing_app_refund;
DROP TRIGGER refund_is_whole ON invoicing_app_refund;
DROP TRIGGER tenders_make_up_the_refund ON invoicing_app_refundtender;
DROP TRIGGER lines_make_up_the_refund ON invoicing_app_refundline;
DROP FUNCTION invoicing_app_refund_is_whole();
DROP FUNCTION invoicing_app_tenders_make_up_the_refund();
DROP FUNCTION invoicing_app_lines_make_up_the_refund();
DROP FUNCTION invoicing_app_refunds_stay_within(bigint[]);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0003_append_only"),
        ("client_wallet", "0026_what_gateways_gave_back"),
        ("invoicing_app", "0031_roles_of_stock_counts"),
        ("smcapp1", "0011_cancelled_tests"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Refund",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("CANCEL", "Cancelled payment"), ("RETURN", "Returned items")],
                        max_length=6,
                    ),
                ),
                ("reason", models.CharField(max_length=200)),
                (
                    "cash_to",
                    models.CharField(
                        choices=[("CASH", "Cash"), ("WALLET", "Wallet Account")],
                        default="CASH",
                        max_length=6,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                (
                    "payer_amount",
                    models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=14),
                ),
                (
                    "rounding",
                    models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=14),
                ),
                ("request_hash", models.CharField(max_length=64)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("REQUESTED", "Asked for"),
                            ("APPROVED", "Approved"),
                            ("PAID", "Paid out"),
                            ("REJECTED", "Rejected"),
                            ("WITHDRAWN", "Withdrawn"),
                        ],
                        default="REQUESTED",
                        max_length=10,
                    ),
                ),
                ("requested_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("decision_note", models.CharField(blank=True, max_length=200)),
                ("approved_hash", models.CharField(blank=True, max_length=64)),
                ("paid_at", models.DateTimeField(blank=True, null=True)),
                ("business_date", models.DateField(blank=True, db_index=True, null=True)),
                ("receipt_number", models.CharField(blank=True, max_length=30)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refund",
                        to="client_wallet.journalentry",
                    ),
                ),
                (
                    "paid_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="invoicing_app.depositreceiving",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "permissions": [
                    ("ask_refund", "Can ask for a refund"),
                    ("approve_refund", "Can decide on refunds that others asked for"),
                    ("pay_out_refund", "Can pay approved refunds out"),
                ],
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="RefundLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("quantity", models.PositiveIntegerField()),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                (
                    "payer_amount",
                    models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=14),
                ),
                ("sellable", models.BooleanField(default=False)),
                (
                    "payment_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refund_lines",
                        to="invoicing_app.paymentline",
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="invoicing_app.refund",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="RefundedStock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.PositiveIntegerField()),
                ("was_handed_out", models.BooleanField()),
                (
                    "dispensed",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunded",
                        to="invoicing_app.dispensedstock",
                    ),
                ),
                (
                    "movement",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunded_stock",
                        to="smcapp1.stockmovement",
                    ),
                ),
                (
                    "write_off",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunded_and_written_off",
                        to="smcapp1.stockmovement",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stock",
                        to="invoicing_app.refundline",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="RefundTender",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                (
                    "payment_method",
                    models.CharField(
                        choices=[
                            ("CASH", "Cash"),
                            ("CARD", "Card"),
                            ("TRANSFER", "Bank transfer"),
                            ("WALLET", "Wallet Account"),
                        ],
                        max_length=10,
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                (
                    "goes_to",
                    models.CharField(
                        choices=[
                            ("CASH", "Cash"),
                            ("CARD", "Card"),
                            ("TRANSFER", "Bank transfer"),
                            ("WALLET", "Wallet Account"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tenders",
                        to="invoicing_app.refund",
                    ),
                ),
                (
                    "tender",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refund_tenders",
                        to="invoicing_app.paymenttender",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(
                condition=models.Q(("status__in", ["REQUESTED", "APPROVED"])),
                fields=["-id"],
                name="refund_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cash_to__in", ["CASH", "WALLET"]), ("kind__in", ["CANCEL", "RETURN"])
                ),
                name="refund_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount__gte", 0), ("payer_amount__gte", 0), ("version__gt", 0)
                ),
                name="refund_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="refund_says_why"
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("decided_by", None), ("status", "REQUESTED")),
                    models.Q(
                        ("status__in", ["APPROVED", "PAID", "REJECTED", "WITHDRAWN"]),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="refund_is_decided_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status", "REQUESTED"),
                    models.Q(("decided_by", models.F("requested_by")), ("status", "WITHDRAWN")),
                    models.Q(
                        ("status", "REJECTED"),
                        models.Q(("decided_by", models.F("requested_by")), _negated=True),
                        models.Q(("decision_note", ""), _negated=True),
                    ),
                    models.Q(
                        ("status__in", ["APPROVED", "PAID"]),
                        models.Q(("decided_by", models.F("requested_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="refund_takes_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("approved_hash", ""),
                        ("status__in", ["REQUESTED", "REJECTED", "WITHDRAWN"]),
                    ),
                    models.Q(
                        ("approved_hash", models.F("request_hash")),
                        ("status__in", ["APPROVED", "PAID"]),
                    ),
                    _connector="OR",
                ),
                name="refund_is_approved_as_it_was_asked_for",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("paid_at__isnull", False),
                        ("paid_by__isnull", False),
                        ("status", "PAID"),
                        ("business_date__isnull", False),
                        models.Q(("receipt_number", ""), _negated=True),
                        models.Q(
                            ("entry__isnull", False),
                            models.Q(("amount", 0), ("payer_amount", 0), ("rounding", 0)),
                            _connector="OR",
                        ),
                    ),
                    models.Q(
                        models.Q(("status", "PAID"), _negated=True),
                        ("business_date", None),
                        ("entry", None),
                        ("paid_at", None),
                        ("paid_by", None),
                        ("receipt_number", ""),
                    ),
                    _connector="OR",
                ),
                name="refund_that_was_paid_has_its_entry",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(
                condition=models.Q(("receipt_number", ""), _negated=True),
                fields=("receipt_number",),
                name="refund_receipt_is_numbered_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="refundline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount__gte", 0), ("payer_amount__gte", 0), ("quantity__gt", 0)
                ),
                name="refund_line_above_zero",
            ),
        ),
        migrations.AddConstraint(
            model_name="refundline",
            constraint=models.UniqueConstraint(
                fields=("refund", "version", "payment_line"), name="refund_has_one_line_for_an_item"
            ),
        ),
        migrations.AddConstraint(
            model_name="refundedstock",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="refunded_stock_above_zero"
            ),
        ),
        migrations.AddConstraint(
            model_name="refundedstock",
            constraint=models.CheckConstraint(
                condition=models.Q(("was_handed_out", True), ("write_off", None), _connector="OR"),
                name="only_what_was_handed_out_is_written_off",
            ),
        ),
        migrations.AddConstraint(
            model_name="refundedstock",
            constraint=models.UniqueConstraint(
                fields=("line", "dispensed", "was_handed_out"),
                name="one_portion_of_each_stock_refunded",
            ),
        ),
        migrations.AddConstraint(
            model_name="refundtender",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="refund_tender_above_zero"
            ),
        ),
        migrations.AddConstraint(
            model_name="refundtender",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("payment_method__in", ["CASH", "CARD", "TRANSFER", "WALLET"]),
                    models.Q(
                        ("goes_to", models.F("payment_method")),
                        models.Q(("goes_to", "WALLET"), ("payment_method", "CASH")),
                        _connector="OR",
                    ),
                ),
                name="refund_tender_goes_where_it_came_from",
            ),
        ),
        migrations.AddConstraint(
            model_name="refundtender",
            constraint=models.UniqueConstraint(
                fields=("refund", "version", "tender"), name="refund_has_one_part_of_a_tender"
            ),
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
