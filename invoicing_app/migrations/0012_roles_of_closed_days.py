"""Who closes business days: whoever keeps the books and takes no money. Who reads them."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

SEE = ["view_businessdayclosure", "view_businessdaytotal"]
GIVEN = {
    "Supervisor": SEE,
    "Accountant": [*SEE, "close_day"],
    "Auditor": SEE,
}


def give(apps, schema_editor):
    alias = schema_editor.connection.alias
    config = apps.get_app_config("client_wallet")
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
            found = permissions.get(content_type__app_label="client_wallet", codename=codename)
            yield group, found


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing_app", "0011_room_for_paid_items"),
        ("client_wallet", "0015_day_seals"),
    ]
    operations = [migrations.RunPython(give, take_back)]
