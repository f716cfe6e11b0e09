"""In the demo: the sandbox bank, and the worker that has it pay withdrawals out."""

import contextlib
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from hospital.launcher import children, records
from hospital.launcher.places import Places, open_log

FINALITY_SECONDS = "30"
STOP_SECONDS = 8.0


def settings_of_running_bank(places: Places) -> dict[str, str]:
    """Return how the settings name this project's sandbox bank, if it runs."""
    address = records.fact_of_running(_record(places, "bank"), "address")
    return _settings(address) if address else {}


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
    record = _record(places, "bank")
    with _program(places, "bank", command, places.state, {}, stdout=subprocess.PIPE) as process:
        output = process.stdout
        address = output.readline().decode().strip() if output else ""
        if address:  # else its file is somebody else's, whose bank pays
            records.remember(record, process.pid, address=address)
        yield address


@contextlib.contextmanager
def worker(
    places: Places, environ: Mapping[str, str], port: int, *, locks: tuple[int, ...]
) -> Iterator[None]:
    """Carry withdrawals out meanwhile. It finishes what it is at when it is told to stop."""
    command = [str(places.python), "manage.py", "process_withdrawals", "--loop"]
    name = f"worker-{port}"
    with _program(places, name, command, places.root, environ, locks=locks) as process:
        records.remember(_record(places, name), process.pid)
        yield


def with_bank(environ: Mapping[str, str], address: str) -> dict[str, str]:
    """Return the environment with the bank's address in it, if there is one."""
    return {**_settings(address), **environ} if address else dict(environ)


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


def _settings(address: str) -> dict[str, str]:
    return {"BANK_URL": address, "BANK_FINALITY_SECONDS": FINALITY_SECONDS}


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
