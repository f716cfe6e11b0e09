"""Throw-away databases, made like those of the tests, with patients, wallets and cashiers."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection
from psycopg2.extensions import make_dsn

from client_wallet.models import WalletAccount
from client_wallet.services import deposit_to_wallet, open_wallet
from hospital.core.acts import Act
from hospital.core.models import User
from smcapp1.models import PatientProfile
from tests import databases
from tests.benchmarks.journal import write_journal
from tests.benchmarks.many_payments import write_payments
from tests.benchmarks.plan import CASHIERS, Plan
from tests.factories import PatientFactory, UserFactory

Say = Callable[[str], None]
DURABILITY = ("fsync", "synchronous_commit", "full_page_writes")


@contextmanager
def ground(plan: Plan, say: Say) -> Iterator[tuple[str, str, str]]:
    """
    Yield the names of three databases: one with a short journal, one with a long one, and one with
    many payments.

    Everything but that is the same in all. They are dropped on the way out.
    """
    template = databases.template_name()
    names = short, long, paid = (f"{template}_short", f"{template}_long", f"{template}_paid")
    try:
        say("a database, migrated")
        databases.make_template()
        with databases.pointing_at(template):
            _populate(plan)
        for name, postings in ((short, plan.small), (long, plan.large)):
            databases.clone(name)
            _lengthen(name, postings, plan, say)
        databases.clone(paid)
        for written in write_payments(paid, plan.paid):
            say(f"{written:,} of {plan.paid:,} payments")
        yield names
    finally:
        for name in (*names, template):
            databases.drop(name)


def dsn(database: str) -> str:
    """Return how a program of its own reaches the database, as ``DATABASE_URL``."""
    configured = settings.DATABASES["default"]
    keys = {"user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    given = {name: configured[key] for name, key in keys.items() if configured[key]}
    return str(make_dsn(dbname=database, **given))


def patients_and_cashiers() -> tuple[list[int], list[int]]:
    """
    Return the ids of the patients with a wallet, without the one whose wallet is long, and those
    of the cashiers. Bills bring more people of both kinds, who take no part.
    """
    patients = WalletAccount.objects.order_by("patient_id").values_list("patient_id", flat=True)
    cashiers = User.objects.filter(groups__name="Cashier").order_by("pk")
    return list(patients)[1:], list(cashiers.values_list("pk", flat=True)[:CASHIERS])


def durability() -> str:
    """Return in one line what machine and database this is, and what a commit is worth there."""
    with connection.cursor() as cursor:
        settings_of = [
            f"{name} {_setting(cursor, name)}" for name in ("server_version", *DURABILITY)
        ]
    return f"{os.cpu_count()} cores; PostgreSQL: {', '.join(settings_of)}"


def _setting(cursor: Any, name: str) -> str:
    cursor.execute("SELECT current_setting(%s)", [name])
    return str(cursor.fetchone()[0])


def _populate(plan: Plan) -> None:
    cashiers = UserFactory.create_batch(CASHIERS, role="Cashier")
    for patient in PatientFactory.create_batch(plan.patients):
        open_wallet(patient_id=patient.pk)
    for cashier in cashiers:  # each has its counter: a first number is dearer than the next
        first = PatientProfile.objects.earliest("pk")
        deposit_to_wallet(patient_id=first.pk, amount=Decimal("1.00"), act=Act(cashier))


def _lengthen(name: str, postings: int, plan: Plan, say: Say) -> None:
    with databases.pointing_at(name):
        _, cashiers = patients_and_cashiers()
    steps = write_journal(
        name,
        postings=postings,
        busy=plan.page * plan.far_page,
        wallets=plan.patients,
        actor=cashiers[0],
    )
    for written in steps:
        say(f"{written:,} of {postings:,} postings")
