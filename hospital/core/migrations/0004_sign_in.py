"""
Failed sign-ins and second factors as the admin shows them, and who may see and unlock them.

Both are proxies: their tables are made by django-axes and django-otp.
"""

from django.contrib.auth.management import create_permissions
from django.db import migrations

SEE_FAILURES, UNLOCK = "view_failedsignin", "unlock_sign_in"
SEE_FACTORS = "view_secondfactor"
GIVEN = {
    "Supervisor": [SEE_FAILURES, UNLOCK],
    "Accountant": [SEE_FAILURES, SEE_FACTORS],
    "Auditor": [SEE_FAILURES, SEE_FACTORS],
}


def give(apps, schema_editor):
    alias = schema_editor.connection.alias
    config = apps.get_app_config("core")
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
            found = permissions.get(content_type__app_label="core", codename=codename)
            yield group, found


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0003_append_only"),
        ("axes", "0010_accessattemptexpiration"),
        ("otp_totp", "0003_add_timestamps"),
        ("otp_static", "0003_add_timestamps"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [
        migrations.CreateModel(
            name="FailedSignIn",
            fields=[],
            options={
                "verbose_name": "failed sign-in",
                "permissions": [("unlock_sign_in", "Can unlock a locked sign-in")],
                "proxy": True,
                "default_permissions": ("view",),
                "indexes": [],
                "constraints": [],
            },
            bases=("axes.accessattempt",),
        ),
        migrations.CreateModel(
            name="SecondFactor",
            fields=[],
            options={
                "verbose_name": "second factor",
                "proxy": True,
                "default_permissions": ("view",),
                "indexes": [],
                "constraints": [],
            },
            bases=("otp_totp.totpdevice",),
        ),
        migrations.RunPython(give, take_back),
    ]
