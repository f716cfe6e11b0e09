"""Who reads what gateways said, looks into what was not credited, and records payouts."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

SEE = ["view_onlinepayment"]
SEE_WORDS = [*SEE, "view_gatewayevent", "view_gatewayreview", "view_gatewaypayout"]
GIVEN = {
    "Cashier": SEE,
    "Supervisor": [*SEE_WORDS, "review_gatewayevent", "record_gatewaypayout"],
    "Accountant": SEE_WORDS,
    "Auditor": SEE_WORDS,
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
        ("invoicing_app", "0013_roles_of_one_time_codes"),
        ("client_wallet", "0018_online_payment_rules"),
    ]
    operations = [migrations.RunPython(give, take_back)]
