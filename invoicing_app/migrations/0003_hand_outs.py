"""
Drugs handed out: append-only, once per item, of paid drugs only and never more than was paid.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARDS = """
CREATE FUNCTION invoicing_app_hand_out_is_of_a_paid_drug() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    wrong bigint;
BEGIN
    SELECT given.bill_item_id INTO wrong
      FROM new_hand_outs given
      LEFT JOIN invoicing_app_billitem item ON item.id = given.bill_item_id
      LEFT JOIN smcapp1_department department ON department.id = item.department_id
     WHERE (item.status = 'PAID' AND department.kind = 'PHARMACY'
            AND given.quantity <= item.quantity) IS NOT TRUE
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'bill item % is no paid drug of that quantity', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'hand_out_is_of_a_paid_drug';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER hand_out_is_of_a_paid_drug AFTER INSERT ON invoicing_app_drughandout
    REFERENCING NEW TABLE AS new_hand_outs
    FOR EACH STATEMENT EXECUTE FUNCTION invoicing_app_hand_out_is_of_a_paid_drug();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON invoicing_app_drughandout
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
ALTER TABLE invoicing_app_drughandout ENABLE ALWAYS TRIGGER hand_out_is_of_a_paid_drug;
ALTER TABLE invoicing_app_drughandout ENABLE ALWAYS TRIGGER append_only;
"""
BACKWARDS = """
DROP TRIGGER hand_out_is_of_a_paid_drug ON invoicing_app_drughandout;
DROP TRIGGER append_only ON invoicing_app_drughandout;
DROP FUNCTION invoicing_app_hand_out_is_of_a_paid_drug();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing_app", "0002_roles"),
        ("smcapp1", "0005_stock_results_and_prices"),
        ("core", "0003_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DrugHandOut",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.PositiveIntegerField()),
                ("handed_out_at", models.DateTimeField()),
                (
                    "bill_item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hand_outs",
                        to="invoicing_app.billitem",
                    ),
                ),
                (
                    "handed_out_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "drug handed out",
                "verbose_name_plural": "drugs handed out",
                "permissions": [("hand_out_drugs", "Can hand out paid drugs")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)), name="hand_out_above_zero"
                    ),
                    models.UniqueConstraint(
                        fields=("bill_item",), name="an_item_is_handed_out_once"
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
