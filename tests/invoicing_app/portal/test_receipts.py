"""The patient's receipts, and the way of the money between them."""

from decimal import Decimal
from functools import partial
from uuid import uuid4

import pytest

from client_wallet.models import JournalEntry, Posting, ReceiptPrint
from hospital.core.acts import Act
from hospital.core.locale_formats import local_moment
from tests.client_wallet.desk import deposit
from tests.client_wallet.withdrawals.desk import withdraw
from tests.client_wallet.withdrawals.fake_bank import FakeBank
from tests.client_wallet.withdrawals.workers import work_to_the_end, worker_at
from tests.factories import UserFactory, make_bill, make_item
from tests.invoicing_app.desk import pay
from tests.invoicing_app.portal.visitor import make_visitor, read
from tests.invoicing_app.receipts import make_payment, make_reversed_deposit, take_deposit
from tests.rows import everything, statements

pytestmark = pytest.mark.django_db


def pay_from_wallet(patient, amount):
    bill = make_bill(make_item("RADIOLOGY", amount), patient=patient)
    taken = pay(bill, UserFactory(role="Cashier"), "WALLET")
    return JournalEntry.objects.get(payment=taken.payment_id)


def part(entry, name, amounts):
    """Return the row of an entry on another one's page, in words."""
    return f"{name} {entry.memo} {local_moment(entry.posted_at)} {amounts}"


def money_page(entry):
    return f"/portal/money/{entry.uid}/"


def test_every_deposit_reversal_and_payment_of_the_patient_has_one_and_nothing_else_has():
    patient, client = make_visitor()
    deposited = make_reversed_deposit(patient)
    paid = make_payment(patient=patient)
    take_deposit()
    make_payment()

    page = client.get("/portal/receipts/").context["page"]

    assert [(entry.pk, entry.amount) for entry in page.rows] == [
        (paid.entry_id, Decimal("100.00")),
        (deposited.reversal_id, Decimal("250.00")),
        (deposited.entry_id, Decimal("250.00")),
    ]


def test_many_receipts_come_in_pages_and_each_is_on_one(monkeypatch):
    monkeypatch.setattr("invoicing_app.portal.pages.ROWS", 2)
    patient, client = make_visitor()
    entries: list[JournalEntry | None] = [take_deposit(patient).entry for _ in range(2)]
    reversed_deposit = make_reversed_deposit(patient)
    entries += [reversed_deposit.entry, reversed_deposit.reversal]
    entries += [make_payment(patient=patient).entry]

    pages, older = [], "?"
    while older:
        page = client.get(f"/portal/receipts/{older}").context["page"]
        pages.append(list(page.rows))
        older = page.older_url

    newest = entries[::-1]
    assert pages == [newest[:2], newest[2:4], newest[4:]]
    assert page.newest_url == "/portal/receipts/"


def test_a_receipt_says_what_the_paper_says_and_that_it_is_a_copy():
    patient, client = make_visitor()
    payment = make_payment(make_item("RADIOLOGY", "120.00", name="Chest X-ray"), patient=patient)
    before = everything()

    entry = JournalEntry.objects.get(payment=payment)
    words = read(client, f"/portal/receipts/{entry.uid}/")

    assert "COPY FOR THE PATIENT" in words
    assert "ORIGINAL" not in words
    assert "Chest X-ray 1 × 120.00 120.00 Subtotal 120.00 Total ₦120.00 Method Cash" in words
    assert "Tendered ₦500.00 Change ₦380.00" in words
    assert "it becomes a receipt when it is printed" not in words
    assert "Follow the money" not in words  # it moved no wallet
    assert ReceiptPrint.objects.count() == 0
    assert everything() == before


def test_the_receipt_of_a_reversed_deposit_says_so():
    patient, client = make_visitor()
    deposited = make_reversed_deposit(patient)
    reversal = JournalEntry.objects.get(reversed_deposit=deposited)

    assert "REVERSED" in read(client, f"/portal/receipts/{deposited.entry.uid}/")
    assert "Taken back ₦250.00" in read(client, f"/portal/receipts/{reversal.uid}/")


def test_somebody_elses_receipt_and_money_are_not_there():
    _, client = make_visitor()
    other = take_deposit()
    paths = [
        f"/portal/receipts/{other.entry.uid}/",
        f"/portal/receipts/{uuid4()}/",
        money_page(other.entry),
        f"/portal/money/{uuid4()}/",
    ]

    assert [client.get(path).status_code for path in paths] == [404, 404, 404, 404]


def test_a_payment_leads_back_to_the_deposits_that_it_came_from():
    patient, client = make_visitor()
    first, second = take_deposit(patient), take_deposit(patient)
    paid = pay_from_wallet(patient, "300.00")

    words = read(client, money_page(paid))

    assert "Payment ₦300.00 When" in words
    assert "Where it came from First in, first out" in words
    assert part(first.entry, "Deposit", "₦250.00 ₦250.00") in words
    assert part(second.entry, "Deposit", "₦250.00 ₦50.00") in words
    assert "Still in your wallet" not in words


def test_a_deposit_leads_to_what_it_paid_and_says_what_is_left():
    patient, client = make_visitor()
    deposited = take_deposit(patient)
    paid = [pay_from_wallet(patient, amount) for amount in ("30.00", "40.00")]

    words = read(client, money_page(deposited.entry))

    assert "What became of it" in words
    assert part(paid[0], "Payment", "₦30.00 ₦30.00") in words
    assert part(paid[1], "Payment", "₦40.00 ₦40.00") in words
    assert "Still in your wallet: ₦180.00" in words


def test_money_of_which_nothing_was_spent_is_all_there():
    patient, client = make_visitor()

    words = read(client, money_page(take_deposit(patient).entry))

    assert "Nothing of it was spent. Still in your wallet: ₦250.00" in words


def test_a_withdrawal_is_followed_by_its_own_id_once_it_was_debited():
    patient, client = make_visitor()
    take_deposit(patient)
    withdrawal = withdraw(patient.wallet, "50.00")
    page = f"/portal/money/{withdrawal.pk}/"

    assert client.get(page).status_code == 404
    bank = FakeBank()
    work_to_the_end(worker_at(bank), bank)
    assert "Withdrawal ₦50.00 When" in read(client, page)


def test_a_long_trail_comes_in_pages(monkeypatch):
    monkeypatch.setattr("invoicing_app.portal.money.ROWS", 2)
    patient, client = make_visitor()
    entry = take_deposit(patient).entry
    for amount in ("1.00", "2.00", "3.00"):
        pay_from_wallet(patient, amount)

    pages = [client.get(f"{money_page(entry)}?page={page}").context for page in ("", "2", "x")]

    assert [[str(part.amount) for part in page["parts"]] for page in pages] == [
        ["1.00", "2.00"],
        ["3.00"],
        ["1.00", "2.00"],
    ]
    assert [(page["earlier_page"], page["later_page"]) for page in pages[:2]] == [(0, 2), (1, None)]


def test_more_rows_take_no_more_statements():
    patient, client = make_visitor()
    entry = take_deposit(patient).entry
    pay_from_wallet(patient, "1.00")
    paths = ["/portal/receipts/", money_page(entry)]
    one = [statements(partial(client.get, path)) for path in paths]

    for _ in range(2):
        pay_from_wallet(patient, "1.00")
        deposit(patient, "1.00", Act(UserFactory(role="Cashier")))

    assert [statements(partial(client.get, path)) for path in paths] == one
    assert Posting.objects.filter(wallet=patient.wallet).count() == 6


@pytest.mark.parametrize("page", ["/portal/", "/portal/history/", "receipt"])
def test_what_moved_the_wallet_leads_to_the_way_of_its_money(page):
    patient, client = make_visitor()
    entry = take_deposit(patient).entry

    address = f"/portal/receipts/{entry.uid}/" if page == "receipt" else page

    assert f'href="{money_page(entry)}"' in client.get(address).content.decode()
