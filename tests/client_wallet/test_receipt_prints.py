"""Prints of a receipt: one original, then duplicates, each logged once and for good."""

from base64 import urlsafe_b64decode
from functools import partial

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from client_wallet.models import Receipt, ReceiptPrint
from client_wallet.receipt_prints import ReceiptPrinted, print_receipt, receipt_url
from hospital.core.acts import Act
from hospital.core.errors import KeyReused, NotFound
from tests.client_wallet.desk import make_deposit
from tests.factories import UserFactory
from tests.races import run_together, without_row_locks
from tests.rows import everything, rule_that_refuses, statements

THE_COUNT = 'UPDATE "client_wallet_receipt"'


@pytest.fixture
def entry_id(db):
    return make_deposit().entry_id


def printing(entry_id, actor, key=""):
    return print_receipt(entry_id=entry_id, act=Act(actor, key))


def copies():
    return [str(one) for one in ReceiptPrint.objects.order_by("pk")]


def test_the_first_print_is_the_original_and_later_ones_are_numbered_duplicates(entry_id):
    cashier, colleague = UserFactory(), UserFactory()

    answers = [printing(entry_id, who) for who in (cashier, colleague, cashier)]

    assert answers == [ReceiptPrinted(entry_id, number) for number in (1, 2, 3)]
    assert copies() == ["ORIGINAL", "DUPLICATE 1", "DUPLICATE 2"]
    assert list(ReceiptPrint.objects.order_by("pk").values_list("printed_by", flat=True)) == [
        cashier.pk,
        colleague.pk,
        cashier.pk,
    ]


def test_each_receipt_has_an_original_of_its_own(db):
    cashier = UserFactory()

    for _ in range(2):
        printing(make_deposit().entry_id, cashier)

    assert copies() == ["ORIGINAL", "ORIGINAL"]


def test_a_deposit_that_is_never_printed_has_no_receipt_row(entry_id):
    assert Receipt.objects.count() == 0


def test_the_same_key_logs_one_print(entry_id):
    cashier = UserFactory()

    first, again = [printing(entry_id, cashier, "k") for _ in range(2)]

    assert (first, again) == (
        ReceiptPrinted(entry_id, 1),
        ReceiptPrinted(entry_id, 1, replayed=True),
    )
    assert copies() == ["ORIGINAL"]


def test_a_key_of_another_receipt_is_refused_and_leaves_no_trace(entry_id):
    cashier = UserFactory()
    printing(entry_id, cashier, "k")
    other = make_deposit().entry_id
    before = everything()

    with pytest.raises(KeyReused):
        printing(other, cashier, "k")

    assert everything() == before


def test_what_was_never_posted_has_no_receipt(db):
    with pytest.raises(NotFound):
        printing(123456789, UserFactory())


def test_every_print_has_128_random_bits_of_its_own(entry_id):
    cashier = UserFactory()
    for _ in range(3):
        printing(entry_id, cashier)

    tokens = list(ReceiptPrint.objects.values_list("token", flat=True))

    assert len(set(tokens)) == 3
    assert {len(urlsafe_b64decode(token + "==")) for token in tokens} == {16}


def test_a_later_print_costs_what_the_second_did(entry_id):
    cashier = UserFactory()
    printing(entry_id, cashier)
    second = statements(partial(printing, entry_id, cashier))

    assert statements(partial(printing, entry_id, cashier)) == second


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        ({"copy_number": 1}, "receipt_copy_is_printed_once"),
        ({"copy_number": 0}, "receipt_copy_above_zero"),
        ({"token": "short"}, "receipt_token_is_whole"),
        ({"token": "no blanks, no signs !!"}, "receipt_token_is_whole"),
    ],
)
def test_the_database_keeps_the_rules_of_a_print(entry_id, broken, rule):
    cashier = UserFactory()
    printing(entry_id, cashier)
    good = {
        "receipt": Receipt.objects.get(),
        "copy_number": 2,
        "token": "t" * 22,
        "printed_by": cashier,
        "printed_at": timezone.now(),
    }

    assert rule_that_refuses(lambda: ReceiptPrint.objects.create(**good | broken)) == rule


@pytest.mark.parametrize(
    "change",
    [
        lambda: ReceiptPrint.objects.update(copy_number=2),
        lambda: ReceiptPrint.objects.all().delete(),
        lambda: Receipt.objects.update(entry=None),
    ],
)
def test_no_print_is_changed_or_forgotten(entry_id, change):
    printing(entry_id, UserFactory())

    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        change()


def test_the_address_of_a_receipt_names_its_entry(entry_id):
    deposit = make_deposit()

    assert str(deposit.entry_id) in receipt_url(deposit)


def test_the_copies_of_a_receipt_are_not_counted_anew(entry_id):
    printing(entry_id, UserFactory())

    with pytest.raises(IntegrityError, match="UPDATE refused"), transaction.atomic():
        Receipt.objects.update(last_copy=0)


@pytest.mark.race
def test_two_first_prints_at_once_make_one_original(real_commits):
    entry_id, cashiers = make_deposit().entry_id, UserFactory.create_batch(2)
    prints = [partial(printing, entry_id, who) for who in cashiers]

    results = run_together(*prints, pause_before=THE_COUNT)

    assert results == [ReceiptPrinted(entry_id, 1), ReceiptPrinted(entry_id, 2)]
    assert copies() == ["ORIGINAL", "DUPLICATE 1"]


@pytest.mark.race
def test_two_later_prints_at_once_are_two_duplicates(real_commits):
    entry_id, cashiers = make_deposit().entry_id, UserFactory.create_batch(2)
    printing(entry_id, cashiers[0])

    results = run_together(
        *[partial(printing, entry_id, who) for who in cashiers], pause_before=THE_COUNT
    )

    assert results == [ReceiptPrinted(entry_id, 2), ReceiptPrinted(entry_id, 3)]


@pytest.mark.race
def test_without_the_receipts_lock_both_want_to_be_the_same_copy(real_commits):
    entry_id, cashiers = make_deposit().entry_id, UserFactory.create_batch(2)
    printing(entry_id, cashiers[0])

    with without_row_locks():
        results = run_together(
            *[partial(printing, entry_id, who) for who in cashiers], pause_before=THE_COUNT
        )

    assert [type(result) for result in results] == [ReceiptPrinted, IntegrityError]


@pytest.mark.race
def test_a_double_click_logs_one_print(real_commits):
    entry_id, cashier = make_deposit().entry_id, UserFactory()
    click = partial(printing, entry_id, cashier, "k")

    results = run_together(click, click, pause_before=THE_COUNT)

    assert results == [
        ReceiptPrinted(entry_id, 1),
        ReceiptPrinted(entry_id, 1, replayed=True),
    ]
    assert copies() == ["ORIGINAL"]
