"""The environment the settings read: what the user gave, and in the demo what is missing."""

import contextlib
import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path

from hospital.launcher import payouts, sharing
from hospital.launcher.cluster import project_cluster
from hospital.launcher.places import Places, database_url, places_of, prepare_state
from hospital.launcher.postmaster import Postmaster
from hospital.launcher.problems import Problem
from hospital.launcher.sharing import Membership

OFF = {"0", "false", "off", "no"}
APPLICATION, OWNER = "hospital_app", "hospital_owner"
PAYOUT_DESTINATION = "058:0123456789:Demo Patient"  # of the demo's wallets
CLUSTER_VARIABLE = "HOSPITAL_CLUSTER"  # set by us, for our own children, to the project's state


def is_production(environ: Mapping[str, str]) -> bool:
    """True when the user turned DEBUG off without asking for the demo: nothing is made up then."""
    return is_off(environ.get("DEBUG", "")) and not is_on(environ.get("DEMO", ""))


def uses_own_cluster(places: Places, environ: Mapping[str, str]) -> bool:
    """True when the database is the project's own, not one the user named."""
    if environ.get(CLUSTER_VARIABLE) == str(places.state):
        return True
    return not is_production(environ) and not environ.get("DATABASE_URL")


@contextlib.contextmanager
def hospital_environment(
    root: Path, environ: Mapping[str, str]
) -> Iterator[tuple[dict[str, str], Membership | None]]:
    """
    The environment for a Django process, with the project's database running meanwhile.

    :raises Problem: if the database cannot be started
    """
    places = places_of(root)
    if not uses_own_cluster(places, environ):
        yield demo_defaults(places, environ), None
        return
    membership = sharing.join(project_cluster(places))
    try:
        urls = cluster_urls(places, membership.server)
        given = demo_defaults(places, environ)
        # A child of ours may have been sent to another database of the cluster, as tests are.
        yield ({**urls, **given} if given.get("DATABASE_URL") else {**given, **urls}), membership
    finally:
        membership.leave()


def cluster_urls(places: Places, server: Postmaster) -> dict[str, str]:
    """Where the project's own database is, for its two roles."""
    return {
        CLUSTER_VARIABLE: str(places.state),
        "DATABASE_URL": database_url(APPLICATION, server.sockets),
        "DATABASE_OWNER_URL": database_url(OWNER, server.sockets),
    }


def demo_defaults(places: Places, environ: Mapping[str, str]) -> dict[str, str]:
    """What the demo needs beside a database; in production, the environment unchanged."""
    if is_production(environ):
        return dict(environ)
    defaults = {
        "DEMO": "1",
        "DEBUG": "0",
        "ALLOWED_HOSTS": "127.0.0.1,localhost,[::1]",
        "DEFAULT_PAYOUT_DESTINATION": PAYOUT_DESTINATION,
    }
    if not environ.get("SECRET_KEY"):
        defaults["SECRET_KEY"] = _secret_key(places)
    if not environ.get("BANK_URL"):
        running = payouts.settings_of_running_bank(places)
        defaults |= payouts.without_gateway_if_named(running, environ)
    given = {name: value for name, value in environ.items() if value or name not in defaults}
    return {**defaults, **given}


def _secret_key(places: Places) -> str:
    """The demo's key: made once, readable by its owner only."""
    prepare_state(places)
    with contextlib.suppress(FileExistsError):
        _write_new(places.secret_key, secrets.token_urlsafe(50))
    try:
        key = places.secret_key.read_text(encoding="ascii").strip()
    except OSError as error:
        raise Problem(f"Cannot read {places.secret_key}: {error.strerror}.") from error
    if not key:
        raise Problem(f"{places.secret_key} is empty: remove it.")
    return key


def _write_new(path: Path, text: str) -> None:
    """Write a file that appears whole, and only if it is not there yet."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="ascii") as file:
        file.write(text)
    try:
        os.link(draft, path)
    finally:
        draft.unlink()


def is_off(value: str) -> bool:
    return value.strip().lower() in OFF


def is_on(value: str) -> bool:
    return bool(value.strip()) and not is_off(value)
