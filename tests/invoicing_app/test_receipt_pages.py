"""The receipt at the desk: looking is free, printing is logged, and paper says which copy it is."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from client_wallet.models import ReceiptPrint
from client_wallet.receipt_prints import print_receipt, receipt_url
from hospital.core.acts import Act
from hospital.core.locale_formats import local_moment
from invoicing_app.admin.receipts import PAPER_LASTS
from tests.admin_pages import links_of, one_time_key, said, signed_in, text_of
from tests.factories import PatientFactory, UserFactory, make_item, make_wallet
from tests.invoicing_app.receipts import (
    make_payment,
    make_reversed_deposit,
    print_of,
    rows_of,
    take_deposit,
)
from tests.rows import everything, statements

pytestmark = pytest.mark.django_db

LIST = "/admin/client_wallet/receiptprint/"


@pytest.fixture
def client(cashier):
    return signed_in(cashier)


def page(name: str, *arguments: Any) -> str:
    return reverse(f"admin:{name}", args=arguments)


def press_print(client: Client, document: Any, key: str | None = None) -> Any:
    """Open the receipt, press its button, and return the answer."""
    html = client.get(receipt_url(document)).content.decode()
    given = {"one_time_key": one_time_key(html) if key is None else key}
    return client.post(page("receipt_print", document.entry_id), given)


def test_looking_at_a_receipt_writes_nothing_and_shows_no_receipt(client):
    payment = make_payment()
    before = everything()

    first, second = [client.get(receipt_url(payment)) for _ in range(2)]

    assert everything() | {"django_session": []} == before | {"django_session": []}
    assert "NOT A RECEIPT" in text_of(first)
    assert "Print ORIGINAL" in text_of(second)
    assert "<svg" not in first.content.decode().split('class="receipt"')[1]


def test_printing_logs_it_and_shows_the_original_with_all_that_it_says(client, cashier):
    wallet = make_wallet(holding="600.00")
    payment = make_payment(
        (make_item("RADIOLOGY", "150.00", name="Scan"), 2),
        patient=wallet.patient,
        method="WALLET",
        amount=None,
    )

    paper = client.get(press_print(client, payment)["Location"])

    assert rows_of(paper) == [
        ("Receipt", payment.receipt_number),
        ("Date", local_moment(payment.created_at)),
        ("Cashier", payment.taken_by.username),
        ("Patient", wallet.patient.hospital_number),
        ("Total", "₦300.00"),
        ("Method", "Wallet Account"),
        ("Wallet balance after", "₦300.00"),
    ]
    words = text_of(paper)
    assert "Radiology Scan 2 × 150.00 300.00 Subtotal 300.00" in words
    assert words.count("ORIGINAL") >= 2
    assert "NOT A RECEIPT" not in words
    assert list(ReceiptPrint.objects.values_list("copy_number", "printed_by")) == [(1, cashier.pk)]


def test_a_cash_payment_shows_tendered_and_change_in_the_locale(client, settings):
    settings.LOCALE, settings.CURRENCY = "de_DE", "EUR"
    payment = make_payment(make_item(price="1234.50"), amount="2000.00")

    paper = client.get(press_print(client, payment)["Location"])

    assert rows_of(paper)[4:] == [
        ("Total", "1.234,50\xa0€"),
        ("Method", "Cash"),
        ("Tendered", "2.000,00\xa0€"),
        ("Change", "765,50\xa0€"),
    ]
    assert "1 × 1.234,50" in text_of(paper)


def test_the_second_print_says_duplicate(client):
    deposit = take_deposit()

    papers = [client.get(press_print(client, deposit)["Location"]) for _ in range(3)]

    assert [paper.context["printed"].copy for paper in papers] == [
        "ORIGINAL",
        "DUPLICATE 1",
        "DUPLICATE 2",
    ]
    assert ["ORIGINAL" in text_of(paper) for paper in papers] == [True, False, False]


def test_each_copy_has_a_qr_code_of_its_own(client):
    deposit = take_deposit()

    codes = {client.get(press_print(client, deposit)["Location"]).context["qr"] for _ in range(2)}

    assert len(codes) == 2
    assert all("style" not in code and code.startswith("<svg") for code in codes)


def test_a_double_click_prints_once_and_shows_the_same_paper(client):
    deposit = take_deposit()
    key = one_time_key(client.get(receipt_url(deposit)).content.decode())

    first, second = [press_print(client, deposit, key) for _ in range(2)]

    assert first["Location"] == second["Location"]
    assert ReceiptPrint.objects.count() == 1


def test_a_reload_of_the_paper_is_no_further_print(client):
    address = press_print(client, take_deposit())["Location"]

    papers = [client.get(address) for _ in range(2)]

    assert [paper.context["printed"].copy for paper in papers] == ["ORIGINAL"] * 2
    assert ReceiptPrint.objects.count() == 1


def test_an_old_print_is_no_paper_any_more(client, cashier, monkeypatch):
    address = press_print(client, take_deposit())["Location"]
    later = timezone.now() + PAPER_LASTS + timedelta(seconds=1)
    monkeypatch.setattr("invoicing_app.admin.receipts.timezone.now", lambda: later)

    answer = client.get(address)

    assert answer.status_code == 302
    (words,) = said(client, answer["Location"])
    assert words.startswith(f"ORIGINAL was printed by {cashier.username}, ")


def test_nobody_else_gets_the_paper_of_a_print(client):
    printed = print_of(take_deposit().entry_id)  # by another cashier

    answer = client.get(page("receipt_paper", printed.receipt.entry_id, 1))

    assert (answer.status_code, answer["Location"]) == (
        302,
        page("receipt", printed.receipt.entry_id),
    )


def test_without_a_key_nothing_is_printed(client):
    deposit = take_deposit()

    answer = press_print(client, deposit, "no key")

    assert answer["Location"] == receipt_url(deposit)
    assert "nothing was done" in said(client, receipt_url(deposit))[0]
    assert ReceiptPrint.objects.count() == 0


def test_a_key_spent_on_another_receipt_is_refused(client):
    first, second = take_deposit(), take_deposit()
    key = one_time_key(client.get(receipt_url(first)).content.decode())
    press_print(client, first, key)

    answer = press_print(client, second, key)

    assert answer["Location"] == receipt_url(second)
    assert ReceiptPrint.objects.count() == 1


def test_a_link_prints_nothing(client):
    deposit = take_deposit()

    answer = client.get(page("receipt_print", deposit.entry_id))

    assert (answer["Location"], ReceiptPrint.objects.count()) == (receipt_url(deposit), 0)


def test_printing_needs_a_form_of_ours(cashier):
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(cashier)
    deposit = take_deposit()

    answer = careful.post(page("receipt_print", deposit.entry_id), {})

    assert (answer.status_code, ReceiptPrint.objects.count()) == (403, 0)


def test_the_page_lists_who_printed_what(client, cashier):
    deposit = take_deposit()
    for _ in range(2):
        print_receipt(entry_id=deposit.entry_id, act=Act(cashier))

    rows = client.get(receipt_url(deposit)).context["prints"]["rows"]

    assert [row[:2] for row in rows] == [
        ["DUPLICATE 1", cashier.username],
        ["ORIGINAL", cashier.username],
    ]


def test_a_reversed_deposit_is_marked_and_leads_to_its_reversal(client):
    deposit = make_reversed_deposit()

    at_the_desk = client.get(receipt_url(deposit))
    paper = client.get(press_print(client, deposit)["Location"])

    assert "This deposit was reversed on" in text_of(at_the_desk)
    assert "REVERSED" in text_of(paper)
    assert page("receipt", deposit.reversal_id) in at_the_desk.content.decode()


def test_a_reversal_has_a_slip_of_its_own(client):
    deposit = make_reversed_deposit()

    slip = client.get(page("receipt", deposit.reversal_id))

    assert "Reversal of a deposit" in text_of(slip)
    assert ("Reversed receipt", deposit.receipt_number) in rows_of(slip)
    assert receipt_url(deposit) in slip.content.decode()


def test_the_patients_name_stays_off_the_paper(client):
    patient = PatientFactory(first_name="Adaeze", last_name="Obiora")

    paper = client.get(press_print(client, take_deposit(patient))["Location"]).content.decode()

    assert patient.hospital_number in paper
    assert "Adaeze" not in paper
    assert "Obiora" not in paper


def test_a_name_that_looks_like_markup_is_text(client):
    payment = make_payment(make_item(name="<script>alert(1)</script>"))

    paper = client.get(press_print(client, payment)["Location"]).content.decode()

    assert "<script>alert" not in paper
    assert "&lt;script&gt;alert(1)" in paper


def test_neither_page_has_a_script_or_a_style_within(client):
    deposit = take_deposit()
    address = press_print(client, deposit)["Location"]

    paper = client.get(address).content.decode()

    assert "style=" not in paper
    assert "<style" not in paper
    assert "onclick" not in paper
    assert paper.count("<script") == paper.count('<script src="/static/') == 1


@pytest.mark.parametrize(
    ("role", "sees", "prints"),
    [
        ("Cashier", 200, 302),
        ("Supervisor", 200, 302),
        ("Accountant", 200, 403),
        ("Auditor", 200, 403),
        ("Pharmacist", 403, 403),
        ("Laboratory", 403, 403),
    ],
)
def test_who_sees_the_money_sees_receipts_and_the_desk_prints_them(role, sees, prints):
    somebody = signed_in(UserFactory(role=role))
    documents: list[Any] = [take_deposit(), make_payment()]

    seen = {somebody.get(receipt_url(one)).status_code for one in documents}
    printed = {
        somebody.post(page("receipt_print", one.entry_id), {}).status_code for one in documents
    }

    assert (seen, printed) == ({sees}, {prints})
    assert ReceiptPrint.objects.count() == 0


def test_who_cannot_print_is_not_offered_it():
    auditor = signed_in(UserFactory(role="Auditor"))

    words = text_of(auditor.get(receipt_url(take_deposit())))

    assert "Print ORIGINAL" not in words


def test_a_permission_for_deposits_opens_no_payment():
    user = UserFactory()
    user.user_permissions.add(Permission.objects.get(codename="view_walletdeposit"))
    somebody = signed_in(user)

    opened = [
        somebody.get(receipt_url(one)).status_code for one in (take_deposit(), make_payment())
    ]

    assert opened == [200, 403]


@pytest.mark.parametrize("entry", ["0", "999999999", "9" * 25])
def test_a_receipt_that_there_is_not_is_a_404(client, entry):
    answers = [
        client.get(f"{LIST}receipt/{entry}/"),
        client.get(f"{LIST}receipt/{entry}/copy/1/"),
        client.post(f"{LIST}receipt/{entry}/print/", {}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_a_copy_that_was_never_printed_is_a_404(client):
    deposit = take_deposit()

    assert client.get(page("receipt_paper", deposit.entry_id, 1)).status_code == 404


def test_a_page_with_three_items_and_prints_costs_what_one_costs(client):
    one, three = make_payment(), make_payment(*[make_item("RADIOLOGY") for _ in range(3)])
    print_of(one.entry_id)
    print_of(three.entry_id, copy=3)
    client.get(receipt_url(one))  # what is looked up once per process

    few = statements(lambda: client.get(receipt_url(one)))

    assert statements(lambda: client.get(receipt_url(three))) == few


def test_the_auditor_reads_the_list_of_all_prints_and_picks_duplicates():
    auditor = signed_in(UserFactory(role="Auditor"))
    deposit, payment = take_deposit(), make_payment()
    print_of(deposit.entry_id, copy=2)
    print_of(payment.entry_id)

    every = text_of(auditor.get(LIST))
    duplicates = text_of(auditor.get(LIST, {"copy": "duplicate"}))
    found = text_of(auditor.get(LIST, {"q": payment.receipt_number}))

    assert (every.count(deposit.receipt_number), payment.receipt_number in every) == (2, True)
    assert "DUPLICATE 1" in duplicates
    assert payment.receipt_number not in duplicates
    assert deposit.receipt_number not in found


def test_the_list_does_not_show_what_opens_the_public_page():
    printed = print_of(take_deposit().entry_id)
    auditor = signed_in(UserFactory(role="Auditor"))

    pages = [auditor.get(LIST), auditor.get(f"{LIST}{printed.pk}/change/")]

    assert [shown.status_code for shown in pages] == [200, 200]
    assert all(printed.token not in shown.content.decode() for shown in pages)


@pytest.mark.parametrize("make", [take_deposit, make_payment, make_reversed_deposit])
def test_the_page_of_a_document_and_its_list_lead_to_the_receipt(client, make):
    document = make()

    model = f"{document._meta.app_label}_{document._meta.model_name}"
    shown = client.get(page(f"{model}_change", document.pk)).content.decode()
    button = page(f"{model}_open_receipt", document.pk)

    assert button in shown
    assert client.get(button)["Location"] == receipt_url(document)
    assert receipt_url(document) in client.get(page(f"{model}_changelist")).content.decode()


def test_a_receipt_leads_back_to_its_patient(client):
    deposit = take_deposit()

    links = links_of(client.get(receipt_url(deposit)))

    assert page("smcapp1_patientprofile_change", deposit.wallet.patient_id) in links


def test_no_link_on_a_receipt_leads_to_a_closed_door(client):
    deposit = make_reversed_deposit()
    pages = [receipt_url(deposit), press_print(client, deposit)["Location"]]

    links = {link for one in pages for link in links_of(client.get(one))}

    assert receipt_url(deposit) in links
    assert [link for link in links if client.get(link).status_code not in (200, 302)] == []
