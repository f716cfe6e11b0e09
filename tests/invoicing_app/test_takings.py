"""A person's takings of a day, against what the journal's rows say, asked in plain SQL."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from client_wallet.models import PaymentMethod, WalletDeposit
from client_wallet.services import deposit_to_wallet, reverse_deposit
from hospital.core.acts import Act
from hospital.core.models import User
from invoicing_app.takings import MethodTakings, Taken, newest_receipts, takings_of
from tests.factories import PatientFactory, UserFactory, make_bill, make_item, make_wallet
from tests.invoicing_app.desk import pay
from tests.rows import statements


def deposit(cashier: Any, amount: str, method: str = "CASH", patient: Any = None) -> WalletDeposit:
    taken = deposit_to_wallet(
        patient_id=(patient or PatientFactory()).pk,
        amount=Decimal(amount),
        payment_method=method,
        act=Act(cashier),
    )
    return WalletDeposit.objects.get(pk=taken.deposit_id)


def reverse(deposit: WalletDeposit) -> None:
    supervisor = UserFactory(role="Supervisor")
    reverse_deposit(deposit_id=deposit.pk, reason="Miscounted", act=Act(supervisor))


def work_a_morning(cashier: Any) -> None:
    """Deposits and payments by every method, change given, one deposit reversed."""
    patient = make_wallet(holding="900.00").patient
    for amount, method in [("100.00", "CASH"), ("40.50", "CASH"), ("70.00", "CARD")]:
        deposit(cashier, amount, method)
    reverse(deposit(cashier, "25.00"))
    reverse(deposit(cashier, "31.00", "TRANSFER"))
    for method, amount in [("CASH", "50.00"), ("CARD", "30.00"), ("TRANSFER", "30.00")]:
        pay(make_bill(make_item(price="30.00"), patient=patient), cashier, method, amount)
    pay(make_bill(make_item(price="20.00"), make_item("LABORATORY", "5.00")), cashier, "CASH", "25")
    pay(make_bill(make_item(price="12.00"), patient=patient), cashier, "WALLET")


def tills(takings_by: list[Any], day: date) -> Mapping[str, Decimal]:
    """Return what people's takings say came in by each method."""
    net: dict[str, Decimal] = {}
    for user in takings_by:
        for one in takings_of(user, day).methods:
            net[one.method] = net.get(one.method, Decimal(0)) + one.net
    return {method: amount for method, amount in net.items() if amount}


def journal(day: date) -> Mapping[str, Decimal]:
    """Return what the day's entries moved on each till, from the postings alone."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT CASE account_id WHEN 'CARD_CLEARING' THEN 'CARD' WHEN 'BANK' THEN 'TRANSFER'
                       ELSE 'CASH' END,
                   sum(CASE side WHEN 'DEBIT' THEN amount ELSE -amount END)
            FROM client_wallet_posting posting
            JOIN client_wallet_journalentry entry ON entry.id = posting.entry_id
            WHERE (account_id IN ('CARD_CLEARING', 'BANK') OR account_id LIKE 'CASH-%%')
              AND business_date = %s
            GROUP BY 1
            """,
            [day],
        )
        return {method: amount for method, amount in cursor.fetchall() if amount}


def test_takings_are_shown_by_method_with_what_was_reversed(cashier):
    work_a_morning(cashier)

    takings = takings_of(cashier, timezone.localdate())

    assert list(takings.methods) == [
        MethodTakings(
            PaymentMethod.CASH,
            Taken(3, Decimal("165.50")),
            Taken(2, Decimal("55.00")),
            Taken(1, Decimal("25.00")),
        ),
        MethodTakings(
            PaymentMethod.CARD, Taken(1, Decimal("70.00")), Taken(1, Decimal("30.00")), Taken()
        ),
        MethodTakings(
            PaymentMethod.TRANSFER,
            Taken(1, Decimal("31.00")),
            Taken(1, Decimal("30.00")),
            Taken(1, Decimal("31.00")),
        ),
        MethodTakings(PaymentMethod.WALLET, Taken(), Taken(1, Decimal("12.00")), Taken()),
    ]
    assert takings.net == Decimal("325.50")


def test_everybodys_takings_are_what_the_journal_moved_on_the_tills(cashier, supervisor):
    work_a_morning(cashier)
    work_a_morning(supervisor)
    day = timezone.localdate()

    assert tills(list(User.objects.all()), day) == journal(day)
    assert journal(day) != {}


def test_another_day_and_another_persons_money_are_not_mine(cashier):
    deposit(UserFactory(role="Cashier"), "100.00")
    today = timezone.localdate()
    work_a_morning(cashier)

    assert takings_of(cashier, today - timedelta(days=1)).methods == []
    assert takings_of(UserFactory(role="Cashier"), today).net == Decimal("0.00")


def test_a_reversal_counts_on_the_day_it_is_posted_against_whoever_took_the_deposit(
    cashier, monkeypatch
):
    today = timezone.localdate()
    yesterday = today - timedelta(days=1)
    with monkeypatch.context() as clock:
        clock.setattr(timezone, "localdate", lambda: yesterday)
        mistake = deposit(cashier, "25.00")
    reverse(mistake)

    net = [takings_of(cashier, day).net for day in (yesterday, today)]

    assert net == [Decimal("25.00"), Decimal("-25.00")]
    assert [tills([cashier], day) for day in (yesterday, today)] == [
        journal(yesterday),
        journal(today),
    ]


def test_the_newest_receipts_are_the_own_ones_newest_first(cashier):
    first = deposit(cashier, "100.00")
    deposit(UserFactory(role="Cashier"), "100.00")
    paid = pay(make_bill(make_item(price="30.00")), cashier, "CASH", "30.00")
    last = deposit(cashier, "10.00")

    numbers = [one.receipt_number for one in newest_receipts(cashier, limit=2)]

    assert numbers == [last.receipt_number, paid.receipt_number]
    assert newest_receipts(cashier, limit=10)[-1] == first


@pytest.mark.parametrize("rounds", [1, 3])
def test_takings_cost_four_queries_however_many_they_are(cashier, rounds):
    for _ in range(rounds):
        work_a_morning(cashier)

    assert statements(lambda: takings_of(cashier, timezone.localdate())) == 4
    assert statements(lambda: [str(one) for one in newest_receipts(cashier, 10)]) == 2
