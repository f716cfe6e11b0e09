"""
Idempotency keys: the first answer of an act, kept in the act's own transaction and given again.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db import connection

from hospital.core.acts import Act
from hospital.core.errors import KeyReused
from hospital.core.models import IdempotencyKey
from hospital.core.transactions import TransactionConflict

Facts = Mapping[str, Any]  # what was asked for, normalised: JSON values only
Answer = dict[str, Any]  # what was answered: JSON values only


def fingerprint(facts: Facts) -> str:
    """Return the sha256 of the facts, independent of their order."""
    written = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()


def earlier_answer(act: Act, name: str, facts: Facts) -> Answer | None:
    """
    Return the answer first given to this actor, act name and key, or None for a new one.

    Call it after the act's locks are held: a key looked up before the lock is looked up too early.
    Where an act takes no lock first, ``keep_answer`` notices.

    :raises KeyReused: if the key was spent on other facts
    """
    if not act.key:
        return None
    spent = IdempotencyKey.objects.filter(actor=act.actor, act=name, key=act.key).first()
    if spent is None:
        return None
    if spent.fingerprint != fingerprint(facts):
        raise KeyReused("This idempotency key was already used for a different request.")
    answer: Answer = spent.answer
    return answer


def keep_answer(act: Act, name: str, facts: Facts, answer: Answer) -> None:
    """
    Keep the first answer under the act's key; without a key nothing is kept.

    :raises TransactionConflict: if the same key was spent meanwhile by an act that shared no lock
        with this one; the edge rolls back, runs the act again and finds the other's answer
    """
    if not act.key:
        return
    with connection.cursor() as cursor:
        # Insert-or-ignore: an IntegrityError would poison the transaction.
        cursor.execute(
            """
            INSERT INTO core_idempotencykey (actor_id, act, key, fingerprint, answer, created_at)
            VALUES (%s, %s, %s, %s, %s, now())
            ON CONFLICT (actor_id, act, key) DO NOTHING
            """,
            [act.actor.pk, name, act.key, fingerprint(facts), json.dumps(answer)],
        )
        if cursor.rowcount == 0:
            raise TransactionConflict
