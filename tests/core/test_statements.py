"""Statements that are planned once per connection, and what is sent of them."""

import pytest
from django.db import DataError, connection, transaction

from hospital.core.statements import BY_INDEX, Statement, run
from tests.rows import statements_of

pytestmark = pytest.mark.django_db

ADD = Statement("test_add", "SELECT %(one)s::bigint + %(other)s::bigint, %(one)s::bigint")
DIVIDE = Statement("test_divide", "SELECT 1 / %(by)s::integer")


def planned() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM pg_prepared_statements WHERE name LIKE 'test\\_%' ORDER BY 1"
        )
        return [name for (name,) in cursor.fetchall()]


def test_a_statement_is_planned_at_its_first_use_and_not_again():
    answers = [run([ADD], {"one": 1, "other": 2}), run([ADD], {"one": 3, "other": 4})]

    assert (answers, planned().count("test_add")) == ([(3, 1), (7, 3)], 1)


def test_several_go_over_at_once_and_the_last_one_answers():
    sent = statements_of(lambda: run([DIVIDE, ADD], {"one": 1, "other": 2, "by": 1}))

    assert len(sent) == 1
    assert sent[0].startswith(f"{BY_INDEX};EXECUTE test_divide (1);EXECUTE test_add (1, 2)")


def test_a_row_is_found_by_index_also_in_a_table_that_is_small_when_the_plan_is_made():
    find = Statement("test_find", "SELECT id FROM small WHERE id = %(id)s::integer")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE small (id integer PRIMARY KEY)")
        cursor.execute("INSERT INTO small VALUES (1), (2)")
        cursor.execute("ANALYZE small")
        cursor.execute("EXPLAIN SELECT id FROM small WHERE id = 1")
        looked_cheaper = str(cursor.fetchall())
        run([find], {"id": 1})
        cursor.execute("EXPLAIN EXECUTE test_find (1)")
        made = str(cursor.fetchall())

    assert ("Seq Scan" in looked_cheaper, "Seq Scan" in made) == (True, False)


def test_no_row_is_none():
    assert run([Statement("test_nothing", "SELECT 1 WHERE false")], {}) is None


def test_values_are_values_whatever_is_in_them():
    echo = Statement("test_echo", "SELECT %(text)s::text")

    assert run([echo], {"text": "'; DROP TABLE core_user; -- %s"}) == (
        "'; DROP TABLE core_user; -- %s",
    )


def test_a_plan_outlives_a_transaction_that_failed():
    with pytest.raises(DataError), transaction.atomic():
        run([DIVIDE], {"by": 0})

    assert run([DIVIDE], {"by": 1}) == (1,)


def test_behind_a_pooler_nothing_is_planned(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    alone = Statement("test_alone", "SELECT %(one)s::bigint")

    sent = statements_of(lambda: run([DIVIDE, alone], {"one": 5, "by": 1}))

    assert sent == [f"{BY_INDEX};SELECT 1 / 1::integer;SELECT 5::bigint"]
    assert "test_alone" not in planned()
