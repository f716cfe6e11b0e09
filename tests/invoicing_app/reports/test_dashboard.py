"""The dashboard on the first page: who sees it, and what it costs."""

import pytest
from django.urls import reverse

from tests.admin_pages import signed_in
from tests.factories import UserFactory
from tests.invoicing_app.reports.hospital_days import two_days
from tests.rows import statements

INDEX = "/admin/reports/"


@pytest.mark.parametrize("role", ["Cashier", "Pharmacist", "Laboratory"])
def test_others_get_neither_reports_nor_the_dashboard(db, role):
    client = signed_in(UserFactory(role=role))

    paths = [
        INDEX,
        reverse("reports:report", args=["collections"]),
        reverse("reports:rows", args=["received"]),
    ]
    assert [client.get(path).status_code for path in paths] == [403, 403, 403]
    assert "dashboard" not in client.get("/admin/").context
    assert INDEX not in client.get("/admin/").content.decode()


def test_the_first_page_of_a_reader_costs_ten_queries_however_much_there_is(cashier, supervisor):
    reader = signed_in(UserFactory(role="Accountant"))
    two_days(cashier, supervisor)
    reader.get("/admin/")  # what is looked up once per process
    few = statements(lambda: reader.get("/admin/"))
    two_days(cashier, supervisor)
    two_days(cashier, supervisor)

    assert (few, statements(lambda: reader.get("/admin/"))) == (10, 10)
