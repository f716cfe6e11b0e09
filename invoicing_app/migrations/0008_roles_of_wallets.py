"""Who transfers, withdraws, freezes wallets and decides on withdrawals; who reads all that."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

SEE = ["view_transfer", "view_withdrawal", "view_payoutaccount", "view_walletstatuschange"]
SEE_CALLS = ["view_bankcall", "view_bankanswer", "view_bankcircuit"]
DESK = [*SEE, "transfer_between_wallets", "request_withdrawal", "change_payoutaccount"]
GIVEN = {
    "Cashier": DESK,
    "Supervisor": [*DESK, *SEE_CALLS, "freeze_wallet", "review_withdrawal"],
    "Accountant": [*SEE, *SEE_CALLS],
    "Auditor": [*SEE, *SEE_CALLS],
    "Patient": ["spend_own_wallet"],
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
        ("invoicing_app", "0007_earlier_hand_outs"),
        ("client_wallet", "0010_patients_spend_their_own"),
    ]
    operations = [migrations.RunPython(give, take_back)]
