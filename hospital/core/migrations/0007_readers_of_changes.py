"""Supervisor, accountant and auditor may read what was changed, and by whom."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

READERS = ["Supervisor", "Accountant", "Auditor"]


def let_them_read(apps, schema_editor):
    alias = schema_editor.connection.alias
    config = apps.get_app_config("core")  # permissions are otherwise created after all migrations
    config.models_module = True  # create_permissions passes over an app without one
    create_permissions(config, verbosity=0, using=alias, apps=apps)
    config.models_module = None
    permissions = apps.get_model("auth", "Permission").objects.using(alias)
    view = permissions.get(content_type__app_label="core", codename="view_change")
    for role in apps.get_model("auth", "Group").objects.using(alias).filter(name__in=READERS):
        role.permissions.add(view)


def let_nobody_read(apps, schema_editor):
    groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
    permissions = apps.get_model("auth", "Permission").objects.using(schema_editor.connection.alias)
    view = permissions.filter(content_type__app_label="core", codename="view_change").first()
    for role in groups.filter(name__in=READERS):
        role.permissions.remove(view)


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0006_changes_are_recorded"),
        ("invoicing_app", "0002_roles"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(let_them_read, let_nobody_read)]
