"""
A paid drug may be handed out in parts: stock knows how much of it was handed out and taken back.

In all no more is handed out than was paid.
"""

import django.db.models.deletion
from django.db import migrations, models

FORWARDS = """
CREATE OR REPLACE FUNCTION invoicing_app_hand_out_is_of_a_paid_drug() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    wrong bigint;
BEGIN
    SELECT given.bill_item_id INTO wrong
      FROM (SELECT DISTINCT bill_item_id FROM new_hand_outs) given
      LEFT JOIN invoicing_app_billitem item ON item.id = given.bill_item_id
      LEFT JOIN smcapp1_department department ON department.id = item.department_id
     WHERE (item.status = 'PAID' AND department.kind = 'PHARMACY'
            AND (SELECT sum(quantity) FROM invoicing_app_drughandout given_in_all
                  WHERE given_in_all.bill_item_id = given.bill_item_id) <= item.quantity) IS NOT TRUE
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'bill item % is no paid drug of that quantity', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'hand_out_is_of_a_paid_drug';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON invoicing_app_handedoutstock
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
ALTER TABLE invoicing_app_handedoutstock ENABLE ALWAYS TRIGGER append_only;
"""
BACKWARDS = """
DROP TRIGGER append_only ON invoicing_app_handedoutstock;
CREATE OR REPLACE FUNCTION invoicing_app_hand_out_is_of_a_paid_drug() RETURNS trigger LANGUAGE plpgsql
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
"""


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing_app", "0019_tender_rules"),
        ("core", "0003_append_only"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="drughandout", name="an_item_is_handed_out_once"),
        migrations.AddField("dispensedstock", "quantity", models.PositiveIntegerField(null=True)),
        migrations.AddField("dispensedstock", "handed_out", models.PositiveIntegerField(default=0)),
        migrations.AddField("dispensedstock", "taken_back", models.PositiveIntegerField(default=0)),
        migrations.AddField(
            "dispensedstock", "brought_back", models.PositiveIntegerField(default=0)
        ),
        migrations.CreateModel(
            name="HandedOutStock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.PositiveIntegerField()),
                (
                    "hand_out",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="portions",
                        to="invoicing_app.drughandout",
                    ),
                ),
                (
                    "dispensed",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="portions",
                        to="invoicing_app.dispensedstock",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)),
                        name="handed_out_portion_above_zero",
                    ),
                    models.UniqueConstraint(
                        fields=("hand_out", "dispensed"), name="one_portion_of_each_stock"
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
