"""A patient's history: what is listed, how it is narrowed, page by page, and as a file."""

import csv
import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from django.utils.timezone import localtime

from client_wallet.models import WalletDeposit
from client_wallet.portal import history
from client_wallet.transfers import transfer_between_wallets
from hospital.core.acts import Act
from tests.api import make_patient_user
from tests.client_wallet.desk import deposit, reverse, spend
from tests.client_wallet.portal.pages import errors, rows, words
from tests.client_wallet.withdrawals.desk import withdraw
from tests.factories import UserFactory, make_wallet
from tests.rows import statements

PATH = "/portal/history/"
FILE = "/portal/history.csv"
STATEMENT = "/portal/statement/"
STATEMENT_FILE = "/portal/statement.csv"


def send(source: Any, target: Any, amount: str, note: str) -> None:
    transfer_between_wallets(
        from_wallet_id=source.pk,
        to_wallet_id=target.pk,
        amount=Decimal(amount),
        reference_id=note,
        note=note,
        act=Act(UserFactory()),
    )


@pytest.fixture
def busy(wallet: Any, patient: Any) -> Any:
    """The wallet of 100.00, in which something of most kinds happened; it holds 88.00."""
    other = make_wallet(holding="50.00")
    deposit(patient, "500.00", Act(UserFactory()))
    reverse(WalletDeposit.objects.latest("pk"), Act(UserFactory()))
    spend(patient, "20.00", Act(UserFactory()))
    send(wallet, other, "5.00", "=rent")
    send(other, wallet, "13.00", "thanks")
    withdraw(wallet, "7.00", scheduled_for=timezone.now() + timedelta(days=1))
    return wallet


def table(page: Any) -> list[list[str]]:
    """Return the rows without their time."""
    return [cells[1:] for cells in rows(page)]


def read(response: Any) -> list[list[str]]:
    text = response.getvalue().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def test_the_history_has_each_movement_with_the_balance_after_it(client, busy):
    first, second = WalletDeposit.objects.filter(wallet=busy).order_by("pk")

    page = client.get(PATH)

    assert table(page) == [
        ["Withdrawal To Ada Obi, ******7890", "Waiting", "", "7.00", "not moved"],
        ["Transfer received thanks", "Done", "13.00", "", "88.00"],
        ["Transfer sent =rent", "Done", "", "5.00", "75.00"],
        ["Payment", "Done", "", "20.00", "80.00"],
        [f"Deposit taken back Receipt {second.receipt_number}", "Done", "", "500.00", "100.00"],
        [f"Deposit Receipt {second.receipt_number}", "Taken back", "500.00", "", "600.00"],
        [f"Deposit Receipt {first.receipt_number}", "Done", "100.00", "", "100.00"],
    ]
    assert "Your wallet holds ₦88.00" in words(page)


@pytest.mark.parametrize(
    ("asked", "kinds"),
    [
        ("type=TRANSFER_IN", ["Transfer received thanks"]),
        ("type=WITHDRAWAL&status=SCHEDULED", ["Withdrawal To Ada Obi, ******7890"]),
        ("status=SCHEDULED", ["Withdrawal To Ada Obi, ******7890"]),
        ("type=PAYMENT&first_day={today}&last_day={today}", ["Payment"]),
    ],
)
def test_the_history_is_narrowed(client, busy, asked, kinds):
    page = client.get(f"{PATH}?{asked.format(today=timezone.localdate())}")

    assert [cells[0] for cells in table(page)] == kinds
    assert "Show everything" in words(page)


def test_a_history_narrowed_to_nothing_says_so(client, busy):
    page = client.get(f"{PATH}?last_day=2020-01-01")

    assert "Nothing in your wallet’s history is like that." in words(page)
    assert "Download as CSV" not in words(page)


@pytest.mark.parametrize(
    ("asked", "field"), [("type=X", "type"), ("status=X", "status"), ("first_day=1", "first_day")]
)
def test_what_is_no_filter_is_said_beside_its_field(client, busy, asked, field):
    page = client.get(f"{PATH}?{asked}")

    assert list(errors(page)) == [field]
    assert "<table>" not in page.content.decode()
    assert client.get(f"{FILE}?{asked}").status_code == 404


def test_a_patient_without_a_wallet_reads_that_nothing_has_moved(client, patient):
    pages = [words(client.get(path)) for path in (PATH, STATEMENT)]

    assert all("You have no wallet yet." in page for page in pages)
    assert "Nothing has moved yet." in pages[0]
    files = (FILE, f"{STATEMENT_FILE}?first_day=2026-01-01&last_day=2026-01-02")
    assert [client.get(path).status_code for path in files] == [404, 404]


def test_pages_lead_on_and_back_and_keep_what_the_list_is_narrowed_to(
    client, patient, wallet, monkeypatch
):
    monkeypatch.setattr(history, "PER_PAGE", 2)
    for amount in (1, 2, 3):
        deposit(patient, f"{amount}.00", Act(UserFactory()))
    first = client.get(f"{PATH}?type=DEPOSIT")
    second = client.get(PATH + first.context["older_url"])
    back = client.get(PATH + second.context["newer_url"])

    shown = [[cells[2] for cells in table(page)] for page in (first, second, back)]
    assert shown == [["3.00", "2.00"], ["1.00", "100.00"], ["3.00", "2.00"]]
    assert "type=DEPOSIT" in second.context["newer_url"]


@pytest.mark.parametrize("cursor", ["", "1", "o-1-2-3", "\x00"])
def test_a_page_that_no_link_leads_to_is_not_there(client, wallet, cursor):
    assert client.get(PATH, {"cursor": cursor}).status_code == 404


def test_more_rows_are_no_more_queries(client, patient, wallet):
    one = statements(lambda: client.get(PATH))
    for amount in ("1.00", "2.00"):
        deposit(patient, amount, Act(UserFactory()))

    assert statements(lambda: client.get(PATH)) == one


def test_the_file_has_every_row_and_no_formula(client, busy, monkeypatch):
    monkeypatch.setattr(history, "PER_READ", 2)

    response = client.get(FILE)

    header, *lines = read(response)
    assert header == ["When", "Movement", "State", "Receipt", "Note", "In", "Out", "Balance after"]
    assert [line[1:3] + line[4:] for line in lines] == [
        ["Withdrawal", "Waiting", "", "", "7.00", ""],
        ["Transfer received", "Done", "thanks", "13.00", "", "88.00"],
        ["Transfer sent", "Done", "'=rent", "", "5.00", "75.00"],
        ["Payment", "Done", "", "", "20.00", "80.00"],
        ["Deposit taken back", "Done", "", "", "500.00", "100.00"],
        ["Deposit", "Taken back", "", "500.00", "", "600.00"],
        ["Deposit", "Done", "", "100.00", "", "100.00"],
    ]
    taken = WalletDeposit.objects.filter(wallet=busy).earliest("pk")
    assert lines[-1][0] == f"{localtime(taken.created_at):%Y-%m-%d %H:%M:%S}"
    assert lines[-1][3] == taken.receipt_number
    assert response["Content-Disposition"] == 'attachment; filename="history.csv"'


def test_the_file_is_narrowed_as_the_list_is(client, busy):
    _, *lines = read(client.get(f"{FILE}?type=PAYMENT"))

    assert [line[1] for line in lines] == ["Payment"]


def test_a_statement_of_this_month_is_shown_without_asking(client, busy):
    page = client.get(STATEMENT)

    cells = rows(page)
    assert cells[0] == ["Opening balance", "0.00"]
    assert [line[2:] for line in cells[1:]] == [
        ["100.00", "", "100.00"],
        ["500.00", "", "600.00"],
        ["", "500.00", "100.00"],
        ["", "20.00", "80.00"],
        ["", "5.00", "75.00"],
        ["13.00", "", "88.00"],
    ]
    assert "Closing balance 613.00 525.00 88.00" in words(page)


def test_a_statement_and_its_file_have_the_same_numbers(client, busy):
    today = timezone.localdate()
    period = f"?first_day={today}&last_day={today}"

    shown = rows(client.get(STATEMENT + period))[1:]
    _, opening, *lines, closing = read(client.get(STATEMENT_FILE + period))

    assert opening == [str(today), "Opening balance", "", "", "", "", "0.00"]
    assert [line[4:] for line in lines] == [cells[2:] for cells in shown]
    assert closing == [str(today), "Closing balance", "", "", "613.00", "525.00", "88.00"]


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [
        ("2026-01-02", "2026-01-01", "The period ends before it begins."),
        ("2020-01-01", "2021-01-02", "A statement is of a year at most."),
        ("{today}", "{tomorrow}", "The period ends today at the latest."),
        ("2026-01-01", "", "This field is required."),
        ("2026-01-01", "x", "Enter a valid date."),
    ],
)
def test_a_period_that_is_none_is_said_beside_its_field(client, wallet, first, last, why):
    today = timezone.localdate()
    days = {"today": today, "tomorrow": today + timedelta(days=1)}
    period = {"first_day": first.format(**days), "last_day": last.format(**days)}

    page = client.get(STATEMENT, period)

    assert errors(page) == {"last_day": [why]}
    assert client.get(STATEMENT_FILE, period).status_code == 404


def test_no_page_shows_what_is_somebody_elses(client, busy):
    stranger = make_wallet(holding="7654.00", patient=make_patient_user().patient)

    shown = [client.get(path).getvalue().decode() for path in (FILE, PATH, STATEMENT)]

    assert [one for one in shown if "7654" in one or "7,654" in one] == []
    assert stranger.patient.hospital_number not in shown[2]


@pytest.mark.parametrize("path", [PATH, FILE, STATEMENT, STATEMENT_FILE])
def test_only_whoever_may_see_the_own_records_sees_them(client, user, wallet, path):
    user.groups.clear()

    assert client.get(path).status_code == 403
