"""Django's PostgreSQL, but for one question to each connection."""
