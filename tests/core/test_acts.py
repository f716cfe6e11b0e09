"""Answers: kept without the mark of a replay, given again with it."""

from dataclasses import dataclass

from hospital.core.acts import Answer


@dataclass(frozen=True)
class Weighed(Answer):
    weight: str
    scales: list[str]
    replayed: bool = False


def test_an_answer_given_again_says_so():
    first = Weighed("70.5", ["left", "right"])

    again = Weighed.again(first.facts())

    assert first.facts() == {"weight": "70.5", "scales": ["left", "right"]}
    assert again == Weighed("70.5", ["left", "right"], replayed=True)
    assert again.facts() == first.facts()
