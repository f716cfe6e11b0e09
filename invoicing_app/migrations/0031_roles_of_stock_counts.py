"""Who counts stock, who approves what somebody else counted, and who sees it."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

SEE = ["view_stockcount"]
GIVEN = {
    "Pharmacist": [*SEE, "count_stock"],
    "Supervisor": [*SEE, "approve_stockcount"],
    "Accountant": SEE,
    "Auditor": SEE,
}


def give(apps, schema_editor):
    alias = schema_editor.connection.alias
    config = apps.get_app_config("smcapp1")
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
            found = permissions.get(content_type__app_label="smcapp1", codename=codename)
            yield group, found


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing_app", "0030_patients_add_money"),
        ("smcapp1", "0010_stock_counts"),
    ]
    operations = [migrations.RunPython(give, take_back)]
