"""Starts the hospital: packages, database, migrations, server. Standard library only."""
