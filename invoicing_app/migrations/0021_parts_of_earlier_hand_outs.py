"""What was handed out before it could be in parts was handed out whole."""

from django.db import migrations

FORWARDS = """
UPDATE invoicing_app_dispensedstock dispensed
   SET quantity = movement.quantity,
       handed_out = CASE WHEN dispensed.hand_out_id IS NULL THEN 0 ELSE movement.quantity END
  FROM smcapp1_stockmovement movement WHERE movement.id = dispensed.movement_id;
INSERT INTO invoicing_app_handedoutstock (hand_out_id, dispensed_id, quantity)
SELECT hand_out_id, id, quantity FROM invoicing_app_dispensedstock
 WHERE hand_out_id IS NOT NULL ORDER BY id;
"""
# The database has no way to know a part from a whole: only what was handed out whole goes back.
BACKWARDS = """
UPDATE invoicing_app_dispensedstock dispensed SET hand_out_id = portion.hand_out_id
  FROM invoicing_app_handedoutstock portion
 WHERE portion.dispensed_id = dispensed.id AND portion.quantity = dispensed.quantity;
"""


class Migration(migrations.Migration):
    dependencies = [("invoicing_app", "0020_drugs_handed_out_in_part")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
