"""The project's .venv, holding exactly what requirements.lock names."""

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from hospital.launcher import children
from hospital.launcher.locks import one_at_a_time
from hospital.launcher.places import Places, prepare_state
from hospital.launcher.problems import Problem

OLDEST_PYTHON = (3, 11)
STAMP = "installed-requirements"
NO_VENV = (
    "Python cannot make a virtual environment here: "
    "run apt install python3-venv, or install uv (https://docs.astral.sh/uv/)."
)


def ensure_packages(places: Places) -> str:
    """
    Make or complete .venv, and say what was done.

    The stamp is written last, so an installation that broke off is repeated.

    :raises Problem: if packages cannot be installed
    """
    wanted = lock_digest(places)
    if _installed(places) == wanted and _works(places.python):
        return "up to date"
    prepare_state(places)
    with one_at_a_time(places.state / "install.lock"):
        if _installed(places) == wanted and _works(places.python):
            return "up to date"
        return _install(places, wanted)


def lock_digest(places: Places) -> str:
    """A digest of requirements.lock, and so of everything installed."""
    lock = places.root / "requirements.lock"
    if not lock.is_file():
        raise Problem("requirements.lock is missing: this is not a complete copy of the project.")
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def state(places: Places) -> str:
    """What .venv is like, for the doctor."""
    if not _works(places.python):
        return "none that works; the next start makes it"
    current = _installed(places) == lock_digest(places)
    return "up to date" if current else "behind requirements.lock; the next start completes it"


def find_uv() -> str | None:
    """Path of a uv that works (a version manager's stand-in may not)."""
    uv = shutil.which("uv")
    if uv is None:
        return None
    answer = subprocess.run([uv, "--version"], capture_output=True, check=False)
    return uv if answer.returncode == 0 else None


def can_make_venv() -> bool:
    """True if this Python has venv and ensurepip; Debian packs them apart."""
    answer = subprocess.run(
        [sys.executable, "-c", "import ensurepip, venv"], capture_output=True, check=False
    )
    return answer.returncode == 0


def _install(places: Places, wanted: str) -> str:
    uv = find_uv()
    if not os.access(places.root, os.W_OK):
        raise Problem(f"Cannot make {places.venv}: the folder belongs to another user.")
    if not _works(places.python):
        _make_venv(places, uv)
    stamp = places.venv / STAMP
    with contextlib.suppress(FileNotFoundError):
        stamp.unlink()
    lock = ["--require-hashes", "-r", "requirements.lock"]
    if uv is not None:
        command = [uv, "pip", "install", "--quiet", "--python", str(places.python), *lock]
    else:
        pip = [str(places.python), "-m", "pip", "--disable-pip-version-check"]
        command = [*pip, "install", "--quiet", *lock]
    children.must(command, "Installing the packages failed", cwd=places.root, env=os.environ)
    stamp.write_text(wanted, encoding="ascii")
    return f"installed with {'uv' if uv else 'pip'}"


def _make_venv(places: Places, uv: str | None) -> None:
    _clear(places.venv)
    if uv is not None:
        command = [uv, "venv", "--quiet", "--python", sys.executable, str(places.venv)]
    elif can_make_venv():
        command = [sys.executable, "-m", "venv", str(places.venv)]
    else:
        raise Problem(NO_VENV)
    children.must(command, "Making .venv failed", cwd=places.root, env=os.environ)


def _clear(venv: Path) -> None:
    """Remove what does not work; uv refuses to clear a venv that broke off early."""
    if venv.is_symlink():
        venv.unlink()
    elif venv.exists():
        shutil.rmtree(venv)


def _installed(places: Places) -> str:
    try:
        return (places.venv / STAMP).read_text(encoding="ascii")
    except OSError:
        return ""


def _works(python: Path) -> bool:
    """True if this interpreter starts, is new enough and is the venv's own."""
    test = (
        f"import sys; sys.exit(sys.prefix == sys.base_prefix or sys.version_info < {OLDEST_PYTHON})"
    )
    try:
        answer = subprocess.run([python, "-c", test], capture_output=True, check=False)
    except OSError:
        return False
    return answer.returncode == 0
