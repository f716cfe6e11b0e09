"""Who opens shifts, hands cash over, accepts differences of counts, and reads all of it."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

OWN = ["view_shift", "open_shift", "view_handover", "give_cash"]
SEE = [
    "view_shift",
    "view_shiftcount",
    "view_shiftcountline",
    "view_shiftposting",
    "view_zreport",
    "view_handover",
]
GIVEN = {
    "Cashier": OWN,
    "Supervisor": [
        *SEE,
        "open_shift",
        "give_cash",
        "receive_cash",
        "close_any_shift",
        "accept_variance",
    ],
    "Accountant": SEE,
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
        ("invoicing_app", "0027_first_reasons_and_limits"),
        ("client_wallet", "0020_shift_rules"),
    ]
    operations = [migrations.RunPython(give, take_back)]
