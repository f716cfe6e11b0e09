"""
Waivers: why, how much at once, what was asked, who agreed, what is in force, and what was taken back.

What was asked for never changes. All lines of a waiver arrive in one statement, and make it up.
"""

from decimal import Decimal

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARDS = """
CREATE FUNCTION invoicing_app_lines_make_up_the_waiver() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    wrong bigint;
BEGIN
    SELECT fresh.waiver_id INTO wrong
      FROM (SELECT waiver_id, count(*) AS number FROM new_lines GROUP BY waiver_id) AS fresh
      JOIN invoicing_app_waiver waiver ON waiver.id = fresh.waiver_id
     CROSS JOIN LATERAL (
           SELECT count(*) AS number, sum(line.amount) AS amount,
                  bool_and(item.consultation_id = waiver.consultation_id
                           AND item.department_id = waiver.department_id
                           AND item.id = coalesce(waiver.bill_item_id, item.id)) AS is_of_it
             FROM invoicing_app_waiverline line
             JOIN invoicing_app_billitem item ON item.id = line.bill_item_id
            WHERE line.waiver_id = fresh.waiver_id) AS whole
     WHERE fresh.number <> whole.number OR whole.amount <> waiver.amount OR NOT whole.is_of_it
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the lines of waiver % do not make it up', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'lines_make_up_the_waiver';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER lines_make_up_the_waiver AFTER INSERT ON invoicing_app_waiverline
    REFERENCING NEW TABLE AS new_lines
    FOR EACH STATEMENT EXECUTE FUNCTION invoicing_app_lines_make_up_the_waiver();
CREATE TRIGGER moves_of_a_waiver BEFORE UPDATE ON invoicing_app_waiver
    FOR EACH ROW WHEN (
        (OLD.consultation_id, OLD.department_id, OLD.bill_item_id, OLD.asked_amount,
         OLD.asked_percent, OLD.amount, OLD.reason_id, OLD.note, OLD.request_hash,
         OLD.requested_by_id, OLD.requested_at, OLD.day_limit, OLD.day_used)
        IS DISTINCT FROM
        (NEW.consultation_id, NEW.department_id, NEW.bill_item_id, NEW.asked_amount,
         NEW.asked_percent, NEW.amount, NEW.reason_id, NEW.note, NEW.request_hash,
         NEW.requested_by_id, NEW.requested_at, NEW.day_limit, NEW.day_used)
        OR NOT (OLD.status = 'REQUESTED' AND NEW.status IN ('GRANTED', 'REJECTED', 'WITHDRAWN')
            OR OLD.status = 'GRANTED' AND NEW.status = 'TAKEN_BACK'
            AND (OLD.decided_by_id, OLD.decided_at, OLD.decision_note, OLD.approved_hash,
                 OLD.entry_id, OLD.business_date)
            IS NOT DISTINCT FROM
                (NEW.decided_by_id, NEW.decided_at, NEW.decision_note, NEW.approved_hash,
                 NEW.entry_id, NEW.business_date)))
    EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER never_deleted BEFORE DELETE OR TRUNCATE ON invoicing_app_waiver
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER taken_back_once BEFORE UPDATE ON invoicing_app_waiverline
    FOR EACH ROW WHEN (
        OLD.taken_back_id IS NOT NULL OR NEW.taken_back_id IS NULL
        OR (OLD.waiver_id, OLD.bill_item_id, OLD.amount)
           IS DISTINCT FROM (NEW.waiver_id, NEW.bill_item_id, NEW.amount))
    EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER never_deleted BEFORE DELETE OR TRUNCATE ON invoicing_app_waiverline
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON invoicing_app_waivertakeback
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
ALTER TABLE invoicing_app_waiver
    ENABLE ALWAYS TRIGGER moves_of_a_waiver, ENABLE ALWAYS TRIGGER never_deleted;
ALTER TABLE invoicing_app_waiverline
    ENABLE ALWAYS TRIGGER lines_make_up_the_waiver, ENABLE ALWAYS TRIGGER taken_back_once,
    ENABLE ALWAYS TRIGGER never_deleted;
ALTER TABLE invoicing_app_waivertakeback ENABLE ALWAYS TRIGGER append_only;

SELECT core_audit('invoicing_app_waiverreason');
SELECT core_audit('invoicing_app_waiverlimit', 'role_id>auth_group');
"""
BACKWARDS = """
SELECT core_stop_audit('invoicing_app_waiverlimit');
SELECT core_stop_audit('invoicing_app_waiverreason');
DROP TRIGGER append_only ON invoicing_app_waivertakeback;
DROP TRIGGER never_deleted ON invoicing_app_waiverline;
DROP TRIGGER taken_back_once ON invoicing_app_waiverline;
DROP TRIGGER lines_make_up_the_waiver ON invoicing_app_waiverline;
DROP TRIGGER never_deleted ON invoicing_app_waiver;
DROP TRIGGER moves_of_a_waiver ON invoicing_app_waiver;
DROP FUNCTION invoicing_app_lines_make_up_the_waiver();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("client_wallet", "0022_account_of_waivers"),
        ("invoicing_app", "0024_payer_rules"),
        ("core", "0008_records_of_any_id"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="WaiverReason",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=30, unique=True)),
                ("name", models.CharField(max_length=80)),
                (
                    "is_active",
                    models.BooleanField(
                        default=True, help_text="Whether it can be chosen for a new waiver."
                    ),
                ),
            ],
            options={
                "default_permissions": ("add", "change", "view"),
            },
        ),
        migrations.CreateModel(
            name="Waiver",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "asked_amount",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True),
                ),
                (
                    "asked_percent",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("note", models.CharField(max_length=200)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("REQUESTED", "Asked for"),
                            ("GRANTED", "Granted"),
                            ("REJECTED", "Rejected"),
                            ("WITHDRAWN", "Withdrawn"),
                            ("TAKEN_BACK", "Taken back"),
                        ],
                        max_length=10,
                    ),
                ),
                ("request_hash", models.CharField(max_length=64)),
                ("requested_at", models.DateTimeField()),
                (
                    "day_limit",
                    models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=14),
                ),
                (
                    "day_used",
                    models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=14),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("decision_note", models.CharField(blank=True, max_length=200)),
                ("approved_hash", models.CharField(blank=True, max_length=64)),
                ("business_date", models.DateField(blank=True, db_index=True, null=True)),
                (
                    "bill_item",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing_app.billitem",
                    ),
                ),
                (
                    "consultation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="waivers",
                        to="smcapp1.consultation",
                    ),
                ),
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
                    "department",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="smcapp1.department",
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="waiver",
                        to="client_wallet.journalentry",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reason",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="waivers",
                        to="invoicing_app.waiverreason",
                    ),
                ),
            ],
            options={
                "permissions": [
                    ("grant_waiver", "Can waive within the limit, and ask for more"),
                    ("approve_waiver", "Can decide on waivers that others asked for"),
                    ("take_back_waiver", "Can take a waiver back before it is paid"),
                ],
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="WaiverTakeBack",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("reason", models.CharField(max_length=200)),
                ("taken_back_at", models.DateTimeField()),
                ("business_date", models.DateField(db_index=True)),
                (
                    "consultation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="smcapp1.consultation",
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="waiver_take_back",
                        to="client_wallet.journalentry",
                    ),
                ),
                (
                    "taken_back_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "waiver taken back",
                "verbose_name_plural": "waivers taken back",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="WaiverLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                (
                    "bill_item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="waiver_lines",
                        to="invoicing_app.billitem",
                    ),
                ),
                (
                    "waiver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="invoicing_app.waiver",
                    ),
                ),
                (
                    "taken_back",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="invoicing_app.waivertakeback",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="WaiverLimit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "day_amount",
                    models.DecimalField(
                        decimal_places=2,
                        help_text="In a business day, of all waivers together.",
                        max_digits=14,
                    ),
                ),
                (
                    "role",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="auth.group",
                    ),
                ),
            ],
            options={
                "default_permissions": ("add", "change", "view"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("day_amount__gte", 0)), name="waiver_limit_not_negative"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="waiver",
            index=models.Index(
                condition=models.Q(("status", "REQUESTED")), fields=["-id"], name="waiver_waiting"
            ),
        ),
        migrations.AddConstraint(
            model_name="waiver",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="waiver_above_zero"
            ),
        ),
        migrations.AddConstraint(
            model_name="waiver",
            constraint=models.CheckConstraint(
                condition=models.Q(("note", ""), _negated=True), name="waiver_says_why"
            ),
        ),
        migrations.AddConstraint(
            model_name="waiver",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("asked_amount__gt", 0),
                        ("asked_amount__isnull", False),
                        ("asked_percent", None),
                    ),
                    models.Q(
                        ("asked_amount", None),
                        ("asked_percent__isnull", False),
                        ("asked_percent__gt", 0),
                        ("asked_percent__lte", 100),
                    ),
                    _connector="OR",
                ),
                name="waiver_is_an_amount_or_a_percentage",
            ),
        ),
        migrations.AddConstraint(
            model_name="waiver",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("decided_by", None), ("status", "REQUESTED")),
                    models.Q(
                        ("status__in", ["GRANTED", "REJECTED", "WITHDRAWN", "TAKEN_BACK"]),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="waiver_is_decided_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="waiver",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("status__in", ["REQUESTED", "REJECTED", "WITHDRAWN"]),
                        ("approved_hash", ""),
                        ("business_date", None),
                        ("entry", None),
                    ),
                    models.Q(
                        ("status__in", ["GRANTED", "TAKEN_BACK"]),
                        ("business_date__isnull", False),
                        ("entry__isnull", False),
                        ("approved_hash", models.F("request_hash")),
                    ),
                    _connector="OR",
                ),
                name="waiver_is_granted_as_it_was_asked_for",
            ),
        ),
        migrations.AddConstraint(
            model_name="waiver",
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
                        ("status__in", ["GRANTED", "TAKEN_BACK"]),
                        models.Q(
                            models.Q(("decided_by", models.F("requested_by")), _negated=True),
                            (
                                "day_limit__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("day_used"), "+", models.F("amount")
                                ),
                            ),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="waiver_above_the_limit_takes_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="waivertakeback",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="waiver_take_back_above_zero"
            ),
        ),
        migrations.AddConstraint(
            model_name="waivertakeback",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="waiver_take_back_says_why"
            ),
        ),
        migrations.AddConstraint(
            model_name="waiverline",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="waiver_line_above_zero"
            ),
        ),
        migrations.AddConstraint(
            model_name="waiverline",
            constraint=models.UniqueConstraint(
                fields=("waiver", "bill_item"), name="waiver_has_one_line_for_an_item"
            ),
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
