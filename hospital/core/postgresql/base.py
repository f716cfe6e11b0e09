"""Where Django looks for a database backend."""

import select

from django.db.backends.postgresql import base
from psycopg2.extensions import TRANSACTION_STATUS_INERROR, TRANSACTION_STATUS_UNKNOWN

NOT_TO_BE_USED = (TRANSACTION_STATUS_INERROR, TRANSACTION_STATUS_UNKNOWN)  # failed, or closed


class DatabaseWrapper(base.DatabaseWrapper):
    """Finds a dead connection before a request uses it, without a round trip for each request."""

    def is_usable(self) -> bool:
        """
        Return whether the connection can be used: no failed transaction is open, and the server
        still holds the line, which is not asked.

        Between two requests it has nothing to say: what arrived nevertheless is its good-bye.
        Django sends ``SELECT 1`` (docs/performance.md).
        """
        connection = self.connection
        if connection is None or connection.get_transaction_status() in NOT_TO_BE_USED:
            return False
        arrived = select.poll()
        arrived.register(connection.fileno(), select.POLLIN)
        return not arrived.poll(0)
