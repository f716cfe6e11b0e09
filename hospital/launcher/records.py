"""Files that say which of our processes run, so that ``run.py stop`` finds them again."""

import json
import os
from pathlib import Path

from hospital.launcher import children, processes


def remember(record: Path, program: int, **facts: str) -> None:
    """Write down who runs, with start times, since process ids are used again."""
    pids = {"launcher": os.getpid(), "server": program}
    named = {name: (pid, processes.started_at(pid)) for name, pid in pids.items()}
    record.write_text(json.dumps({**named, **facts}), encoding="utf-8")


def fact_of_running(record: Path, name: str) -> str:
    """Return what a record says, if its program still runs; else ""."""
    try:
        said = json.loads(record.read_text(encoding="utf-8"))
        return str(said[name]) if _is_still(said["server"]) else ""
    except (OSError, ValueError, LookupError):
        return ""


def stop_recorded(record: Path, *, seconds: float) -> bool:
    """Stop what a record names, if it is still the same processes."""
    try:
        named = json.loads(record.read_text(encoding="utf-8"))
        launcher, program = named["launcher"], named["server"]
    except (OSError, ValueError, KeyError):
        return False
    found = [_is_still(launcher), _is_still(program)]
    if _is_still(launcher):
        children.stop_process(launcher[0], seconds=2 * seconds)  # it ends the program itself
    if _is_still(program):
        children.stop_group(program[0], seconds=seconds)
    return any(found)


def _is_still(named: tuple[int, str]) -> bool:
    pid, began = named
    return bool(began) and processes.started_at(pid) == began and processes.is_alive(pid)
