"""
The documents' own deposit, exactly as requirements/000 has it, with the table it needs.

Imported by the benchmarks' own processes only: its model belongs to no app.
"""

# mypy: ignore-errors
# The documents' code has no types.

from decimal import Decimal

from django.db import connections, models, transaction
from django.db.models import F

from smcapp1.models import PatientProfile


class Wallet_Account(models.Model):  # noqa: N801, DJ008 - the documents' name; it is never shown
    patient_id = models.OneToOneField(
        PatientProfile, on_delete=models.PROTECT, db_column="patient_id", related_name="+"
    )
    account_balance = models.DecimalField(max_digits=14, decimal_places=2, default=0)

    class Meta:
        app_label = "benchmarks"


@transaction.atomic
def deposit_to_wallet(patient_id, amount):
    patient = PatientProfile.objects.get(id=patient_id)

    wallet, created = Wallet_Account.objects.select_for_update().get_or_create(
        patient_id=patient, defaults={"account_balance": 0}
    )

    Wallet_Account.objects.filter(id=wallet.id).update(
        account_balance=F("account_balance") + amount
    )

    return True


def make_table(application: str) -> None:
    """Create the documents' wallets as the owner, one for each patient."""
    with connections["owner"].schema_editor() as editor:
        editor.create_model(Wallet_Account)
    table = Wallet_Account._meta.db_table  # noqa: SLF001 - Django's documented _meta
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO {application}")
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {application}")
    patients = PatientProfile.objects.all()
    Wallet_Account.objects.bulk_create(
        Wallet_Account(patient_id=patient, account_balance=Decimal("0.00")) for patient in patients
    )
