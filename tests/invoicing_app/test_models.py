"""What the database refuses of bills and payments, whatever the code does."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from client_wallet.models import JournalEntry
from invoicing_app.models import (
    BillItem,
    DepositReceiving,
    DispensedStock,
    DrugHandOut,
    PaymentLine,
    PaymentTender,
)
from tests.factories import (
    ConsultationFactory,
    UserFactory,
    make_bill,
    make_drug,
    make_item,
    make_wallet,
)
from tests.invoicing_app.desk import items_of, pay
from tests.rows import changeable_columns, everything, rule_that_refuses

pytestmark = pytest.mark.usefixtures("db")


def write_item(**changed):
    entry = make_item()
    facts = {
        "consultation": ConsultationFactory(),
        "service_item": entry,
        "department": entry.department,
        "description": "Dressing",
        "quantity": 3,
        "unit_price": Decimal("0.35"),
        "line_total": Decimal("1.05"),
        "ordered_by": UserFactory(),
        "ordered_at": timezone.now(),
    }
    return BillItem.objects.create(**{**facts, **changed})


def void(**changed):
    facts = {"voided_by": UserFactory(), "voided_at": timezone.now(), "void_reason": "Mistake"}
    return {"status": "VOID", **facts, **changed}


BROKEN_ITEMS = [
    ({"quantity": 0, "line_total": "0.00"}, "bill_item_quantity_above_zero"),
    ({"unit_price": "0.00", "line_total": "0.00"}, "bill_item_price_above_zero"),
    ({"unit_price": "-0.35", "line_total": "-1.05"}, "bill_item_price_above_zero"),
    ({"line_total": "1.04"}, "bill_item_total_is_quantity_times_price"),
    ({"line_total": "1.06"}, "bill_item_total_is_quantity_times_price"),
    ({"quantity": 4}, "bill_item_total_is_quantity_times_price"),
    ({"unit_price": "0.36"}, "bill_item_total_is_quantity_times_price"),
    ({"waived": "-0.01"}, "bill_item_waives_at_most_its_total"),
    ({"waived": "1.06"}, "bill_item_waives_at_most_its_total"),
    ({"status": "PAID"}, "bill_item_has_a_receipt_when_paid"),
    ({"status": "REFUNDED"}, "bill_item_has_a_receipt_when_paid"),
    ({"status": "LOST"}, "bill_item_has_a_receipt_when_paid"),
    ({"receipt_number": "PAY-0001-000001"}, "bill_item_has_a_receipt_when_paid"),
    ({"status": "VOID"}, "bill_item_void_has_author_and_reason"),
    ({"void_reason": "Mistake"}, "bill_item_void_has_author_and_reason"),
]


@pytest.mark.parametrize(("wrong", "rule"), BROKEN_ITEMS, ids=str)
def test_a_bill_item_that_breaks_a_rule_is_refused(wrong, rule):
    refused_by = rule_that_refuses(lambda: write_item(**wrong))

    assert refused_by == rule


@pytest.mark.parametrize(
    "missing", [{"voided_by": None}, {"voided_at": None}, {"void_reason": ""}], ids=str
)
def test_a_void_item_needs_author_time_and_reason(missing):
    refused_by = rule_that_refuses(lambda: write_item(**void(**missing)))

    assert refused_by == "bill_item_void_has_author_and_reason"


def test_a_void_item_has_no_receipt():
    refused_by = rule_that_refuses(lambda: write_item(**void(receipt_number="PAY-0001-000001")))

    assert refused_by == "bill_item_has_a_receipt_when_paid"


def test_bill_items_that_keep_the_rules_are_accepted():
    receipt = {"receipt_number": "PAY-0001-000001"}

    written = [
        write_item(),
        write_item(status="PAID", **receipt),
        write_item(status="REFUNDED", **receipt),
        write_item(**void()),
    ]

    assert list(BillItem.objects.order_by("pk")) == written


def write_payment(**changed):
    """Write a payment past the service, with an entry that stands for its own."""
    wallet = make_wallet(holding="1.00")
    facts = {
        "consultation": ConsultationFactory(patient=wallet.patient),
        "payment_method": "CASH",
        "total_due": Decimal("80.00"),
        "amount_paid": Decimal("100.00"),
        "change_given": Decimal("20.00"),
        "receipt_number": f"PAY-0001-{DepositReceiving.objects.count():06d}",
        "taken_by": UserFactory(),
        "created_at": timezone.now(),
        "business_date": timezone.localdate(),
        "entry": JournalEntry.objects.latest("pk"),
    }
    if changed.get("wallet") == "own":
        changed["wallet"] = wallet
    return DepositReceiving.objects.create(**{**facts, **changed})


EXACT = {"amount_paid": "80.00", "change_given": "0.00"}
ROUNDED = {"amount_paid": "80.05", "change_given": "0.00", "rounding": "0.05"}
OF_NOTHING = {"total_due": "0.00", "amount_paid": "0.00", "change_given": "0.00"}
BROKEN_PAYMENTS = [
    ({"payment_method": "CHEQUE", **EXACT}, "payment_method_is_known"),
    ({"total_due": "0.00", "change_given": "100.00"}, "payment_above_zero_or_of_nothing"),
    ({"total_due": "-1.00", "change_given": "101.00"}, "payment_above_zero_or_of_nothing"),
    ({"amount_paid": "99.99"}, "payment_is_total_plus_change"),
    ({"amount_paid": "100.01"}, "payment_is_total_plus_change"),
    ({"change_given": "0.00"}, "payment_is_total_plus_change"),
    ({"amount_paid": "79.00", "change_given": "-1.00"}, "payment_change_from_cash_only"),
    ({"payment_method": "CARD"}, "payment_change_from_cash_only"),
    ({"payment_method": "TRANSFER"}, "payment_change_from_cash_only"),
    ({"payment_method": "WALLET", "wallet": "own"}, "payment_change_from_cash_only"),
    ({"payment_method": "WALLET", **EXACT}, "payment_names_its_wallet"),
    ({"payment_method": "CASH", "wallet": "own"}, "payment_names_its_wallet"),
    ({"payment_method": "CARD", **ROUNDED}, "payment_rounded_in_cash_only"),
    ({"payment_method": "NONE", **EXACT}, "payment_above_zero_or_of_nothing"),
    ({"entry": None}, "payment_of_money_has_an_entry"),
]


@pytest.mark.parametrize(("wrong", "rule"), BROKEN_PAYMENTS, ids=str)
def test_a_payment_that_breaks_a_rule_is_refused(wrong, rule):
    refused_by = rule_that_refuses(lambda: write_payment(**wrong))

    assert refused_by == rule


def test_payments_that_keep_the_rules_are_accepted():
    written = [
        write_payment(),
        write_payment(payment_method="CARD", **EXACT),
        write_payment(payment_method="TRANSFER", **EXACT),
        write_payment(payment_method="WALLET", wallet="own", **EXACT),
        write_payment(**ROUNDED),
        write_payment(amount_paid="99.95", rounding="-0.05"),
        write_payment(payment_method="SPLIT"),
        write_payment(payment_method="SPLIT", wallet="own", **ROUNDED),
        write_payment(payment_method="NONE", entry=None, **OF_NOTHING),
        write_payment(payment_method="NONE", **OF_NOTHING),
    ]

    assert list(DepositReceiving.objects.order_by("pk")) == written


def test_two_payments_never_share_a_receipt_number_or_an_entry():
    first = write_payment()

    by_number = rule_that_refuses(lambda: write_payment(receipt_number=first.receipt_number))
    by_entry = rule_that_refuses(lambda: write_payment(entry=first.entry))

    assert (by_number, by_entry) == (
        "payment_receipt_is_numbered_once",
        "invoicing_app_depositreceiving_entry_id_key",
    )


def tender(payment, method="CASH", amount="80.00", change="0.00", **wanted):
    paid = Decimal(amount) + Decimal(change)
    facts = {"payment_method": method, "amount": amount, "tendered": paid, "change_given": change}
    return PaymentTender(payment=payment, **{**facts, **wanted})


BROKEN_TENDERS = [
    ({"amount": "0.00", "change": "100.00"}, "tender_above_zero"),
    ({"tendered": "99.99", "change": "20.00"}, "tender_is_amount_plus_change"),
    ({"method": "CARD", "change": "20.00"}, "tender_change_from_cash_only"),
    ({"amount": "101.00", "change": "-1.00"}, "tender_change_from_cash_only"),
    ({"method": "WALLET"}, "tender_names_its_wallet"),
    ({"method": "CHEQUE"}, "tender_method_is_known"),
    ({"change": "19.99"}, "tenders_make_up_the_payment"),
    ({"amount": "79.99", "change": "20.01"}, "tenders_make_up_the_payment"),
]


@pytest.mark.parametrize(("wrong", "rule"), BROKEN_TENDERS, ids=str)
def test_a_tender_that_breaks_a_rule_is_refused(wrong, rule):
    payment = write_payment()

    refused_by = rule_that_refuses(lambda: tender(payment, **wrong).save())

    assert refused_by == rule


def test_the_tenders_of_a_payment_come_together_and_agree_with_its_method():
    whole, of_card = write_payment(), write_payment(payment_method="CARD", **EXACT)
    split = write_payment(payment_method="SPLIT")

    def write(*tenders):
        return lambda: PaymentTender.objects.bulk_create(tenders)

    two = [tender(split, "CARD", "30.00"), tender(split, "CASH", "50.00", "20.00")]
    refusals = [
        rule_that_refuses(write(tender(split, "CASH", "80.00", "20.00"))),
        rule_that_refuses(write(*[tender(whole, one.payment_method, "40.00") for one in two])),
        rule_that_refuses(write(tender(of_card, "CASH"))),
        rule_that_refuses(write(two[0], tender(split, "CARD", "50.00"))),
    ]
    write(*two)()

    assert refusals == ["tenders_make_up_the_payment"] * 4
    assert rule_that_refuses(write(tender(split, "CARD"))) == "tenders_make_up_the_payment"
    assert rule_that_refuses(write(tender(split, "CASH"))) == (
        "payment_has_one_tender_of_cash_and_wallet"
    )


def test_an_item_is_settled_once():
    payment, other, item = write_payment(), write_payment(), write_item()
    PaymentLine.objects.create(payment=payment, bill_item=item, amount="1.05")

    refused_by = rule_that_refuses(
        lambda: PaymentLine.objects.create(payment=other, bill_item=item, amount="1.05")
    )

    assert refused_by == "invoicing_app_paymentline_bill_item_id_key"


@pytest.mark.parametrize(
    ("amounts", "rule"),
    [
        ({"amount": "0.00"}, "payment_line_above_zero"),
        ({"amount": "-1.05"}, "payment_line_above_zero"),
        ({"amount": "2.05", "waived": "-1.00"}, "payment_line_not_negative"),
        ({"amount": "2.05", "payer_amount": "-1.00"}, "payment_line_not_negative"),
        ({"amount": "1.04"}, "line_settles_its_item"),
        ({"amount": "1.06"}, "line_settles_its_item"),
        ({"amount": "1.05", "payer_amount": "0.01"}, "line_settles_its_item"),
        ({"amount": "1.04", "waived": "0.01"}, "line_settles_its_item"),
    ],
    ids=str,
)
def test_a_settled_line_is_worth_its_item(amounts, rule):
    payment, item = write_payment(), write_item()

    refused_by = rule_that_refuses(
        lambda: PaymentLine.objects.create(payment=payment, bill_item=item, **amounts)
    )

    assert refused_by == rule


def test_patient_payer_and_hospital_may_share_an_item():
    payment, item = write_payment(), write_item(waived="0.05")

    line = PaymentLine.objects.create(
        payment=payment, bill_item=item, amount="0.40", payer_amount="0.60", waived="0.05"
    )

    assert line.bill_item_id == item.pk


def test_a_lab_result_belongs_to_one_item(cashier):
    consultation = make_bill(make_item("LABORATORY"))
    pay(consultation, cashier, "CASH", "100.00")
    (item,) = items_of(consultation)

    refused_by = rule_that_refuses(lambda: write_item(lab_result=item.lab_result))

    assert refused_by == "invoicing_app_billitem_lab_result_id_key"


def test_a_movement_serves_one_item(cashier):
    pay(make_bill(make_drug(holding=5)), cashier, "CASH", "100.00")
    served = DispensedStock.objects.get()

    refused_by = rule_that_refuses(
        lambda: DispensedStock.objects.create(
            bill_item=write_item(), movement=served.movement, quantity=1
        )
    )

    assert refused_by == "invoicing_app_dispensedstock_movement_id_key"


def test_a_payment_from_another_patient_s_wallet_is_not_valid_and_checking_it_moves_nothing():
    payment = write_payment(payment_method="WALLET", wallet="own", **EXACT)
    payment.wallet = make_wallet(holding="500.00")
    before = everything()

    with pytest.raises(ValidationError) as refusal:
        payment.full_clean()

    assert refusal.value.message_dict == {
        "payment_method": ["This wallet belongs to another patient."]
    }
    assert everything() == before


# What the application's role may change


@pytest.mark.parametrize(
    ("model", "columns"),
    [
        (
            BillItem,
            {"waived", "status", "receipt_number", "lab_result_id"}
            | {"voided_by_id", "voided_at", "void_reason"},
        ),
        (DepositReceiving, set()),
        (PaymentTender, set()),
        (PaymentLine, set()),
        (DispensedStock, {"handed_out", "taken_back", "brought_back"}),
        (DrugHandOut, set()),
    ],
)
def test_the_application_may_change_these_columns_and_no_other(model, columns):
    changeable = changeable_columns(model._meta.db_table)

    assert changeable == columns


@pytest.mark.parametrize("model", [BillItem, DepositReceiving, PaymentLine, DispensedStock])
@pytest.mark.parametrize("change", ["DELETE FROM", "TRUNCATE"])
def test_the_application_may_not_remove_what_was_billed_or_paid(model, change):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"{change} {model._meta.db_table}")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE invoicing_app_billitem SET unit_price = 0.01, line_total = quantity * 0.01",
        "UPDATE invoicing_app_billitem SET quantity = 1, line_total = unit_price",
        "UPDATE invoicing_app_billitem SET consultation_id = consultation_id",
        "UPDATE invoicing_app_depositreceiving SET amount_paid = 900, change_given = 800",
        "UPDATE invoicing_app_depositreceiving SET taken_by_id = taken_by_id",
        "UPDATE invoicing_app_paymentline SET amount = 0.01",
        "UPDATE invoicing_app_paymentline SET payment_id = payment_id",
    ],
)
def test_the_application_may_not_rewrite_what_was_paid(cashier, change):
    pay(make_bill(make_item()), cashier, "CASH", "100.00")
    before = everything()

    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)

    assert everything() == before


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE invoicing_app_billitem SET status = 'UNPAID', receipt_number = ''",
        "UPDATE invoicing_app_billitem SET receipt_number = 'PAY-0001-000001x'",
        "UPDATE invoicing_app_billitem SET lab_result_id = NULL WHERE lab_result_id IS NOT NULL",
    ],
)
def test_what_was_paid_is_never_unpaid_again(cashier, change):
    pay(make_bill(make_item("LABORATORY")), cashier, "CASH", "100.00")
    before = everything()

    with (
        pytest.raises(IntegrityError, match="UPDATE refused"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)

    assert everything() == before


@pytest.mark.parametrize("values", [{"status": "UNPAID", "receipt_number": ""}, {"status": "PAID"}])
def test_what_was_refunded_stays_refunded(cashier, values):
    pay(make_bill(make_item()), cashier, "CASH", "100.00")
    BillItem.objects.update(status="REFUNDED")

    with pytest.raises(IntegrityError, match="UPDATE refused"), transaction.atomic():
        BillItem.objects.update(**values)
