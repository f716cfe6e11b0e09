"""Whether the process is up, and whether it can work."""

from functools import lru_cache

from django.db import DatabaseError, InterfaceError, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from hospital.core.database_roles import changeable_journal_tables
from hospital.core.problems import CONTENT_TYPE, problem


class LiveView(APIView):
    """The process answers."""

    permission_classes = (AllowAny,)
    authentication_classes = ()
    throttle_classes = ()

    @extend_schema(
        responses={200: {"type": "object", "properties": {"status": {"type": "string"}}}}
    )
    def get(self, request: Request) -> Response:
        return Response({"status": "ok"})


class ReadyView(APIView):
    """The database answers, is migrated, and does not let the application change a posting."""

    permission_classes = (AllowAny,)
    authentication_classes = ()
    throttle_classes = ()

    @extend_schema(
        responses={
            (200, "application/json"): {
                "type": "object",
                "properties": {"status": {"type": "string"}},
            },
            (503, CONTENT_TYPE): {"type": "object"},
        }
    )
    def get(self, request: Request) -> Response:
        if trouble := what_is_missing():
            body = problem("not-ready", "The system cannot work yet.", 503, trouble)
            return Response(body, status=503, content_type=CONTENT_TYPE)
        return Response({"status": "ok"})


def what_is_missing() -> str:
    """Return in one sentence what keeps the system from working, "" if nothing does."""
    try:
        if pending := known_migrations() - _applied_migrations():
            return f"{len(pending)} migrations are not applied: run `manage.py migrate`."
        if tables := changeable_journal_tables():
            return f"The application's database role could change {', '.join(tables)}."
    except (DatabaseError, InterfaceError):
        return "The database does not answer."
    return ""


@lru_cache(maxsize=1)
def known_migrations() -> frozenset[tuple[str, str]]:
    """Return the migrations of the code that runs."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def _applied_migrations() -> set[tuple[str, str]]:
    return set(MigrationRecorder(connections["default"]).applied_migrations())
