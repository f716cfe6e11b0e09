"""
Who acts, told to the database with each statement that may write.

The mark is a comment before the statement: it costs no round trip and no time, belongs to that one
statement, and so cannot be left behind on a connection for the next request. The triggers of the
audit read it (``core.0006``); PostgreSQL's own lists and logs of statements show it as well.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from getpass import getuser
from pathlib import Path
from typing import Any

from django.db import connection, connections
from django.http import HttpRequest, HttpResponse

_READS = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "EXPLAIN")
_UNSAFE = re.compile(r"[^\w:. -]", re.ASCII)  # nothing else may stand in the comment
MOST_CHARACTERS = 100

Mark = Callable[[], str]


def mark_of(actor_id: int | None, via: str) -> str:
    """Return the comment that says who acts, through which page, endpoint or command."""
    name = _UNSAFE.sub("", via)[:MOST_CHARACTERS]
    return f"/*by:{'' if actor_id is None else int(actor_id)} via:{name}*/ "


@contextmanager
def marked(mark: Mark, on: Iterable[Any] = (connection,)) -> Iterator[None]:
    """Let each statement of this thread that may write begin with what ``mark`` then returns."""

    def run(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if isinstance(sql, str) and not sql.startswith(_READS):
            sql = mark() + sql
        return execute(sql, params, many, context)

    with ExitStack() as stack:
        for database in on:
            stack.enter_context(database.execute_wrapper(run))
        yield


@contextmanager
def marked_as_command(arguments: Sequence[str]) -> Iterator[None]:
    """Mark what a command writes with its name, and the account of the machine that runs it."""
    name = Path(arguments[0]).name if len(arguments) < 2 else arguments[1]
    mark = mark_of(None, f"command {name} by {_account()}")
    with marked(lambda: mark, on=connections.all()):
        yield


class MarksStatements:
    """
    Middleware: what a request writes is marked with its user and its view.

    The user is asked for at each statement, since a view may be the one that finds out who it is:
    by a token, or by a name and a password.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with marked(_mark_of_request(request)):
            return self.get_response(request)


def _mark_of_request(request: HttpRequest) -> Mark:
    is_asking = False

    def mark() -> str:
        nonlocal is_asking
        if is_asking:  # who it is is being found out, and that writes: an ended session is deleted
            return mark_of(None, "")
        is_asking = True
        try:
            actor_id = request.user.pk
        finally:
            is_asking = False
        return mark_of(actor_id, request.resolver_match.view_name if request.resolver_match else "")

    return mark


def _account() -> str:
    try:
        return getuser()
    except (KeyError, OSError):  # an account without a name, as in a container
        return "an account without a name"
