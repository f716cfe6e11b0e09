"""How PostgreSQL carries out what an act asks of it."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection

from tests.rows import statements_of

Plan = dict[str, Any]


def plans_of(act: Callable[[], Any]) -> list[Plan]:
    """Run the act, then each of its queries again under EXPLAIN ANALYZE; return their plans."""
    return [_explained(query) for query in statements_of(act)]


def plan_of(act: Callable[[], Any]) -> Plan:
    """Return the plan of an act's one query."""
    (plan,) = plans_of(act)
    return plan


def indexes_in(plan: Plan) -> list[str]:
    return sorted(node["Index Name"] for node in _nodes_in(plan) if "Index Name" in node)


def sorts_in(plan: Plan) -> int:
    return sum("Sort" in node["Node Type"] for node in _nodes_in(plan))


def buffers_in(plan: Plan) -> int:
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def _explained(query: str) -> Plan:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {query}")
        (explained,) = cursor.fetchone()
    parsed = explained if isinstance(explained, list) else json.loads(explained)
    plan: Plan = parsed[0]["Plan"]
    return plan


def _nodes_in(plan: Plan) -> Iterator[Plan]:
    yield plan
    for child in plan.get("Plans", []):
        yield from _nodes_in(child)
