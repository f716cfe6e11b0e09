"""The statement: what was paid in a time, to the microsecond."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest

from tests.sandbox.banks import AGES, DESTINATION, Reply, RunningBank, running


def statement(bank: RunningBank, **parameters: object) -> Reply:
    return bank.call("GET", f"/statement?{urlencode(parameters)}")


def moved(instant: str, microseconds: int) -> str:
    return (datetime.fromisoformat(instant) + timedelta(microseconds=microseconds)).isoformat()


def test_it_begins_with_from_and_ends_before_to(bank: RunningBank, reference: str):
    payment = bank.pay(reference).json
    at = payment["paid_at"]

    spans = [(0, 1), (0, 0), (-1, 0), (1, 2), (-1, 1)]
    found = [
        statement(bank, **{"from": moved(at, start), "to": moved(at, end)}).json["payments"]
        for start, end in spans
    ]

    assert found == [[payment], [], [], [], [payment]]


def test_no_two_payments_have_the_same_instant(careless: RunningBank, reference: str):
    for _ in range(20):
        careless.pay(reference)

    instants = [payment["paid_at"] for payment in careless.payments()]
    assert instants == sorted(set(instants))
    assert len(instants) >= 20


def test_pages_and_totals_are_of_one_moment(data):
    unknown = {**DESTINATION, "account_number": "000"}

    with running(data) as bank:
        for number in range(5):
            bank.pay(f"WD-{number}", currency="KES" if number == 3 else "NGN")
        bank.pay("WD-refused", destination=unknown)
        page = statement(bank, **AGES, limit=2)
        pages = [page.json]
        bank.pay("WD-later")
        while address := pages[-1]["next"]:
            pages.append(bank.call("GET", address).json)

    references = [[payment["reference"] for payment in page["payments"]] for page in pages]
    totals = [
        {"currency": "KES", "count": 1, "amount": "1500.00"},
        {"currency": "NGN", "count": 4, "amount": "6000.00"},
    ]
    assert references == [["WD-0", "WD-1"], ["WD-2", "WD-3"], ["WD-4"]]
    assert [page["totals"] for page in pages] == [totals] * 3
    assert [(page["from"], page["to"]) for page in pages] == [
        ("2020-01-01T00:00:00.000000Z", "2100-01-01T00:00:00.000000Z")
    ] * 3


def test_instants_may_have_an_offset(bank: RunningBank):
    answer = statement(
        bank, **{"from": "2026-01-31t09:30:00.5+01:00", "to": "2026-01-31T10:00:00z"}
    )

    assert (answer.json["from"], answer.json["to"]) == (
        "2026-01-31T08:30:00.500000Z",
        "2026-01-31T10:00:00.000000Z",
    )


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"from": "2026-01-31T00:00:00"}, "from"),
        ({"from": "2026-01-31"}, "from"),
        ({"from": "2026-02-30T00:00:00Z"}, "from"),
        ({"from": "2026-01-31T00:00:00.1234567Z"}, "from"),
        ({"from": "0001-01-01T00:00:00+14:00"}, "from"),
        ({"from": "2100-01-02T00:00:00Z"}, "from"),
        ({"to": ""}, "to"),
        ({"limit": "-1"}, "limit"),
        ({"until": "²"}, "until"),
        ({"until": "9" * 19}, "until"),
    ],
)
def test_a_parameter_that_cannot_be_read_is_named(
    bank: RunningBank, parameters: dict[str, str], field: str
):
    answer = statement(bank, **(AGES | parameters))

    assert (answer.status, list(answer.json["errors"])) == (400, [field])
