"""The accounts that every installation has; revenue accounts are opened per department."""

from django.db import migrations

ACCOUNTS = [
    ("CASH", "Cash drawer", "ASSET"),
    ("CARD_CLEARING", "Card clearing", "ASSET"),
    ("BANK", "Bank", "ASSET"),
    ("WALLETS", "Patients' wallets", "LIABILITY"),
]


def open_accounts(apps, schema_editor):
    accounts = apps.get_model("client_wallet", "LedgerAccount").objects
    accounts.using(schema_editor.connection.alias).bulk_create(
        accounts.model(code=code, name=name, kind=kind) for code, name, kind in ACCOUNTS
    )


def close_accounts(apps, schema_editor):
    accounts = apps.get_model("client_wallet", "LedgerAccount").objects
    codes = [code for code, _, _ in ACCOUNTS]
    accounts.using(schema_editor.connection.alias).filter(code__in=codes).delete()


class Migration(migrations.Migration):
    dependencies = [("client_wallet", "0003_journal_rules")]
    operations = [migrations.RunPython(open_accounts, close_accounts)]
