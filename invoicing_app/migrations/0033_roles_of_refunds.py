"""Who asks for refunds, decides on them, pays them out, and reads them."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

SEE = ["view_refund"]
ACT = [*SEE, "ask_refund", "pay_out_refund"]
GIVEN = {
    "Cashier": ACT,
    "Supervisor": [*ACT, "approve_refund"],
    "Accountant": SEE,
    "Auditor": SEE,
}


def give(apps, schema_editor):
    alias = schema_editor.connection.alias
    config = apps.get_app_config("invoicing_app")
    config.models_module = True  # create_permissions passes over an app without one
    create_permissions(config, verbosity=0, using=alias, apps=apps)
    config.models_module = None
    for group, permission in _given(apps, alias):
        group.permissions.add(permission)


def take_back(apps, schema_editor):
    for group, permission in _given(apps, schema_editor.connection.alias):
        group.permissions.remove(permission)


def _given(apps, alias):
    groups = apps.get_model("auth", "Group").objects.using(alias)
    permissions = apps.get_model("auth", "Permission").objects.using(alias)
    for name, wanted in GIVEN.items():
        group, _ = groups.get_or_create(name=name)
        for codename in wanted:
            found = permissions.get(content_type__app_label="invoicing_app", codename=codename)
            yield group, found


class Migration(migrations.Migration):
    dependencies = [("invoicing_app", "0032_refunds")]
    operations = [migrations.RunPython(give, take_back)]
