"""
Supervisor, accountant and auditor may read what was changed, and by whom; the auditor also sees the
roles that it was about.
"""

from django.contrib.auth.management import create_permissions
from django.db import migrations

READERS = {
    "Supervisor": ["core.view_change"],
    "Accountant": ["core.view_change"],
    "Auditor": ["core.view_change", "auth.view_group"],
}


def let_them_read(apps, schema_editor):
    alias = schema_editor.connection.alias
    for label in ("core", "auth"):  # permissions are otherwise created after all migrations
        config = apps.get_app_config(label)
        config.models_module = True  # create_permissions passes over an app without one
        create_permissions(config, verbosity=0, using=alias, apps=apps)
        config.models_module = None
    for role, permission in _granted(apps, alias):
        role.permissions.add(permission)


def let_nobody_read(apps, schema_editor):
    for role, permission in _granted(apps, schema_editor.connection.alias):
        role.permissions.remove(permission)


def _granted(apps, alias):
    permissions = apps.get_model("auth", "Permission").objects.using(alias)
    for role in apps.get_model("auth", "Group").objects.using(alias).filter(name__in=READERS):
        for wanted in READERS[role.name]:
            label, codename = wanted.split(".")
            yield role, permissions.get(content_type__app_label=label, codename=codename)


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0006_changes_are_recorded"),
        ("invoicing_app", "0002_roles"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(let_them_read, let_nobody_read)]
