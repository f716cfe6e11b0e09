"""One view of the whole database that does not change while it is read."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

ONE_VIEW = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
FOR_LONG_QUERIES = (
    "SET LOCAL jit = off",
    "SET LOCAL work_mem = '64MB'",
    "SET LOCAL cursor_tuple_fraction = 1",  # every row of a stream will be read
)


@contextmanager
def snapshot() -> Iterator[None]:
    """
    Let every query in the block see the same moment, and refuse every write.

    :raises TransactionManagementError: inside an open transaction, whose view was taken before
    """
    if connection.in_atomic_block or not connection.get_autocommit():
        raise transaction.TransactionManagementError(
            "The books are checked in a transaction of their own: call check_books() after the"
            " transaction that is open here has ended."
        )
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (ONE_VIEW, *FOR_LONG_QUERIES):
            cursor.execute(statement)
        yield
