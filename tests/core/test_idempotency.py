"""Keys: looked up by actor, act and key; kept with the first answer, once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hospital.core.acts import Act
from hospital.core.errors import KeyReused
from hospital.core.idempotency import earlier_answer, fingerprint, keep_answer
from hospital.core.models import IdempotencyKey
from hospital.core.transactions import TransactionConflict
from tests.factories import UserFactory

FACTS = {"patient_id": 7, "amount": "5.00"}
ANSWER = {"deposit_id": 1, "items": [{"name": "Paracétamol"}], "wallet_balance": None}


@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text() | st.none(), max_size=5))
def test_a_fingerprint_does_not_depend_on_the_order_of_the_facts(facts):
    reordered = dict(reversed(facts.items()))

    assert fingerprint(reordered) == fingerprint(facts)


@pytest.mark.parametrize(
    "other",
    [
        {**FACTS, "amount": "5.01"},
        {**FACTS, "patient_id": "7"},
        {**FACTS, "note": ""},
        {"patient_id": 7},
        {"patient": 7, "amount": "5.00"},
    ],
)
def test_other_facts_have_another_fingerprint(other):
    assert fingerprint(other) != fingerprint(FACTS)


@pytest.mark.django_db
def test_a_kept_answer_is_found_again(cashier):
    act = Act(cashier, "the key")
    keep_answer(act, "deposit", FACTS, ANSWER)

    assert earlier_answer(act, "deposit", dict(reversed(FACTS.items()))) == ANSWER


@pytest.mark.django_db
def test_a_new_key_has_no_answer(cashier):
    keep_answer(Act(cashier, "the key"), "deposit", FACTS, ANSWER)

    found = [
        earlier_answer(Act(cashier, "another key"), "deposit", FACTS),
        earlier_answer(Act(cashier, "the key"), "payment", FACTS),
        earlier_answer(Act(UserFactory(), "the key"), "deposit", FACTS),
        earlier_answer(Act(cashier, "The Key"), "deposit", FACTS),
    ]

    assert found == [None] * 4


@pytest.mark.django_db
def test_a_key_with_other_facts_is_refused(cashier):
    act = Act(cashier, "the key")
    keep_answer(act, "deposit", FACTS, ANSWER)

    with pytest.raises(KeyReused):
        earlier_answer(act, "deposit", {**FACTS, "amount": "5.01"})


@pytest.mark.django_db
def test_an_act_without_a_key_keeps_nothing_and_finds_nothing(cashier):
    keep_answer(Act(cashier), "deposit", FACTS, ANSWER)

    assert IdempotencyKey.objects.count() == 0
    assert earlier_answer(Act(cashier), "deposit", FACTS) is None


@pytest.mark.django_db
@pytest.mark.parametrize("facts", [FACTS, {**FACTS, "amount": "5.01"}], ids=["same", "other"])
def test_a_key_spent_meanwhile_is_a_conflict_that_poisons_no_transaction(facts, cashier):
    act = Act(cashier, "the key")
    keep_answer(act, "deposit", FACTS, ANSWER)

    with pytest.raises(TransactionConflict):
        keep_answer(act, "deposit", facts, {"deposit_id": 2})

    assert IdempotencyKey.objects.get().answer == ANSWER
