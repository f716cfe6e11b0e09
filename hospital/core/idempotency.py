"""
Idempotency keys: the first answer of an act, kept in the act's own transaction and given again.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from hospital.core.acts import Act
from hospital.core.errors import KeyReused
from hospital.core.statements import Part, Statement, run
from hospital.core.transactions import TransactionConflict

Facts = Mapping[str, Any]  # what was asked for, normalised: JSON values only
Answer = dict[str, Any]  # what was answered: JSON values only

# Which key: for statements that read the table as ``spent``; ``key_values`` has the values.
SPENT = (
    "(spent.actor_id, spent.act, spent.key) = (%(actor_id)s::bigint, %(act)s::text, %(key)s::text)"
)
_FIND = Statement(
    "find_idempotency_key",
    f"SELECT fingerprint, answer FROM core_idempotencykey spent WHERE {SPENT}",  # noqa: S608 - no input in it
)
# Keeps ``facts`` of a part called ``answer``; no row comes back where the key was spent before.
KEEP = Part(
    "kept",
    """
    INSERT INTO core_idempotencykey (actor_id, act, key, fingerprint, answer, created_at)
    SELECT %(actor_id)s::bigint, %(act)s::text, %(key)s::text, %(fingerprint)s::text,
           answer.facts, now()
      FROM answer
     WHERE %(key)s::text <> ''
    ON CONFLICT (actor_id, act, key) DO NOTHING
    RETURNING key""",  # insert-or-ignore: an IntegrityError would poison the transaction
)
_KEEP = Statement(
    "keep_answer",
    f"WITH answer AS (SELECT %(answer)s::jsonb AS facts), {KEEP.name} AS ({KEEP.sql})"  # noqa: S608 - no input in it
    f" SELECT key FROM {KEEP.name}",
)


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
    spent = run([_FIND], key_values(act, name, facts))
    if spent is None:
        return None
    if spent[0] != fingerprint(facts):
        raise KeyReused("This idempotency key was already used for a different request.")
    answer: Answer = json.loads(spent[1])  # Django has the driver hand JSON over as text
    return answer


def key_values(act: Act, name: str, facts: Facts) -> dict[str, Any]:
    """Return the values of ``SPENT`` and ``KEEP``, for an act with statements of its own."""
    return {
        "actor_id": act.actor.pk,
        "act": name,
        "key": act.key,
        "fingerprint": fingerprint(facts),
    }


def keep_answer(act: Act, name: str, facts: Facts, answer: Answer) -> None:
    """
    Keep the first answer under the act's key; without a key nothing is kept.

    :raises TransactionConflict: if the same key was spent meanwhile by an act that shared no lock
        with this one; the edge rolls back, runs the act again and finds the other's answer
    """
    if not act.key:
        return
    values = {**key_values(act, name, facts), "answer": json.dumps(answer)}
    require_kept(act, run([_KEEP], values) is not None)


def require_kept(act: Act, kept: bool) -> None:
    """
    Make sure that an act's own statement kept its answer, if it has a key.

    :raises TransactionConflict: as ``keep_answer`` does
    """
    if act.key and not kept:
        raise TransactionConflict
