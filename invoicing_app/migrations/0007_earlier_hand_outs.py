"""Drugs that were handed out before stock knew it."""

from django.db import migrations

FORWARDS = """
UPDATE invoicing_app_dispensedstock dispensed SET hand_out_id = given.id
  FROM invoicing_app_drughandout given WHERE given.bill_item_id = dispensed.bill_item_id;
"""


class Migration(migrations.Migration):
    dependencies = [("invoicing_app", "0006_dispensed_stock_knows_its_hand_out")]
    operations = [migrations.RunSQL(FORWARDS, migrations.RunSQL.noop)]
