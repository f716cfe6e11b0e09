"""One-time codes that the desk prints, and who signed up without the desk."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("smcapp1", "0008_fewer_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField(
            model_name="patientprofile",
            name="is_self_registered",
            field=models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                help_text="Nobody at the desk has seen who this is.",
                verbose_name="signed up online",
            ),
        ),
        migrations.CreateModel(
            name="PatientCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("CLAIM", "Open an online account"),
                            ("RESET", "Set a new password"),
                        ],
                        max_length=5,
                    ),
                ),
                ("code_hash", models.CharField(max_length=64)),
                ("issued_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "issued_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="codes",
                        to="smcapp1.patientprofile",
                    ),
                ),
            ],
            options={
                "verbose_name": "one-time code",
                "default_permissions": ("view",),
                "permissions": [("issue_patientcode", "Can print one-time codes for patients")],
                "indexes": [
                    models.Index(fields=["patient", "purpose", "-id"], name="patient_code_newest")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("purpose__in", ["CLAIM", "RESET"])),
                        name="patient_code_purpose_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("used_at", None),
                            ("used_at__gte", models.F("issued_at")),
                            _connector="OR",
                        ),
                        name="patient_code_is_used_after_it_was_issued",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("used_at", None),
                            ("used_at__lt", models.F("expires_at")),
                            _connector="OR",
                        ),
                        name="patient_code_is_used_before_it_expires",
                    ),
                ],
            },
        ),
    ]
