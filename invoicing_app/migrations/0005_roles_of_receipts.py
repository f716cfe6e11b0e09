"""Who prints receipts, and who reads the list of all prints."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

PRINT, SEE_PRINTS = "print_receipt", "view_receiptprint"
GIVEN = {
    "Cashier": [PRINT],
    "Supervisor": [PRINT, SEE_PRINTS],
    "Accountant": [SEE_PRINTS],
    "Auditor": [SEE_PRINTS],
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
        ("invoicing_app", "0004_roles_of_pharmacy_and_laboratory"),
        ("client_wallet", "0007_receipts"),
    ]
    operations = [migrations.RunPython(give, take_back)]
