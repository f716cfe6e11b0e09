"""Fixtures that every test may ask for."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from psycopg2 import OperationalError

from tests import databases, factories


def pytest_configure(config: pytest.Config) -> None:
    os.environ.setdefault("TEST_CONTROLLER_PID", str(os.getpid()))


# Whole files that take seconds and repeat over many pages, files or programs what others show once.
# They run with `run.py test -m slow`, and in CI.
SLOW = (
    "client_wallet/gateways/",
    "client_wallet/portal/",
    "client_wallet/shifts/test_races.py",
    "client_wallet/shifts/test_refusals.py",
    "client_wallet/shifts/test_rules.py",
    "client_wallet/shifts/test_services.py",
    "client_wallet/shifts_at_the_desk/test_admin_",
    "client_wallet/shifts_at_the_desk/test_api_",
    "client_wallet/shifts_at_the_desk/test_blind.py",
    "client_wallet/test_admin_closed_days.py",
    "client_wallet/test_admin_deposits.py",
    "client_wallet/test_history.py",
    "client_wallet/test_journal_owner.py",
    "client_wallet/test_transaction_plans.py",
    "client_wallet/test_transactions.py",
    "client_wallet/test_transfer_races.py",
    "client_wallet/withdrawals/test_admin_",
    "client_wallet/withdrawals/test_bank.py",
    "client_wallet/withdrawals/test_races.py",
    "core/audit/test_pages.py",
    "core/audit/test_protected.py",
    "core/test_admin_",
    "core/test_content_security.py",
    "core/test_second_factor.py",
    "core/test_second_factor_races.py",
    "invoicing_app/books/test_checks.py",
    "invoicing_app/payers/test_admin.py",
    "invoicing_app/payers/test_api.py",
    "invoicing_app/payers/test_races.py",
    "invoicing_app/payers/test_receivables.py",
    "invoicing_app/payers/test_refunds.py",
    "invoicing_app/payers/test_refusals.py",
    "invoicing_app/payers/test_rules.py",
    "invoicing_app/payers/test_sharing.py",
    "invoicing_app/portal/",
    "invoicing_app/refunds/test_api.py",
    "invoicing_app/refunds/test_books.py",
    "invoicing_app/refunds/test_planning.py",
    "invoicing_app/refunds/test_races.py",
    "invoicing_app/refunds/test_refusals.py",
    "invoicing_app/refunds/test_shown.py",
    "invoicing_app/reports/",
    "invoicing_app/simulation/",
    "invoicing_app/stock/",
    "invoicing_app/tenders/test_api.py",
    "invoicing_app/tenders/test_earlier_payments.py",
    "invoicing_app/tenders/test_pages.py",
    "invoicing_app/tenders/test_races.py",
    "invoicing_app/tenders/test_settling.py",
    "invoicing_app/test_admin_finding.py",
    "invoicing_app/test_admin_hand_outs.py",
    "invoicing_app/test_admin_payment",
    "invoicing_app/test_demo.py",
    "invoicing_app/test_receipt_pages.py",
    "invoicing_app/test_synthea.py",
    "invoicing_app/test_synthea_bad_input.py",
    "invoicing_app/test_synthea_paying.py",
    "invoicing_app/waivers/test_admin_waivers.py",
    "invoicing_app/waivers/test_api_waivers.py",
    "invoicing_app/waivers/test_decisions.py",
    "invoicing_app/waivers/test_races.py",
    "invoicing_app/waivers/test_refusals.py",
    "invoicing_app/waivers/test_requests.py",
    "invoicing_app/waivers/test_rules.py",
    "invoicing_app/waivers/test_shown.py",
    "launcher/test_cluster.py",
    "launcher/test_serve.py",
    "sandbox/",
    "smcapp1/portal/",
    "smcapp1/price_lists/test_page.py",
    "smcapp1/price_lists/test_published.py",
    "smcapp1/stock_counts/test_pages.py",
    "smcapp1/stock_counts/test_races.py",
    "smcapp1/stock_counts/test_refusals.py",
    "smcapp1/stock_counts/test_rest.py",
    "smcapp1/test_admin_",
    "smcapp1/test_code_races.py",
    "test_roles.py",
    "test_roles_at_the_desk.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.relative_to(here).as_posix().startswith(SLOW):
            item.add_marker("slow")


def pytest_unconfigure(config: pytest.Config) -> None:
    is_worker = hasattr(config, "workerinput")
    if not is_worker:
        with suppress(OperationalError):  # no database, no template
            databases.drop(databases.template_name())


def pytest_terminal_summary(terminalreporter: Any) -> None:
    skipped = [one for one in terminalreporter.getreports("skipped") if "browser" in one.keywords]
    if skipped:
        _, _, reason = skipped[0].longrepr
        terminalreporter.write_line(f"{len(skipped)} journeys in a browser: {reason}")


def _worker() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "gw")


@pytest.fixture(scope="session")
def template_database(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> str:
    """The migrated template, made by whichever worker comes first."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    made = shared / "template-made"
    with (shared / "template.lock").open("w") as lock, django_db_blocker.unblock():
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            databases.make_template()
            made.touch()
    return databases.template_name()


@pytest.fixture(scope="session")
def django_db_setup(template_database: str, django_db_blocker: Any) -> Iterator[None]:
    """Each worker's own clone, used in transactions that are rolled back. Not pytest-django's."""
    name = f"{template_database}_{_worker()}"
    with django_db_blocker.unblock():
        databases.clone(name)
        with databases.pointing_at(name):
            yield
        databases.drop(name)


@pytest.fixture(scope="session")
def clones(template_database: str) -> Iterator[databases.Clones]:
    clones = databases.Clones(f"{template_database}_{_worker()}")
    yield clones
    clones.close()


@pytest.fixture
def real_commits(clones: databases.Clones, django_db_blocker: Any) -> Iterator[str]:
    """
    A fresh clone for one test whose commits are real; threads get connections of their own to it.
    """
    name = clones.take()
    with django_db_blocker.unblock(), databases.pointing_at(name):
        yield name
        connections.close_all()
    clones.give_back(name)


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    """Hashing is slow on purpose; no test is about that."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _no_bank(settings: Any) -> None:
    """Whatever the environment names: a test that needs a bank says so."""
    settings.BANK_URL = ""
    settings.DEFAULT_PAYOUT_DESTINATION = {}


@pytest.fixture
def cashier(db: None) -> Any:
    return factories.UserFactory(role="Cashier")


@pytest.fixture
def supervisor(db: None) -> Any:
    return factories.UserFactory(role="Supervisor")
