"""Sessions in the database, looked up by nothing that cannot be the key of one."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore


class SessionStore(DatabaseStore):
    """Django's, but for keys of other characters than it makes: the database may not take them."""

    def _validate_session_key(self, key: Any) -> bool:
        is_one = super()._validate_session_key(key)  # type: ignore[misc] # not in Django's stubs
        return bool(is_one) and key.isascii() and key.isalnum()
