"""
The journal's rules read the journal's tables, not a temporary table of the same name.

A temporary table comes first in every session's search path, so that whoever could create one could show the rules
lines that the journal does not have.
"""

from django.db import migrations

FUNCTIONS = ("client_wallet_entry_has_lines", "client_wallet_entry_balances")
FORWARDS = [
    f"ALTER FUNCTION {name}() SET search_path = pg_catalog, public, pg_temp" for name in FUNCTIONS
]
BACKWARDS = [f"ALTER FUNCTION {name}() RESET search_path" for name in FUNCTIONS]


class Migration(migrations.Migration):
    dependencies = [("client_wallet", "0004_accounts")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
