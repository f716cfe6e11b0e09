"""Facts about running processes, so that only our own are ever signalled."""

import os
import shutil
import subprocess
import time
from pathlib import Path

_PROC = Path("/proc")


def is_alive(pid: int) -> bool:
    """True for a running process; a zombie is not one."""
    if _has_proc():
        return _stat_fields(pid)[:1] not in ([], ["Z"], ["X"])
    return bool(_ps(pid, "pid="))


def started_at(pid: int) -> str:
    """When a process began, as a text that no later process with the same id shares; or empty."""
    if not _has_proc():
        return _ps(pid, "lstart=")
    fields = _stat_fields(pid)
    if not fields:
        return ""
    boot = (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return f"{boot} {fields[19]}"  # proc(5): starttime is field 22, and the state, field 3, is [0]


def command_line(pid: int) -> list[str]:
    """The arguments a process was started with; empty when unknown."""
    if not _has_proc():
        return _ps(pid, "command=").split()
    try:
        raw = (_PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return []
    return [os.fsdecode(part) for part in raw.split(b"\0") if part]


def children_of(parent: int) -> list[int]:
    """The processes that a process has started, without theirs."""
    if not _has_proc():
        answer = subprocess.run(
            [shutil.which("ps") or "/bin/ps", "-A", "-o", "pid=,ppid="],
            capture_output=True,
            text=True,
            check=False,
        )
        pairs = [line.split() for line in answer.stdout.splitlines()]
        return [int(pid) for pid, of in pairs if int(of) == parent]
    running = [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdecimal()]
    return [pid for pid in running if _stat_fields(pid)[1:2] == [str(parent)]]


def wait_until_gone(pid: int, *, seconds: float) -> bool:
    """True once the process has ended; false when it still runs after ``seconds``."""
    deadline = time.monotonic() + seconds
    while is_alive(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _has_proc() -> bool:
    return (_PROC / "self/stat").exists()


def _stat_fields(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat after the name, which may itself hold spaces and brackets."""
    try:
        line = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return line.rpartition(")")[2].split()


def _ps(pid: int, column: str) -> str:
    ps = shutil.which("ps") or "/bin/ps"
    answer = subprocess.run(
        [ps, "-o", column, "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip()
