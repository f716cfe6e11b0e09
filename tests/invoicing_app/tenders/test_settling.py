"""How tenders settle a total: what is kept of each, change, rounding, and what is refused."""

from decimal import Decimal

import pytest

from hospital.core.errors import InvalidRequest
from invoicing_app.errors import Overpayment, Underpayment
from invoicing_app.tenders import Kept, Settlement, Tender, in_coins, require_tenders, settle
from tests.invoicing_app.tenders.desk import tenders


def kept(method, amount, change="0.00"):
    return Kept(method, Decimal(amount), Decimal(change))


@pytest.fixture(autouse=True)
def _coins(settings):
    settings.CASH_SMALLEST_COIN = Decimal("0.05")


@pytest.mark.parametrize(
    ("wanted", "total", "settled"),
    [
        ([("CASH", "100.00")], "80.00", [kept("CASH", "80.00", "20.00")]),
        ([("WALLET", None)], "80.00", [kept("WALLET", "80.00")]),
        ([("WALLET", "90.00")], "80.00", [kept("WALLET", "80.00")]),
        ([("CARD", None)], "80.01", [kept("CARD", "80.01")]),
        (
            [("WALLET", "30.00"), ("CASH", "60.00")],
            "80.00",
            [kept("WALLET", "30.00"), kept("CASH", "50.00", "10.00")],
        ),
        (
            [("CASH", "50.00"), ("WALLET", None)],
            "80.00",
            [kept("CASH", "50.00"), kept("WALLET", "30.00")],
        ),
        (
            [("CARD", "10.00"), ("CARD", "20.00"), ("TRANSFER", "50.00")],
            "80.00",
            [kept("CARD", "10.00"), kept("CARD", "20.00"), kept("TRANSFER", "50.00")],
        ),
    ],
    ids=str,
)
def test_tenders_settle_exactly_the_total(wanted, total, settled):
    settlement = settle(tenders(*wanted), Decimal(total))

    assert settlement == Settlement(settled, Decimal("0.00"))


@pytest.mark.parametrize(
    ("total", "paid", "rounding"),
    [
        ("99.97", "99.95", "-0.02"),
        ("99.98", "100.00", "0.02"),
        ("100.00", "100.00", "0.00"),
        ("0.01", "0.05", "0.04"),
        ("0.02", "0.05", "0.03"),
        ("0.07", "0.05", "-0.02"),
    ],
)
def test_cash_is_rounded_to_whole_coins_and_never_to_nothing(total, paid, rounding):
    settlement = settle(tenders(("CASH", "100.00")), Decimal(total))

    change = Decimal("100.00") - Decimal(paid)
    assert settlement == Settlement([Kept("CASH", Decimal(paid), change)], Decimal(rounding))


def test_only_what_is_left_for_cash_is_rounded():
    settlement = settle(tenders(("CARD", "50.01"), ("CASH", "60.00")), Decimal("99.99"))

    assert settlement == Settlement(
        [kept("CARD", "50.01"), kept("CASH", "50.00", "10.00")], Decimal("0.02")
    )


@pytest.mark.parametrize("wanted", [[("CARD", "99.99")], [("WALLET", None)]], ids=str)
def test_what_is_no_cash_is_not_rounded(wanted):
    assert settle(tenders(*wanted), Decimal("99.99")).rounding == 0


@pytest.mark.parametrize("coin", ["0.00", "0.01"])
def test_by_default_nothing_is_rounded(settings, coin):
    settings.CASH_SMALLEST_COIN = Decimal(coin)

    assert in_coins(Decimal("99.99")) == Decimal("99.99")


@pytest.mark.parametrize(("amount", "coins"), [("125.00", "150.00"), ("124.99", "100.00")])
def test_coins_may_be_large(settings, amount, coins):
    settings.CASH_SMALLEST_COIN = Decimal("50.00")

    assert in_coins(Decimal(amount)) == Decimal(coins)


@pytest.mark.parametrize(
    ("wanted", "refusal", "paid"),
    [
        ([("CASH", "79.95")], Underpayment, "79.95"),
        ([("WALLET", "30.00"), ("CASH", "49.95")], Underpayment, "79.95"),
        ([("CARD", "30.00"), ("TRANSFER", "49.99")], Underpayment, "79.99"),
        ([("CARD", "80.01")], Overpayment, "80.01"),
        ([("CARD", "80.00"), ("CASH", "5.00")], Overpayment, "85.00"),
        ([("CARD", "90.00"), ("CASH", "5.00")], Overpayment, "95.00"),
        ([("WALLET", "50.00"), ("CARD", "30.01")], Overpayment, "80.01"),
        ([("WALLET", None), ("CARD", "80.00")], Overpayment, "80.00"),
    ],
    ids=str,
)
def test_too_little_and_too_much_are_refused(wanted, refusal, paid):
    with pytest.raises(refusal) as refused:
        settle(tenders(*wanted), Decimal("80.00"))

    assert refused.value.facts == {"total_due": "80.00", "amount_paid": paid}


def test_where_cash_is_rounded_up_the_whole_coin_is_due():
    with pytest.raises(Underpayment) as refused:
        settle(tenders(("CASH", "99.98")), Decimal("99.98"))

    assert refused.value.detail == "NGN 100.00 is due; NGN 99.98 is not enough."


def test_nothing_is_tendered_where_nothing_is_due():
    assert settle([Tender("CASH")], Decimal("0.00")) == settle([], Decimal("0.00")) == Settlement()
    with pytest.raises(Overpayment):
        settle(tenders(("CASH", "5.00")), Decimal("0.00"))
    with pytest.raises(InvalidRequest):
        settle([], Decimal("0.01"))


@pytest.mark.parametrize(
    "wanted",
    [
        [("CHEQUE", "80.00")],
        [("CASH", "30.00"), ("CASH", "50.00")],
        [("WALLET", "30.00"), ("WALLET", "50.00")],
        [("CASH", None)],
        [("CARD", None), ("TRANSFER", None)],
        [("CARD", "0.00"), ("CASH", "80.00")],
        [("CARD", "-1.00"), ("CASH", "81.00")],
        [("CARD", "1.001"), ("CASH", "80.00")],
        [("CARD", "8.00")] * 11,
    ],
    ids=str,
)
def test_tenders_that_could_settle_nothing_name_their_field(wanted):
    with pytest.raises(InvalidRequest) as refused:
        require_tenders(tenders(*wanted))

    assert list(refused.value.facts["errors"]) == ["tenders"]
