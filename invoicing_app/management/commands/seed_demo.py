"""``seed_demo``: fills an empty system with a believable small hospital."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from hospital.core.errors import DomainError
from hospital.core.progress import progress_bar
from invoicing_app.demo import Planned, is_seeded, seed

INTERRUPTED = 130  # as a shell reports SIGINT


class Command(BaseCommand):
    help = (
        "Makes the demo's logins, catalogue, stock, patients and bills. A second run adds nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Say what would be made.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Demo data is for the demo only: this system runs without DEMO=1.")
        if options["dry_run"]:
            self.stdout.write(_there() if is_seeded() else f"Would make {Planned()}.")
            return
        try:
            with progress_bar() as track:
                made = seed(password=settings.DEMO_PASSWORD, track=track)
        except DomainError as refusal:
            raise CommandError(refusal.detail) from refusal
        except ImportError as missing:
            message = f"The demo is made by tests/factories.py, and that needs {missing.name}."
            raise CommandError(message) from missing
        except KeyboardInterrupt:
            raise CommandError("Stopped; nothing was made.", returncode=INTERRUPTED) from None
        self.stdout.write(f"Made {Planned()}." if made else _there())


def _there() -> str:
    return "Nothing to add: the demo is there already."
