"""Reasons and limits to begin with; the hospital changes them as it needs."""

from django.db import migrations

FORWARDS = """
INSERT INTO invoicing_app_waiverreason (code, name, is_active) VALUES
    ('CANNOT_PAY', 'Patient cannot pay', true),
    ('STAFF', 'Staff and their families', true),
    ('DISCOUNT', 'Discount', true),
    ('COMPLAINT', 'Complaint', true),
    ('OTHER', 'Other', true);
INSERT INTO invoicing_app_waiverlimit (role_id, day_amount)
SELECT id, CASE name WHEN 'Cashier' THEN 5000 ELSE 50000 END
  FROM auth_group WHERE name IN ('Cashier', 'Supervisor');
"""
BACKWARDS = """
DELETE FROM invoicing_app_waiverlimit;
DELETE FROM invoicing_app_waiverreason;
"""


class Migration(migrations.Migration):
    dependencies = [("invoicing_app", "0026_roles_of_waivers")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
