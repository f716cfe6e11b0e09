"""In the demo: the sandbox bank with its payment gateway, and the workers that deal with both."""

import contextlib
import secrets
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from hospital.launcher import children, records
from hospital.launcher.places import Places, open_log

FINALITY_SECONDS = "30"
ASK_SECONDS = "15"  # of silence about an online payment
WORKERS = {"worker": "process_withdrawals", "sweeper": "settle_online_payments"}
STOP_SECONDS = 8.0


def settings_of_running_bank(places: Places) -> dict[str, str]:
    """Return how the settings name this project's sandbox bank and gateway, if it runs."""
    record = _record(places, "bank")
    address, secret = (records.fact_of_running(record, name) for name in ("address", "secret"))
    return _settings(address, secret) if address else {}


@contextlib.contextmanager
def sandbox_bank(places: Places, environ: Mapping[str, str], *, wanted: bool) -> Iterator[str]:
    """
    Run a calm bank, whose memory is in the project's state, and yield its address.

    "" where none is wanted, where one is named or runs already, or where there is no such program.
    """
    program = places.root / "hospital" / "sandbox"
    if not wanted or environ.get("BANK_URL") or not program.is_dir():
        yield ""
        return
    command = [
        *(str(places.python), "-I", "-S", str(program), "--data", str(_data(places))),
        *("--finality-seconds", FINALITY_SECONDS),
    ]
    record, secret = _record(places, "bank"), secrets.token_urlsafe(32)
    named = {"SANDBOX_GATEWAY_SECRET": secret}
    with _program(places, "bank", command, places.state, named, stdout=subprocess.PIPE) as process:
        output = process.stdout
        address = output.readline().decode().strip() if output else ""
        if address:  # else its file is somebody else's, whose bank pays
            records.remember(record, process.pid, address=address, secret=secret)
        yield address


@contextlib.contextmanager
def workers(
    places: Places, environ: Mapping[str, str], port: int, *, locks: tuple[int, ...]
) -> Iterator[None]:
    """
    Carry withdrawals out meanwhile, and ask about online payments. Each finishes what it is at
    when it is told to stop.
    """
    with contextlib.ExitStack() as stack:
        for name, command in WORKERS.items():
            program = [str(places.python), "manage.py", command, "--loop"]
            known_as = f"{name}-{port}"
            process = stack.enter_context(
                _program(places, known_as, program, places.root, environ, locks=locks)
            )
            records.remember(_record(places, known_as), process.pid)
        yield


def with_bank(places: Places, environ: Mapping[str, str], address: str) -> dict[str, str]:
    """
    Return the environment with the bank and its gateway in it, if it was started.

    A gateway that the environment names is left alone, with all that belongs to it.
    """
    settings = settings_of_running_bank(places) if address else {}
    return {**without_gateway_if_named(settings, environ), **environ}


def without_gateway_if_named(
    settings: Mapping[str, str], environ: Mapping[str, str]
) -> dict[str, str]:
    is_named = bool(environ.get("GATEWAY"))
    return {
        name: value
        for name, value in settings.items()
        if not (is_named and name.startswith("GATEWAY"))
    }


def stop(places: Places) -> bool:
    """Stop what a launcher that was killed has left behind."""
    found = sorted(places.state.glob("payouts-*.json"))
    stopped = [records.stop_recorded(record, seconds=STOP_SECONDS) for record in found]
    for record in found:
        record.unlink(missing_ok=True)
    return any(stopped)


def forget(places: Places) -> None:
    """Delete the bank's memory, with the database that it belongs to."""
    for path in places.state.glob("bank.db*"):
        path.unlink(missing_ok=True)


def _settings(address: str, secret: str) -> dict[str, str]:
    return {
        "BANK_URL": address,
        "BANK_FINALITY_SECONDS": FINALITY_SECONDS,
        "GATEWAY": "sandbox",
        "GATEWAY_URL": address,
        "GATEWAY_KEY_SECRET": secret,
        "GATEWAY_WEBHOOK_SECRET": secret,
        "GATEWAY_ASK_SECONDS": ASK_SECONDS,
    }


@contextlib.contextmanager
def _program(
    places: Places,
    name: str,
    command: list[str],
    folder: Path,
    environ: Mapping[str, str],
    *,
    stdout: int | None = None,
    locks: tuple[int, ...] = (),
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program in a group of its own; it is ended and reaped on the way out."""
    with open_log(places.state / f"{name}.log", "wb") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=stdout or log,
            stderr=log,
            start_new_session=True,
            pass_fds=locks,
        )
    try:
        yield process
    finally:
        children.stop_group(process.pid, seconds=STOP_SECONDS)
        process.wait()
        if process.stdout:
            process.stdout.close()
        _record(places, name).unlink(missing_ok=True)


def _data(places: Places) -> Path:
    return places.state / "bank.db"


def _record(places: Places, name: str) -> Path:
    return places.state / f"payouts-{name}.json"
