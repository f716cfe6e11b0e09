"""
Who sees payers and claims, who sets what payers cover, and who claims, bills back and writes off.

A write-off is asked for by one and approved by another: the accountant asks, a supervisor approves.
"""

from django.contrib.auth.management import create_permissions
from django.db import migrations

SEE_PAYERS = ["view_payer", "view_cover", "view_patientcover"]
SEE_CLAIMS = [
    "view_claim",
    "view_claimbatch",
    "view_claimsettlement",
    "view_remittance",
    "view_shortpayment",
]
GIVEN = {
    "Cashier": [*SEE_PAYERS, "record_patientcover"],
    "Supervisor": [
        *SEE_PAYERS,
        *SEE_CLAIMS,
        "record_patientcover",
        "ask_write_off",
        "approve_write_off",
    ],
    "Accountant": [
        *SEE_PAYERS,
        *SEE_CLAIMS,
        "set_payer_terms",
        "make_claimbatch",
        "record_remittance",
        "bill_patient_for_claim",
        "ask_write_off",
    ],
    "Auditor": [*SEE_PAYERS, *SEE_CLAIMS],
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
            yield (
                group,
                permissions.get(content_type__app_label="invoicing_app", codename=codename),
            )


class Migration(migrations.Migration):
    dependencies = [("invoicing_app", "0028_roles_of_shifts")]
    operations = [migrations.RunPython(give, take_back)]
