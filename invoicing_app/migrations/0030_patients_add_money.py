"""Adding money through the gateway is an act that patients have a permission for."""

from django.contrib.auth.management import create_permissions
from django.db import migrations


def give(apps, schema_editor):
    alias = schema_editor.connection.alias
    config = apps.get_app_config("client_wallet")
    config.models_module = True  # create_permissions passes over an app without one
    create_permissions(config, verbosity=0, using=alias, apps=apps)
    config.models_module = None
    group, permission = _given(apps, alias)
    group.permissions.add(permission)


def take_back(apps, schema_editor):
    group, permission = _given(apps, schema_editor.connection.alias)
    group.permissions.remove(permission)


def _given(apps, alias):
    group, _ = apps.get_model("auth", "Group").objects.using(alias).get_or_create(name="Patient")
    permissions = apps.get_model("auth", "Permission").objects.using(alias)
    wanted = {"content_type__app_label": "client_wallet", "codename": "add_onlinepayment"}
    return group, permissions.get(**wanted)


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing_app", "0029_roles_of_payers"),
        ("client_wallet", "0018_online_payment_rules"),
    ]
    operations = [migrations.RunPython(give, take_back)]
