"""Every change of an audited record: what the database's triggers write, and nobody changes."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import hospital.core.audit.exact_json

KINDS = [("ADDED", "Added"), ("CHANGED", "Changed"), ("REMOVED", "Removed")]


class Migration(migrations.Migration):
    dependencies = [("core", "0004_sign_in")]

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("changed_at", models.DateTimeField()),
                ("record", models.CharField(max_length=63)),
                ("kind", models.CharField(choices=KINDS, max_length=7)),
                ("record_id", models.BigIntegerField()),
                (
                    "before",
                    models.JSONField(
                        decoder=hospital.core.audit.exact_json.ExactDecoder, null=True
                    ),
                ),
                (
                    "after",
                    models.JSONField(
                        decoder=hospital.core.audit.exact_json.ExactDecoder, null=True
                    ),
                ),
                (
                    "subjects",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=90), size=None
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("via", models.CharField(blank=True, max_length=100)),
                ("database_role", models.CharField(max_length=130)),
                ("program", models.CharField(blank=True, max_length=63)),
            ],
            options={
                "default_permissions": ("view",),
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["subjects"], name="change_by_subject"
                    ),
                    models.Index(fields=["record", "-id"], name="change_by_record"),
                    models.Index(fields=["actor", "-id"], name="change_by_actor"),
                    django.contrib.postgres.indexes.BrinIndex(
                        fields=["changed_at"], name="change_by_time"
                    ),
                ],
            },
        ),
    ]
