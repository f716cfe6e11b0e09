"""No more of dispensed stock is handed out and taken back than there was; what is owed is found."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("invoicing_app", "0021_parts_of_earlier_hand_outs")]

    operations = [
        migrations.RemoveIndex(model_name="dispensedstock", name="dispensed_not_handed_out"),
        migrations.RemoveField(model_name="dispensedstock", name="hand_out"),
        migrations.AlterField("dispensedstock", "quantity", models.PositiveIntegerField()),
        migrations.AddConstraint(
            model_name="dispensedstock",
            constraint=models.CheckConstraint(
                condition=Q(("quantity__gte", F("handed_out") + F("taken_back"))),
                name="dispensed_no_more_than_there_was",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispensedstock",
            constraint=models.CheckConstraint(
                condition=Q(("handed_out__gte", F("brought_back"))),
                name="brought_back_no_more_than_was_handed_out",
            ),
        ),
        migrations.AddIndex(
            model_name="dispensedstock",
            index=models.Index(
                condition=Q(("quantity__gt", F("handed_out") + F("taken_back"))),
                fields=["bill_item"],
                name="dispensed_and_owed",
            ),
        ),
    ]
