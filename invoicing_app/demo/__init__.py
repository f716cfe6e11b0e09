"""A believable small hospital for trying things out, the same each time it is made."""

from dataclasses import dataclass

from django.db import transaction

from hospital.core.progress import Track
from hospital.core.transactions import hold_job, retry_conflicts
from smcapp1.models import PatientProfile

DEMO_PATIENTS = "demo:"  # how the external ids of the demo's patients begin


@dataclass(frozen=True)
class Planned:
    """How large the demo is."""

    logins: int = 8
    departments: int = 8
    items: int = 150
    patients: int = 40
    bills: int = 240

    def __str__(self) -> str:
        return (
            f"{self.logins} logins, {self.departments} departments, {self.items} catalogue items,"
            f" {self.patients} patients and {self.bills} bills"
        )


def is_seeded() -> bool:
    """Whether the demo was made here before: all of it, since it is made in one transaction."""
    return PatientProfile.objects.filter(external_id__startswith=DEMO_PATIENTS).exists()


@retry_conflicts
@transaction.atomic(durable=True)
def seed(*, password: str, track: Track) -> bool:
    """
    Make the demo's hospital in one transaction; False where it is there already.

    Logins that exist keep their password and their groups. ``password`` is that of all others.

    :raises ImportError: where the factories are not installed
    :raises Busy: if another run is making it
    """
    hold_job("seed_demo")
    if is_seeded():
        return False
    # The factories live in tests/, which production may leave out: nobody else may need them.
    from invoicing_app.demo.hospital import make_hospital

    make_hospital(password=password, track=track)
    return True
