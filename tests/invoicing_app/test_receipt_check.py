"""The public page behind the QR code: valid or reversed, amount, date, copy, and nothing else."""

import re
from urllib.parse import quote

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from client_wallet.models import ReceiptPrint
from invoicing_app.paper_receipts.qr import check_url, qr_code
from tests.admin_pages import signed_in, text_of
from tests.factories import PatientFactory, UserFactory, make_item
from tests.invoicing_app.receipts import (
    make_payment,
    make_reversed_deposit,
    print_of,
    rows_of,
    take_deposit,
)
from tests.rows import statements

pytestmark = pytest.mark.django_db


def check(token, client=None, **more):
    return (client or Client()).get(f"/r/{token}", **more)


def test_a_valid_receipt_says_amount_number_date_and_copy():
    payment = make_payment(make_item(price="120.50"))
    printed = print_of(payment.entry_id)

    page = check(printed.token)

    assert page.status_code == 200
    assert "Valid This receipt is genuine." in text_of(page)
    shown = dict(rows_of(page))
    assert set(shown) == {"Payment", "Receipt", "Date", "Copy", "Printed"}
    assert (shown["Payment"], shown["Receipt"], shown["Copy"]) == (
        "₦120.50",
        payment.receipt_number,
        "ORIGINAL",
    )


def test_each_print_tells_which_copy_it_is():
    entry_id = take_deposit().entry_id
    print_of(entry_id, copy=2)

    copies = [
        dict(rows_of(check(printed.token)))["Copy"]
        for printed in ReceiptPrint.objects.order_by("copy_number")
    ]

    assert copies == ["ORIGINAL", "DUPLICATE 1"]


def test_a_reversed_deposit_says_so_and_its_reversal_is_valid():
    deposit = make_reversed_deposit()

    undone, reversal = [
        check(print_of(entry_id).token) for entry_id in (deposit.entry_id, deposit.reversal_id)
    ]

    assert "Reversed This receipt is genuine, but what it shows was undone on" in text_of(undone)
    assert "Valid" not in text_of(undone)
    assert dict(rows_of(reversal))["Reversal"] == "₦250.00"


def test_nothing_tells_who_the_patient_is_or_what_was_done():
    patient = PatientFactory(first_name="Adaeze", last_name="Obiora", phone="+234 809 7654321")
    payment = make_payment(
        make_item("LABORATORY", name="HIV antibody"), patient=patient, department="LABORATORY"
    )
    cashier = payment.taken_by.username
    printed = print_of(payment.entry_id)
    patient.refresh_from_db()

    page = check(printed.token)
    html = page.content.decode() + str(page.headers)

    secrets = ["Adaeze", "Obiora", patient.hospital_number, "7654321", "HIV", "LABORATORY"]
    secrets += ["Laboratory", "Cash", cashier, printed.printed_by.username, "500.00", "/admin/"]
    assert [secret for secret in secrets if secret in html] == []


def test_it_needs_and_leaves_no_cookie_and_is_kept_nowhere():
    page = check(print_of(take_deposit().entry_id).token)

    assert dict(page.cookies) == {}
    assert {name: page[name] for name in ("Cache-Control", "Referrer-Policy", "X-Robots-Tag")} == {
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex, nofollow, noarchive",
    }


def test_whoever_is_signed_in_sees_the_same():
    token = print_of(take_deposit().entry_id).token
    staff = signed_in(UserFactory(role="Cashier"))

    assert check(token, staff).content == check(token).content


def test_the_page_loads_our_style_and_nothing_else():
    html = check(print_of(take_deposit().entry_id).token).content.decode()

    assert "<script" not in html
    assert "style=" not in html
    assert set(re.findall(r'(?:href|src)="([^"]*)"', html)) == {
        "/static/core/icon.svg",
        "/static/invoicing_app/receipt_check.css",
    }


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "A" * 22,
        "A" * 21,
        "A" * 23,
        "A" * 5000,
        "\0" * 22,
        "A" * 21 + "\0",
        "A" * 22 + "\n",
        "ä" * 22,
        "٣" * 22,
        "../" * 7 + "x",
        "A" * 10 + "/" + "A" * 11,
        "'; DROP TABLE x; --...",
        "%%%%%%%%%%%%%%%%%%%%%%",
    ],
)
def test_a_token_of_nobody_is_a_plain_404(token):
    page = check(quote(token, safe=""))

    assert page.status_code == 404
    assert "There is no receipt with this code." in text_of(page)
    assert (page["Cache-Control"], dict(page.cookies)) == ("no-store", {})


def test_a_token_is_told_from_another_by_every_letter():
    token = print_of(take_deposit().entry_id).token
    other = ("B" if token[0] == "A" else "A") + token[1:]

    assert (check(other).status_code, check(token.swapcase()).status_code) == (404, 404)


def test_a_token_of_nobody_costs_what_a_good_one_costs():
    token = print_of(take_deposit().entry_id).token

    assert statements(lambda: check("A" * 22)) == statements(lambda: check(token)) == 2


def test_guessing_is_throttled_by_address(settings):
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {
        "DEFAULT_THROTTLE_RATES": settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]
        | {"receipt": "2/min"}
    }

    answers = [check("A" * 22) for _ in range(3)]
    elsewhere = check("A" * 22, REMOTE_ADDR="192.0.2.7")

    assert [answer.status_code for answer in answers] == [404, 404, 429]
    assert 1 <= int(answers[-1]["Retry-After"]) <= 61
    assert elsewhere.status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_it_is_only_read(method):
    token = print_of(take_deposit().entry_id).token

    assert getattr(Client(), method)(f"/r/{token}").status_code == 405


def test_the_code_leads_to_the_public_address(settings):
    printed = print_of(take_deposit().entry_id)
    request = RequestFactory().get("/", SERVER_NAME="testserver")
    path = reverse("receipt-check", args=[printed.token])

    settings.PUBLIC_URL = ""
    asked = check_url(request, printed)
    settings.PUBLIC_URL = "https://pay.example.org"
    public = check_url(request, printed)

    assert asked == f"http://testserver/r/{printed.token}"
    assert (public, path) == (f"https://pay.example.org{path}", f"/r/{printed.token}")


def test_a_host_that_is_not_ours_gets_no_code(settings, cashier):
    settings.ALLOWED_HOSTS = ["desk.example.org"]
    deposit = take_deposit()

    answer = signed_in(cashier).get(
        reverse("admin:receipt", args=[deposit.entry_id]), headers={"host": "evil.example.org"}
    )

    assert answer.status_code == 400


def test_the_code_is_a_drawing_without_scripts_or_styles():
    drawn = qr_code("https://pay.example.org/r/" + "A" * 22)

    assert re.fullmatch(
        r'<svg viewBox="0 0 \d+ \d+"><path stroke="#000" d="[Mhmv0-9 .-]+"/></svg>', drawn
    )
