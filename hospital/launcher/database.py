"""A database somebody else runs, named by DATABASE_URL: can it be reached, without its password."""

import os
import re
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from hospital.launcher import children
from hospital.launcher.places import Places
from hospital.launcher.problems import Problem

_CONNECT = "import os, psycopg2; psycopg2.connect(os.environ['DATABASE_URL'], connect_timeout=5)"


def redacted(url: str) -> str:
    """The URL fit for a screen: no password, neither after the user nor among the options."""
    try:
        parts = urlsplit(url)
        name = unquote(parts.username or "")
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "(not a URL)"
    if not parts.scheme or parts.scheme not in ("postgres", "postgresql"):
        return "(not a postgresql:// URL)"
    query = re.sub(r"(?i)\b((?:ssl)?password)=[^&]*", r"\1=***", parts.query)
    shown = f"{parts.scheme}://{f'{name}@' if name else ''}{host}{parts.path}"
    return f"{shown}?{query}" if query else shown


def unreachable_because(places: Places, environ: Mapping[str, str]) -> str:
    """Why the database of DATABASE_URL does not answer; empty if it does."""
    url = environ["DATABASE_URL"]
    program = [str(places.python), "-c", _CONNECT]
    answer = children.quietly(program, cwd=places.root, env={**os.environ, "DATABASE_URL": url})
    if answer.returncode == 0:
        return ""
    lines = [line.strip() for line in answer.stderr.splitlines() if line.strip()]
    said = [line for line in lines if "Error: " in line] or lines[-1:] or ["no answer"]
    reason = said[-1].partition("Error: ")[2] or said[-1]
    for secret in _secrets(url):
        reason = reason.replace(secret, "***")
    return reason.rstrip(".")


def require_reachable(places: Places, environ: Mapping[str, str]) -> None:
    """:raises Problem: if the database of DATABASE_URL does not answer"""
    reason = unreachable_because(places, environ)
    if reason:
        url = redacted(environ["DATABASE_URL"])
        raise Problem(f"The database {url} of DATABASE_URL cannot be reached: {reason}.")


def _secrets(url: str) -> list[str]:
    """Every spelling of the password, longest first, and the URL itself."""
    found = {url}
    netloc = url.partition("://")[2].partition("/")[0].rpartition("@")[0]
    found.add(netloc.partition(":")[2])
    found.update(re.findall(r"(?i)\b(?:ssl)?password=([^&\s]*)", url))
    spellings = found | {unquote(secret) for secret in found}
    return sorted(filter(None, spellings), key=len, reverse=True)
