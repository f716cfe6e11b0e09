"""Where a user is signed in, and how that is ended from elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, update_session_auth_hash
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from hospital.core.idle_sessions import USED, is_over
from hospital.core.lock_out import address_of
from hospital.core.models import OpenSession

BROWSER_LENGTH = 200


@dataclass(frozen=True)
class SignedIn:
    """One place where a user is signed in."""

    id: int
    began_at: datetime
    used_at: datetime
    address: str
    browser: str
    is_here: bool  # the session that asks


def note_session(request: HttpRequest, user: Any, **signal: Any) -> None:
    """Write down where a session began, as it begins."""
    session: Any = request.session
    if session.session_key is None:  # it was somebody else's a moment ago
        session.create()
    here = OpenSession(
        session_key=session.session_key,
        user=user,
        began_at=timezone.now(),
        address=address_of(request),
        browser=request.headers.get("User-Agent", "").replace("\0", "")[:BROWSER_LENGTH],
    )
    OpenSession.objects.bulk_create(
        [here],
        update_conflicts=True,  # who signs in again as the same keeps the session
        unique_fields=["session_key"],
        update_fields=["began_at", "address", "browser"],
    )


def sessions_of(user: Any, *, here: str | None) -> Sequence[SignedIn]:
    """
    Return where the user is signed in, the newest first; ``here`` is the key of who asks.

    What has ended meanwhile, in whatever way, is forgotten.
    """
    noted = list(OpenSession.objects.filter(user=user).order_by("-pk"))
    alive = _alive(user, [one.session_key for one in noted])
    ended = [one.pk for one in noted if one.session_key not in alive]
    if ended:
        OpenSession.objects.filter(pk__in=ended).delete()
    return [
        SignedIn(
            id=one.pk,
            began_at=one.began_at,
            used_at=datetime.fromtimestamp(alive[one.session_key], UTC),
            address=one.address,
            browser=one.browser,
            is_here=one.session_key == here,
        )
        for one in noted
        if one.session_key in alive
    ]


def keep_session(request: HttpRequest, user: Any) -> None:
    """Let this session outlive its user's new password, under another key."""
    session: Any = request.session
    before = session.session_key
    update_session_auth_hash(request, user)
    OpenSession.objects.filter(session_key=before).update(session_key=session.session_key)


@transaction.atomic
def end_session(user: Any, session_id: int) -> bool:
    """End one session of this user; return whether there was one to end."""
    return bool(_end(OpenSession.objects.filter(user=user, pk=session_id)))


@transaction.atomic
def end_other_sessions(user: Any, *, but: str | None) -> int:
    """End the user's sessions but the one of this key, and return how many ended."""
    return _end(OpenSession.objects.filter(user=user).exclude(session_key=but or ""))


def _end(noted: QuerySet[OpenSession]) -> int:
    keys = list(noted.values_list("session_key", flat=True))
    Session.objects.filter(pk__in=keys).delete()
    noted.filter(session_key__in=keys).delete()
    return len(keys)


def _alive(user: Any, keys: Sequence[str]) -> dict[str, float]:
    """Return key → when it was last used, of those sessions that still sign this user in."""
    sessions = Session.objects.filter(pk__in=keys, expire_date__gt=timezone.now())
    return dict(_used(user, sessions))


def _used(user: Any, sessions: QuerySet[Session]) -> Iterator[tuple[str, float]]:
    for session in sessions:
        kept = session.get_decoded()
        is_theirs = kept.get(SESSION_KEY) == str(user.pk)
        proof = kept.get(HASH_SESSION_KEY, "")  # another password ends a session
        has_proof = constant_time_compare(proof, user.get_session_auth_hash())
        if is_theirs and has_proof and not is_over(kept, user):
            yield session.pk, kept.get(USED, 0.0)
