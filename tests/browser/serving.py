"""The hospital as a browser meets it: a web server in this process, on a port that is free."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application

HOST = "127.0.0.1"


class _Server(ThreadedWSGIServer):
    """
    Answers each request in a thread with database connections of its own.

    Threads that are no daemons are waited for when it closes: none outlives it with a connection.
    """

    daemon_threads = False


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *values: object) -> None:  # noqa: A002 - its name there
        """Say nothing: what went wrong is in the browser's console, where tests look."""


@contextmanager
def serving() -> Iterator[str]:
    """Serve what the database connections point at; yield the address, without a slash."""
    with _Server((HOST, 0), _QuietHandler) as server:
        server.set_app(get_wsgi_application())
        thread = threading.Thread(target=server.serve_forever, args=[0.02])
        thread.start()
        try:
            yield f"http://{HOST}:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
