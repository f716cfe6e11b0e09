"""Who reads closed days reads their reports."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

READERS = ["Supervisor", "Accountant", "Auditor"]


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
    permission = (
        apps.get_model("auth", "Permission")
        .objects.using(alias)
        .get(content_type__app_label="invoicing_app", codename="view_closeddayreport")
    )
    for name in READERS:
        group, _ = groups.get_or_create(name=name)
        yield group, permission


class Migration(migrations.Migration):
    dependencies = [("invoicing_app", "0015_reports_of_closed_days")]
    operations = [migrations.RunPython(give, take_back)]
