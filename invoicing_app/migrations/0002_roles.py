"""The groups of docs/roles.md, each with the permissions its job needs."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

SEE_RECORDS = [
    "smcapp1.view_patientprofile",
    "smcapp1.view_department",
    "smcapp1.view_serviceitem",
    "smcapp1.view_price",
    "smcapp1.view_consultation",
    "invoicing_app.view_billitem",
]
ORDER = [
    "smcapp1.add_consultation",
    "invoicing_app.order_items",
    "invoicing_app.void_billitem",
]
SEE_MONEY = [
    "client_wallet.view_walletaccount",
    "client_wallet.view_walletdeposit",
    "invoicing_app.view_depositreceiving",
]
SEE_STOCK = ["smcapp1.view_stockbatch", "smcapp1.view_stockmovement"]
SEE_RESULTS = ["smcapp1.view_labresult"]
SEE_JOURNAL = [
    "client_wallet.view_ledgeraccount",
    "client_wallet.view_journalentry",
    "client_wallet.view_posting",
]
DESK = [
    *SEE_RECORDS,
    *ORDER,
    *SEE_MONEY,
    *SEE_STOCK,
    *SEE_RESULTS,
    "smcapp1.add_patientprofile",
    "smcapp1.change_patientprofile",
    "client_wallet.open_wallet",
    "client_wallet.take_deposit",
    "invoicing_app.take_payment",
]
READ_ALL = [
    *SEE_RECORDS,
    *SEE_MONEY,
    *SEE_STOCK,
    *SEE_RESULTS,
    *SEE_JOURNAL,
    "core.view_user",
]
ROLES = {
    "Cashier": DESK,
    "Supervisor": [*DESK, *SEE_JOURNAL, "client_wallet.reverse_deposit"],
    "Pharmacist": [
        *SEE_RECORDS,
        *ORDER,
        *SEE_STOCK,
        "smcapp1.add_stockbatch",
    ],
    "Laboratory": [*SEE_RECORDS, *ORDER, *SEE_RESULTS, "smcapp1.change_labresult"],
    "Accountant": [
        *READ_ALL,
        "smcapp1.add_department",
        "smcapp1.change_department",
        "smcapp1.add_serviceitem",
        "smcapp1.change_serviceitem",
        "smcapp1.add_price",
        "smcapp1.change_price",
    ],
    "Auditor": READ_ALL,
    "Patient": ["smcapp1.view_own_records", "invoicing_app.pay_own_bill"],
}
APPS = ["core", "smcapp1", "client_wallet", "invoicing_app"]


def make_roles(apps, schema_editor):
    alias = schema_editor.connection.alias
    for label in APPS:  # permissions are otherwise created only after the last migration
        config = apps.get_app_config(label)
        config.models_module = True  # create_permissions passes over an app without one
        create_permissions(config, verbosity=0, using=alias, apps=apps)
        config.models_module = None
    groups = apps.get_model("auth", "Group").objects.using(alias)
    permissions = apps.get_model("auth", "Permission").objects.using(alias)
    for name, wanted in ROLES.items():
        group, _ = groups.get_or_create(name=name)
        for permission in wanted:
            label, codename = permission.split(".")
            group.permissions.add(permissions.get(content_type__app_label=label, codename=codename))


def drop_roles(apps, schema_editor):
    groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
    groups.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing_app", "0001_bills_and_payments"),
        ("client_wallet", "0004_accounts"),
        ("smcapp1", "0003_append_only_movements"),
        ("core", "0003_append_only"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make_roles, drop_roles)]
