"""Who writes off stock, hands out drugs, releases results and sets when a drug is low."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

SEE_HAND_OUTS = "invoicing_app.view_drughandout"
GIVEN = {
    "Cashier": [SEE_HAND_OUTS],
    "Supervisor": [SEE_HAND_OUTS, "smcapp1.write_off_stock"],
    "Pharmacist": [
        SEE_HAND_OUTS,
        "invoicing_app.hand_out_drugs",
        "smcapp1.write_off_stock",
        "smcapp1.set_reorder_level",
    ],
    "Laboratory": ["smcapp1.release_labresult"],
    "Accountant": [SEE_HAND_OUTS],
    "Auditor": [SEE_HAND_OUTS],
}
APPS = ["smcapp1", "invoicing_app"]


def give(apps, schema_editor):
    alias = schema_editor.connection.alias
    for label in APPS:  # permissions are otherwise created only after the last migration
        config = apps.get_app_config(label)
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
        for permission in wanted:
            label, codename = permission.split(".")
            found = permissions.get(content_type__app_label=label, codename=codename)
            yield group, found


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing_app", "0003_hand_outs"),
        ("smcapp1", "0005_stock_results_and_prices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(give, take_back)]
