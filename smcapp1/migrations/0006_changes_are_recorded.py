"""
Changes of patients, catalogue, prices and batches are recorded (``core.0006``).

A batch's quantity changes with every payment, and its movements tell that. So its updates have a
trigger of their own, which costs a payment nothing: a quantity is recorded only where it is changed
by a role above the application's, which needs no movement for it.
"""

from django.db import migrations

FORWARDS = """
SELECT core_audit('smcapp1_department');
SELECT core_audit('smcapp1_patientprofile', 'user_id>core_user');
SELECT core_audit('smcapp1_serviceitem');
SELECT core_audit('smcapp1_price', 'service_item_id>smcapp1_serviceitem');
SELECT core_audit('smcapp1_stockbatch', 'service_item_id>smcapp1_serviceitem');
DROP TRIGGER records_update ON smcapp1_stockbatch;
CREATE TRIGGER records_update AFTER UPDATE ON smcapp1_stockbatch FOR EACH ROW
    WHEN ((OLD.id, OLD.service_item_id, OLD.batch_number, OLD.expires_on, OLD.unit_cost)
          IS DISTINCT FROM
          (NEW.id, NEW.service_item_id, NEW.batch_number, NEW.expires_on, NEW.unit_cost)
          OR OLD.quantity_on_hand <> NEW.quantity_on_hand
             AND has_table_privilege(session_user, 'public.core_change', 'UPDATE'))
    EXECUTE FUNCTION core_record_change('service_item_id>smcapp1_serviceitem', '', '');
ALTER TABLE smcapp1_stockbatch ENABLE ALWAYS TRIGGER records_update;
"""
BACKWARDS = """
SELECT core_stop_audit('smcapp1_stockbatch');
SELECT core_stop_audit('smcapp1_price');
SELECT core_stop_audit('smcapp1_serviceitem');
SELECT core_stop_audit('smcapp1_patientprofile');
SELECT core_stop_audit('smcapp1_department');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("smcapp1", "0005_stock_results_and_prices"),
        ("core", "0006_changes_are_recorded"),
    ]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
