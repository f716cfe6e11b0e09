"""The operating system's account PostgreSQL runs as; it refuses to run as root."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from hospital.launcher.problems import Problem

SERVER_ACCOUNTS = ("postgres", "nobody")  # tried in this order, never created


@dataclass(frozen=True)
class Account:
    name: str
    uid: int
    gid: int
    switch: bool  # true when we are root and must become this account

    def own(self, path: Path) -> None:
        """Give one path of ours to this account."""
        if self.switch:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def run(
        self, command: Sequence[str | Path], *, text: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as this account, ``text`` on its input, and return what it printed."""
        return subprocess.run(
            [str(part) for part in command],
            input=text,
            capture_output=True,
            text=True,
            check=False,
            **self._setting(),
        )

    def start(self, command: Sequence[str | Path], *, log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start a command as this account in a session of its own, out of reach of Ctrl-C."""
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            **self._setting(),
        )

    def _setting(self) -> dict[str, Any]:
        setting: dict[str, Any] = {"cwd": "/", "env": _clean_environment(), "umask": 0o077}
        if self.switch:
            setting |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return setting


def server_account() -> Account:
    """
    The account that runs the database server.

    :raises Problem: as root, when neither postgres nor nobody exists
    """
    if os.geteuid() != 0:
        uid = os.geteuid()
        return Account(name=_name_of(uid), uid=uid, gid=os.getegid(), switch=False)
    for name in SERVER_ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid, switch=True)
    raise Problem(
        "PostgreSQL does not run as root, and this machine has neither a user postgres nor nobody: "
        "start as an ordinary user."
    )


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _clean_environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("TZ", "LD_LIBRARY_PATH") if name in os.environ}
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", **kept}
