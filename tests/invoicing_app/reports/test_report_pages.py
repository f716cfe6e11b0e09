"""The pages of reports: who sees them, what they say, on screen, on paper and as CSV."""

import csv
import io
import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from invoicing_app.reports.kinds import REPORTS, csv_rows, report_of
from invoicing_app.reports.listings import LISTINGS
from invoicing_app.reports.period import one_day
from tests.admin_pages import signed_in, text_of
from tests.factories import UserFactory
from tests.invoicing_app.reports.hospital_days import take, two_days
from tests.rows import statements

INDEX = "/admin/reports/"
READERS = ("Supervisor", "Accountant", "Auditor")


def page_of(slug: str) -> str:
    return reverse("reports:report", args=[slug])


def rows_of(slug: str, query: str = "") -> str:
    return f"{reverse('reports:rows', args=[slug])}{query}"


@pytest.fixture
def reader(db):
    return signed_in(UserFactory(role="Accountant"))


@pytest.mark.parametrize("role", READERS)
def test_who_reads_the_journal_reads_the_reports(db, role):
    client = signed_in(UserFactory(role=role))

    for path in (INDEX, *map(page_of, REPORTS), *map(rows_of, LISTINGS)):
        assert (path, client.get(path).status_code) == (path, 200)
    assert INDEX in client.get("/admin/").content.decode()


def test_a_stranger_is_asked_to_sign_in(db, client):
    assert client.get(INDEX).url == f"/admin/login/?next={INDEX}"


def test_every_number_on_every_page_leads_to_a_list_with_its_sum(reader, cashier, supervisor):
    two_days(cashier, supervisor)
    links = set()
    for path in ("/admin/", *map(page_of, REPORTS)):
        html = unescape(reader.get(path).content.decode())
        links |= set(re.findall(r'href="(/admin/reports/rows/[^"]*)"[^>]*>([0-9.,-]+)</a>', html))

    wrong = {
        (url, amount) for url, amount in links if f"{reader.get(url).context['sum']:,.2f}" != amount
    }

    assert len(links) > 50
    assert wrong == set()


def test_a_report_as_csv_has_the_numbers_of_the_page(reader, cashier, supervisor):
    two_days(cashier, supervisor)
    today = timezone.localdate()

    answer = reader.get(page_of("collections"), {"as": "csv"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")

    read = list(csv.reader(io.StringIO(text)))
    assert read == [
        [str(cell) for cell in row] for row in csv_rows(report_of("collections", one_day(today)))
    ]
    assert ["Cash", "1000.00", "218.95", "-25.00", "1193.95"] in read
    assert answer["Content-Disposition"] == f'attachment; filename="collections-{today}.csv"'


def test_a_list_as_csv_cannot_be_a_formula(reader):
    cashier = UserFactory(role="Cashier", first_name="=1+1")
    take(cashier, "100.00", "CASH")

    answer = reader.get(rows_of("received", "?as=csv"))
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))

    assert rows[0] == ["When", "Entry", "What", "Patient", "Method", "Cashier", "Amount"]
    assert rows[1][4:] == ["Cash", "'=1+1", "100.00"]
    assert len(rows) == 2


def test_a_report_on_paper_has_no_links_in_its_tables(reader, cashier):
    take(cashier, "100.00", "CASH")

    page = reader.get(page_of("collections"), {"as": "print"})

    assert "100.00" in text_of(page)
    assert "/reports/rows/" not in page.content.decode()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"from": "yesterday"}, "Write a day as 2026-11-20."),
        ({"from": "2026-11-20\0"}, "Write a day as 2026-11-20."),
        ({"from": "2026-01-02", "to": "2026-01-01"}, "The first day is after the last one."),
        ({"from": "2020-01-01", "to": "2026-01-01"}, "A report is about 366 days at most."),
        ({"from": "0001-01-01", "to": "0001-01-01"}, "No report begins before 1900-01-01."),
        ({"from": "1899-12-31", "to": "1900-01-01"}, "No report begins before 1900-01-01."),
        ({"from": "", "to": "0001-01-01"}, "No report begins before 1900-01-01."),
        ({"from": "1900-01-01", "to": "1900-01-01"}, None),
        ({"to": "9999-12-31"}, "This day has not begun yet."),
    ],
)
@pytest.mark.parametrize("slug", ["collections", "wallets", "receivables", "withdrawals"])
def test_wrong_days_are_said_beside_their_field(reader, asked, said, slug):
    page = reader.get(page_of(slug), asked)

    assert page.status_code == 200
    errors = [text for texts in page.context["form"].errors.values() for text in texts]
    assert said in errors if said else errors == []


@pytest.mark.parametrize(
    "query",
    [
        "?from=yesterday",
        "?cashier=ada",
        "?cashier=99999999999999999999",
        "?till=%00",
        "?kind=%00",
        "?to=9999-12-31",
        "?from=0001-01-01&to=0001-01-01",
    ],
)
def test_a_list_that_nothing_leads_to_is_not_there(reader, query):
    assert reader.get(rows_of("received", query)).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/admin/reports/nothing/",
        "/admin/reports/rows/nothing/",
        "/admin/reports/rows/outstanding/?age=old",
        "/admin/reports/rows/on-shelf/?life=eternal",
        "/admin/reports/rows/withdrawals-ended/?state=LOST",
    ],
)
def test_an_unknown_report_is_not_there(reader, path):
    assert reader.get(path).status_code == 404


def test_a_long_list_has_pages(reader, cashier):
    for _ in range(51):
        take(cashier, "1.00", "CASH")

    first, second = (reader.get(rows_of("received"), {"page": page}) for page in (1, 2))

    assert [len(page.context["rows"]) for page in (first, second)] == [50, 1]
    assert [page.context["number"] for page in (first, second)] == [51, 51]
    assert "Page 1 of 2" in text_of(first)


@pytest.mark.parametrize("slug", LISTINGS)
def test_a_list_costs_the_same_after_one_round_and_after_three(reader, cashier, supervisor, slug):
    path = rows_of(slug, f"?from={timezone.localdate() - timedelta(days=1)}")
    two_days(cashier, supervisor)
    reader.get(path)
    few = statements(lambda: reader.get(path))
    two_days(cashier, supervisor)
    two_days(cashier, supervisor)

    assert statements(lambda: reader.get(path)) == few
