"""What was already done to the project's own cluster; the notes lie in it and vanish with it."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from hospital.launcher.packages import lock_digest
from hospital.launcher.places import Places

MIGRATED = "migrated"
SEEDED = "seeded"
UNDOING = {"migrate", "flush"}  # commands after which the first note may be wrong


def code_digest(places: Places) -> str:
    """
    A digest of the packages and of every Python and SQL file of the project.

    Not of the migrations only: what runs after them (roles, permissions) is code too.
    """
    digest = hashlib.sha256(lock_digest(places).encode())
    for path in sorted(_code(places.root)):
        digest.update(os.fsencode(path.relative_to(places.root)) + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def read(places: Places, name: str) -> str:
    """A note; empty when there is none."""
    path = places.cluster / name
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def write(places: Places, name: str, text: str) -> None:
    """Note that something is done, once it is."""
    (places.cluster / name).write_text(text, encoding="utf-8")


def forget(places: Places, name: str) -> None:
    (places.cluster / name).unlink(missing_ok=True)


def _code(root: Path) -> Iterator[Path]:
    for folder in root.iterdir():
        if folder.is_dir() and folder.name not in {"var", "tests"} and folder.name[0] != ".":
            for suffix in ("*.py", "*.sql"):
                yield from folder.rglob(suffix)
