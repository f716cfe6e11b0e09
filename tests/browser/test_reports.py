"""Who keeps the books looks at the dashboard, follows a number to its list, and reads a report."""

import re

from tests.factories import UserFactory
from tests.invoicing_app.reports.hospital_days import two_days

NUMBER = re.compile(r"[0-9,]+\.[0-9]{2}")


def test_a_number_of_the_dashboard_is_the_sum_of_the_list_it_leads_to(arrive):
    two_days(UserFactory(role="Cashier"), UserFactory(role="Supervisor"))
    accountant = arrive(role="Accountant")
    page = accountant.page

    accountant.go("/admin/")
    page.get_by_text("The same as a table").click()
    accountant.look()
    figure = page.get_by_role("link", name="Received today")
    amount = NUMBER.search(figure.inner_text())
    figure.click()
    page.wait_for_url("**/admin/reports/rows/received/**")
    accountant.look()

    assert amount is not None
    assert amount.group() in page.locator(".report-sum-amount").inner_text()


def test_a_report_is_read_over_days_followed_to_its_rows_and_printed(arrive):
    two_days(UserFactory(role="Cashier"), UserFactory(role="Supervisor"))
    accountant = arrive(role="Accountant")
    page = accountant.page

    accountant.go("/admin/reports/")
    accountant.look()
    page.get_by_role("link", name="Daily collections").click()
    first = page.get_by_label("From").input_value()
    page.get_by_label("From").fill(first[:8] + "01")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("heading", name="By method").wait_for()
    accountant.look()
    page.get_by_role("row", name="Cash").get_by_role("link").last.click()
    page.get_by_text(re.compile("in [0-9]+ rows: Cash")).wait_for()
    page.go_back()
    printing = page.get_by_role("link", name="Print", exact=True).get_attribute("href")
    accountant.go(f"/admin/reports/collections/{printing}")
    page.get_by_role("link", name="Back to the report").wait_for()
    accountant.look()
