"""Who waives, who decides on it, who reads it, and who says why and how much may be waived."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

SEE = ["view_waiver", "view_waiverreason", "view_waiverlimit"]
ACT = [*SEE, "grant_waiver", "take_back_waiver"]
SET = ["add_waiverreason", "change_waiverreason", "add_waiverlimit", "change_waiverlimit"]
GIVEN = {
    "Cashier": ACT,
    "Supervisor": [*ACT, "approve_waiver"],
    "Accountant": [*SEE, *SET],
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
    dependencies = [("invoicing_app", "0025_waivers")]
    operations = [migrations.RunPython(give, take_back)]
