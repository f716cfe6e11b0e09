"""``migrate`` as the database's owner, followed by what the application's role may do."""

from typing import Any

from django.conf import settings
from django.core.management.commands import migrate

from hospital.core.database_roles import OWNER, grant_to_application


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        if options["database"] == "default" and OWNER in settings.DATABASES:
            options["database"] = OWNER
        super().handle(*args, **options)
        if not (options["check_unapplied"] or options["plan"]):
            grant_to_application(using=options["database"])
