"""Payments that go through: what is answered, stored, linked and posted."""

from datetime import timedelta
from decimal import Decimal
from unittest import mock

import pytest
from django.db import models
from django.utils import timezone

from client_wallet.models import JournalEntry, ReceiptCounter
from client_wallet.shifts.drawers import drawer_account
from hospital.core.times import wire_time
from invoicing_app.models import DepositReceiving, PaymentLine
from invoicing_app.payment_services import PaymentTaken, payment_facts
from invoicing_app.services import item_facts
from smcapp1.errors import OutOfStock
from smcapp1.models import LabResult, StockMovement
from tests.factories import add_to_bill, make_bill, make_drug, make_item, make_wallet
from tests.invoicing_app.desk import items_of, pay, postings_of, void
from tests.rows import everything, statements


def make_mixed_bill(**wanted):
    """A scan for 1500.00, three boxes of a drug for 59.85 and a test for 30.10: 1589.95 in all."""
    drug = make_drug(price="19.95", holding=10)
    return make_bill(
        make_item("RADIOLOGY", "1500.00"), (drug, 3), make_item("LABORATORY", "30.10"), **wanted
    )


def shown(item, department, total, *, quantity=1, unit_price=None, receipt_number):
    return {
        "id": item.pk,
        "department": department,
        "description": item.description,
        "quantity": quantity,
        "unit_price": unit_price or total,
        "line_total": total,
        "waived": "0.00",
        "payer_share": "0.00",
        "patient_due": total,
        "status": "PAID",
        "receipt_number": receipt_number,
    }


def test_cash_pays_the_whole_bill_and_gives_change(cashier):
    consultation = make_mixed_bill()

    answer = pay(consultation, cashier, "CASH", "2000.00")

    payment = DepositReceiving.objects.get()
    scan, boxes, blood_test = items_of(consultation)
    receipt_number = f"PAY-{cashier.pk:04d}-000001"
    assert answer == PaymentTaken(
        payment_id=payment.pk,
        receipt_number=receipt_number,
        consultation_id=consultation.pk,
        department="ALL",
        payment_method="CASH",
        total_due="1589.95",
        amount_paid="2000.00",
        change_given="410.05",
        rounding="0.00",
        tenders=[
            {
                "payment_method": "CASH",
                "amount": "1589.95",
                "tendered": "2000.00",
                "change_given": "410.05",
                "external_reference": "",
            }
        ],
        items=[
            shown(scan, "RADIOLOGY", "1500.00", receipt_number=receipt_number),
            shown(
                boxes,
                "PHARMACY",
                "59.85",
                quantity=3,
                unit_price="19.95",
                receipt_number=receipt_number,
            ),
            shown(blood_test, "LABORATORY", "30.10", receipt_number=receipt_number),
        ],
        wallet_balance=None,
        created_at=wire_time(payment.created_at),
        replayed=False,
    )


def test_a_payment_is_stored_with_everything_it_was(cashier):
    consultation = make_mixed_bill()

    answer = pay(consultation, cashier, "CASH", "2000.00", external_reference="Drawer 2")

    entry = JournalEntry.objects.get()
    assert DepositReceiving.objects.values().get() == {
        "id": answer.payment_id,
        "consultation_id": consultation.pk,
        "department": "ALL",
        "payment_method": "CASH",
        "total_due": Decimal("1589.95"),
        "amount_paid": Decimal("2000.00"),
        "change_given": Decimal("410.05"),
        "rounding": Decimal("0.00"),
        "wallet_id": None,
        "external_reference": "Drawer 2",
        "receipt_number": answer.receipt_number,
        "taken_by_id": cashier.pk,
        "created_at": entry.posted_at,
        "business_date": entry.business_date,
        "entry_id": entry.pk,
    }
    assert (entry.kind, entry.actor, entry.memo) == ("PAYMENT", cashier, answer.receipt_number)


def test_the_items_are_linked_and_marked_paid_with_the_receipt_number(cashier):
    consultation = make_mixed_bill()

    answer = pay(consultation, cashier, "CASH", "1589.95")

    items = items_of(consultation)
    payment = DepositReceiving.objects.get()
    assert [(item.status, item.receipt_number) for item in items] == [
        ("PAID", answer.receipt_number),
        ("PAID", answer.receipt_number),
        ("PAID", answer.receipt_number),
    ]
    assert list(payment.items.order_by("pk")) == items
    assert list(
        PaymentLine.objects.order_by("bill_item").values_list("payment", "bill_item", "amount")
    ) == [
        (payment.pk, items[0].pk, Decimal("1500.00")),
        (payment.pk, items[1].pk, Decimal("59.85")),
        (payment.pk, items[2].pk, Decimal("30.10")),
    ]


def test_the_answer_shows_the_items_as_the_bill_does(cashier):
    consultation = make_mixed_bill()

    answer = pay(consultation, cashier, "CASH", "1589.95")

    assert answer.items == [item_facts(item) for item in items_of(consultation)]


@pytest.mark.parametrize(
    ("method", "till"), [("CASH", "CASH-{}"), ("CARD", "CARD_CLEARING"), ("TRANSFER", "BANK")]
)
def test_the_till_of_the_method_is_debited_and_each_department_credited(cashier, method, till):
    consultation = make_mixed_bill()

    answer = pay(consultation, cashier, method, "1589.95", external_reference="Slip 4711")

    assert postings_of(answer.payment_id) == [
        ("CREDIT", "REVENUE-LABORATORY", Decimal("30.10")),
        ("CREDIT", "REVENUE-PHARMACY", Decimal("59.85")),
        ("CREDIT", "REVENUE-RADIOLOGY", Decimal("1500.00")),
        ("DEBIT", till.format(f"{cashier.pk:04d}"), Decimal("1589.95")),
    ]
    assert (answer.amount_paid, answer.change_given) == ("1589.95", "0.00")


def test_change_stays_out_of_the_books(cashier):
    consultation = make_bill(make_item("RADIOLOGY", "80.00"))

    answer = pay(consultation, cashier, "CASH", "100.00")

    assert postings_of(answer.payment_id) == [
        ("CREDIT", "REVENUE-RADIOLOGY", Decimal("80.00")),
        ("DEBIT", drawer_account(cashier.pk), Decimal("80.00")),
    ]


@pytest.mark.parametrize("amount", [None, "1589.95", "5000.00"])
def test_a_wallet_is_debited_the_exact_total_once(cashier, amount):
    wallet = make_wallet(holding="1700.00")
    consultation = make_mixed_bill(patient=wallet.patient)

    answer = pay(consultation, cashier, "WALLET", amount)

    wallet.refresh_from_db()
    assert (answer.total_due, answer.amount_paid, answer.change_given) == (
        "1589.95",
        "1589.95",
        "0.00",
    )
    assert answer.wallet_balance == "110.05"
    assert wallet.account_balance == Decimal("110.05")
    assert list(
        wallet.postings.order_by("wallet_sequence").values_list("side", "amount", "balance_after")
    ) == [
        ("CREDIT", Decimal("1700.00"), Decimal("1700.00")),
        ("DEBIT", Decimal("1589.95"), Decimal("110.05")),
    ]
    assert postings_of(answer.payment_id) == [
        ("CREDIT", "REVENUE-LABORATORY", Decimal("30.10")),
        ("CREDIT", "REVENUE-PHARMACY", Decimal("59.85")),
        ("CREDIT", "REVENUE-RADIOLOGY", Decimal("1500.00")),
        ("DEBIT", "WALLETS", Decimal("1589.95")),
    ]
    assert DepositReceiving.objects.get().wallet == wallet


def test_a_wallet_can_be_spent_to_the_last_cent(cashier):
    wallet = make_wallet(holding="1589.95")
    consultation = make_mixed_bill(patient=wallet.patient)

    answer = pay(consultation, cashier, "WALLET")

    assert answer.wallet_balance == "0.00"


def test_a_wallet_payment_over_midnight_belongs_to_the_day_on_which_it_began(cashier):
    wallet = make_wallet(holding="1589.95")
    consultation = make_mixed_bill(patient=wallet.patient)
    today = timezone.localdate()
    days = [today, today + timedelta(days=1), today + timedelta(days=1)]

    with mock.patch.object(timezone, "localdate", side_effect=days):
        pay(consultation, cashier, "WALLET")

    payment = DepositReceiving.objects.get()
    entry = JournalEntry.objects.get(payment=payment)
    assert (payment.business_date, entry.business_date) == (today, today)


@pytest.mark.parametrize(
    ("method", "amount"),
    [("CASH", "59.85"), ("CARD", "59.85"), ("TRANSFER", "59.85"), ("WALLET", None)],
)
def test_one_department_is_paid_and_the_others_stay_due(cashier, method, amount):
    wallet = make_wallet(holding="100.00")
    consultation = make_mixed_bill(patient=wallet.patient)

    answer = pay(consultation, cashier, method, amount, department="PHARMACY")

    scan, boxes, blood_test = items_of(consultation)
    assert (answer.department, answer.total_due) == ("PHARMACY", "59.85")
    assert answer.items == [item_facts(boxes)]
    assert [(one.status, one.receipt_number) for one in (scan, boxes, blood_test)] == [
        ("UNPAID", ""),
        ("PAID", answer.receipt_number),
        ("UNPAID", ""),
    ]
    assert list(DepositReceiving.objects.get().items.all()) == [boxes]
    assert [posting for posting in postings_of(answer.payment_id) if posting[0] == "CREDIT"] == [
        ("CREDIT", "REVENUE-PHARMACY", Decimal("59.85"))
    ]


def test_the_method_changes_nothing_but_where_the_money_comes_from(cashier):
    scan, blood_test = make_item("RADIOLOGY", "1500.00"), make_item("LABORATORY", "30.10")
    drug = make_drug(price="19.95", holding=12)
    wallet = make_wallet(holding="1589.95")

    pay(make_bill(scan, (drug, 3), blood_test), cashier, "CASH", "1589.95")
    pay(make_bill(scan, (drug, 3), blood_test), cashier, "CARD", "1589.95")
    pay(make_bill(scan, (drug, 3), blood_test), cashier, "TRANSFER", "1589.95")
    pay(make_bill(scan, (drug, 3), blood_test, patient=wallet.patient), cashier, "WALLET")

    outcome = (
        Decimal("1589.95"),
        ["PAID", "PAID", "PAID"],
        [(3, "DISPENSED")],
        ["PENDING"],
        [
            ("CREDIT", "REVENUE-LABORATORY", Decimal("30.10")),
            ("CREDIT", "REVENUE-PHARMACY", Decimal("59.85")),
            ("CREDIT", "REVENUE-RADIOLOGY", Decimal("1500.00")),
        ],
    )
    assert [outcome_of(payment) for payment in DepositReceiving.objects.all()] == [outcome] * 4


def outcome_of(payment):
    served = StockMovement.objects.filter(bill_items__payments=payment)
    tests = LabResult.objects.filter(bill_item__payments=payment)
    return (
        payment.total_due,
        list(payment.items.values_list("status", flat=True)),
        list(served.values_list("quantity", "kind")),
        list(tests.values_list("status", flat=True)),
        [posting for posting in postings_of(payment.pk) if posting[0] == "CREDIT"],
    )


def test_what_is_ordered_after_a_payment_is_paid_by_the_next_one(cashier):
    consultation = make_bill(make_item("RADIOLOGY", "1500.00"))
    first = pay(consultation, cashier, "CASH", "1500.00")
    add_to_bill(consultation, make_item("LABORATORY", "30.10"))

    second = pay(consultation, cashier, "CASH", "30.10")

    _, blood_test = items_of(consultation)
    assert (first.receipt_number, second.receipt_number) == (
        f"PAY-{cashier.pk:04d}-000001",
        f"PAY-{cashier.pk:04d}-000002",
    )
    assert second.items == [item_facts(blood_test)]


def test_void_items_are_neither_paid_nor_linked(cashier):
    consultation = make_bill(make_item("RADIOLOGY", "1500.00"), make_item("LABORATORY", "30.10"))
    scan, blood_test = items_of(consultation)
    void(scan, cashier)

    answer = pay(consultation, cashier, "CASH", "30.10")

    scan, blood_test = items_of(consultation)
    assert (answer.total_due, answer.items) == ("30.10", [item_facts(blood_test)])
    assert (scan.status, scan.receipt_number) == ("VOID", "")


def test_a_closed_consultation_can_still_be_paid(cashier):
    consultation = make_bill(make_item("RADIOLOGY", "1500.00"))
    consultation.status = "CLOSED"
    consultation.save(update_fields=["status"])

    answer = pay(consultation, cashier, "CASH", "1500.00")

    assert answer.total_due == "1500.00"


def test_each_cashier_counts_receipts_alone(cashier, supervisor):
    bills = [make_bill(make_item()) for _ in range(3)]

    numbers = [
        pay(bill, taker, "CASH", "100.00").receipt_number
        for bill, taker in zip(bills, [cashier, supervisor, cashier], strict=True)
    ]

    assert numbers == [
        f"PAY-{cashier.pk:04d}-000001",
        f"PAY-{supervisor.pk:04d}-000001",
        f"PAY-{cashier.pk:04d}-000002",
    ]
    counters = ReceiptCounter.objects.filter(series="PAY").order_by("cashier")
    assert list(counters.values_list("cashier", "last_number")) == [
        (cashier.pk, 2),
        (supervisor.pk, 1),
    ]


def test_a_refused_payment_burns_no_receipt_number(cashier):
    short_of_stock = make_bill(make_drug(holding=0))
    with pytest.raises(OutOfStock):
        pay(short_of_stock, cashier, "CASH", "100.00")

    answer = pay(make_bill(make_item()), cashier, "CASH", "100.00")

    assert answer.receipt_number == f"PAY-{cashier.pk:04d}-000001"


def test_the_model_s_rules_are_checked_once(cashier, monkeypatch):
    wallet = make_wallet(holding="2000.00")
    consultation = make_mixed_bill(patient=wallet.patient)
    checked = []
    full_clean = models.Model.full_clean

    def counted(self, *args, **kwargs):
        checked.append(type(self))
        full_clean(self, *args, **kwargs)

    monkeypatch.setattr(models.Model, "full_clean", counted)  # Django's own, not ours

    pay(consultation, cashier, "WALLET")

    assert checked == [DepositReceiving]


def test_checking_a_saved_payment_again_moves_nothing(cashier):
    wallet = make_wallet(holding="2000.00")
    pay(make_mixed_bill(patient=wallet.patient), cashier, "WALLET")
    payment = DepositReceiving.objects.get()
    before = everything()

    payment.full_clean()
    payment.full_clean()

    assert everything() == before


@pytest.mark.parametrize(("method", "amount"), [("CASH", "2000.00"), ("WALLET", None)])
def test_a_stored_payment_shows_what_was_answered_without_a_query(cashier, method, amount):
    consultation = make_mixed_bill(patient=make_wallet(holding="2000.00").patient)
    answer = pay(consultation, cashier, method, amount)
    pay(make_mixed_bill(patient=consultation.patient), cashier, "CASH", "1589.95")
    stored = DepositReceiving.objects.with_details().get(pk=answer.payment_id)

    shown_again = []
    sent = statements(lambda: shown_again.append(payment_facts(stored)))

    assert (shown_again, sent) == ([answer], 0)
