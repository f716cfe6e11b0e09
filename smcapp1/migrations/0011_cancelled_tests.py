"""A test that was refunded before anything was done is cancelled, and stays so."""

from django.conf import settings
from django.db import migrations, models

FORWARDS = """
DROP TRIGGER released_is_final ON smcapp1_labresult;
CREATE TRIGGER released_is_final BEFORE UPDATE OR DELETE ON smcapp1_labresult
    FOR EACH ROW WHEN (OLD.status IN ('RELEASED', 'CANCELLED')) EXECUTE FUNCTION core_refuse_change();
ALTER TABLE smcapp1_labresult ENABLE ALWAYS TRIGGER released_is_final;
CREATE TRIGGER cancelled_before_it_was_begun BEFORE UPDATE ON smcapp1_labresult
    FOR EACH ROW WHEN (OLD.status <> 'PENDING' AND NEW.status = 'CANCELLED')
    EXECUTE FUNCTION core_refuse_change();
ALTER TABLE smcapp1_labresult ENABLE ALWAYS TRIGGER cancelled_before_it_was_begun;
"""
BACKWARDS = """
DROP TRIGGER cancelled_before_it_was_begun ON smcapp1_labresult;
DROP TRIGGER released_is_final ON smcapp1_labresult;
CREATE TRIGGER released_is_final BEFORE UPDATE OR DELETE ON smcapp1_labresult
    FOR EACH ROW WHEN (OLD.status = 'RELEASED') EXECUTE FUNCTION core_refuse_change();
ALTER TABLE smcapp1_labresult ENABLE ALWAYS TRIGGER released_is_final;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("smcapp1", "0010_stock_counts"),
        ("core", "0003_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="labresult",
            name="a_result_has_text_author_and_time",
        ),
        migrations.AlterField(
            model_name="labresult",
            name="status",
            field=models.CharField(
                choices=[
                    ("PENDING", "Pending"),
                    ("RESULTED", "Result entered"),
                    ("RELEASED", "Released"),
                    ("CANCELLED", "Cancelled"),
                ],
                default="PENDING",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="labresult",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("result", ""),
                        ("status__in", ["PENDING", "CANCELLED"]),
                        ("resulted_at", None),
                        ("resulted_by", None),
                    ),
                    models.Q(
                        ("resulted_by__isnull", False),
                        ("status__in", ["RESULTED", "RELEASED"]),
                        ("resulted_at__isnull", False),
                        models.Q(("result", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="a_result_has_text_author_and_time",
            ),
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
