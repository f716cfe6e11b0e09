"""Whether reports, the lists behind their figures, the documents and the journal agree."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.db.models import Sum
from django.urls import resolve

from hospital.core.models import User
from invoicing_app.panels.dashboard import DAYS, dashboard
from invoicing_app.report_views import PeriodForm
from invoicing_app.reports.kinds import REPORTS, report_of
from invoicing_app.reports.listings import LISTINGS, Chosen
from invoicing_app.reports.people import person_name
from invoicing_app.reports.period import Period, days_up_to
from invoicing_app.reports.tables import Cell, Table
from tests.invoicing_app.reports import independent

ZERO = Decimal(0)


def check_agreement(period: Period) -> None:
    """Compare every report about a period with the documents, the journal and its own lists."""
    check_money_in(period)
    check_what_stands(period)
    check_waivers(period)
    for slug in REPORTS:
        check_lists(cells_of(*report_of(slug, period).tables))


def check_money_in(period: Period) -> None:
    collections = table("collections", period, "By method")
    departments = table("collections", period, "By department")
    cashiers = table("cashiers", period, "By cashier")
    revenue = table("departments", period, "Revenue by department")
    total = sum(independent.received(period, "method").values(), ZERO)
    names = {user.pk: person_name(user) for user in User.objects.all()}

    assert column(collections, "Received") == methods(independent.received(period, "method"))
    assert column(departments, "Received") == independent.received(period, "department")
    assert column(cashiers, "Received") == _named(names, independent.received(period, "taker"))
    assert column(cashiers, "Paid from wallets") == _named(names, independent.from_wallets(period))
    by_kind = {**independent.received(period, "kind"), "Received": total}
    assert totals(collections) == {title: amount for title, amount in by_kind.items() if amount}
    assert column(revenue, "Revenue") == independent.earned(period, "department")
    by_method = methods(independent.earned(period, "method"))
    earned = sum(by_method.values(), ZERO)
    assert totals(revenue) == ({**by_method, "Revenue": earned} if earned else {})
    _check_journal(period, total, sum(by_method.values(), ZERO))


def check_waivers(period: Period) -> None:
    names = {user.pk: person_name(user) for user in User.objects.all()}
    by_reason = table("waivers", period, "By reason")
    by_person = table("waivers", period, "By person who granted")
    waived = independent.waived(period, "reason")

    assert column(by_reason, "Remains") == waived
    assert column(by_person, "Remains") == _named(names, independent.waived(period, "taker"))
    moved = independent.journal(period)
    assert moved.get("WAIVERS", ZERO) == sum(waived.values(), ZERO)


def _check_journal(period: Period, received: Decimal, earned: Decimal) -> None:
    moved = independent.journal(period)
    tills = ("CASH-", "CARD_CLEARING", "BANK", "GATEWAY_CLEARING")

    assert sum((moved[code] for code in moved if code.startswith(tills)), ZERO) == received
    assert sum((-moved[code] for code in moved if code.startswith("REVENUE-")), ZERO) == earned
    wallets = table("wallets", period, "Wallets")
    amounts: list[Any] = [row[-1].value for row in wallets.rows]
    opening, moved_there = amounts[0], sum(amounts[1:], ZERO)
    assert moved_there == -moved.get("WALLETS", ZERO)
    assert opening == independent.held(period.first - timedelta(days=1))
    assert wallets.total[-1].value == independent.held(period.last)
    assert wallets.total[-1].value == opening + moved_there


def check_what_stands(period: Period) -> None:
    day = period.last
    ages = table("receivables", period, "By age")
    owing = table("receivables", period, "By department")
    shelf = table("stock", period, "By expiry")

    assert column(ages, "Unpaid") == independent.unpaid_by_age(day)
    assert column(owing, "Unpaid") == independent.unpaid_by_department(day)
    assert column(shelf, "Value") == independent.stock(day)
    assert sum(column(table("stock", period, "By drug"), "Value").values()) == sum(
        independent.stock(day).values()
    )


def check_dashboard(day: Period) -> None:
    """Compare every number of the dashboard with the documents and with its own lists."""
    shown = dashboard(day.last)
    month = days_up_to(day.last, DAYS)
    figures = {figure.title: figure.value for figure in shown["figures"]}
    of_day, of_month = (
        sum(independent.received(period, "method").values(), ZERO) for period in (day, month)
    )
    assert figures["Received today"] == of_day
    assert figures[f"Received in {DAYS} days"] == of_month
    assert figures["Held in wallets"] == independent.held(day.last)
    assert figures["Unpaid"] == sum(independent.unpaid_by_age(day.last).values(), ZERO)
    parts = [part["table"] for part in shown["collections"]]
    names = {user.pk: person_name(user) for user in User.objects.all()}
    for period, heading in ((day, "Today"), (month, f"{DAYS} days")):
        assert [column(part, heading) for part in parts] == [
            methods(independent.received(period, "method")),
            independent.received(period, "department"),
            _named(names, independent.received(period, "taker")),
        ]
    states = column(shown["withdrawals"]["table"], "Amount")
    assert {state.upper().replace(" ", "_"): amount for state, amount in states.items()} == (
        independent.withdrawals(month)
    )
    assert column(shown["receivables"]["table"], "Unpaid") == independent.unpaid_by_age(day.last)
    assert {row[0].value: row[1].value for row in shown["by_day"].rows} == (
        independent.received(month, "day")
    )
    check_lists(cells_of(*parts, shown["withdrawals"]["table"], shown["by_day"]))
    check_lists(Cell(one.value, one.url) for one in shown["figures"])


def check_lists(cells: Iterator[Cell]) -> None:
    """Compare every amount with the sum of the list that it leads to, every count with its rows."""
    for cell in cells:
        if "/reports/rows/" not in cell.url:
            continue
        chosen = chosen_by(cell.url)
        if isinstance(cell.value, Decimal):
            found = chosen.rows.order_by().aggregate(sum=Sum(chosen.listing.amount))["sum"]
            assert (cell.url, found or ZERO) == (cell.url, cell.value)
        else:
            assert (cell.url, chosen.rows.count()) == (cell.url, cell.value)


def chosen_by(url: str) -> Chosen:
    """Return the list that an address leads to."""
    parts = urlsplit(url)
    given = dict(parse_qsl(parts.query))
    slug = resolve(parts.path).kwargs["slug"]
    form = PeriodForm({"from": given.pop("from"), "to": given.pop("to")})
    return Chosen(LISTINGS[slug], form.period, given)


def cells_of(*tables: Table) -> Iterator[Cell]:
    return (cell for one in tables for row in (*one.rows, one.total) for cell in row)


def table(slug: str, period: Period, title: str) -> Table:
    (found,) = [one for one in report_of(slug, period).tables if one.title == title]
    return found


def column(found: Table, heading: str) -> Mapping[Any, Decimal]:
    """Return the amounts of a column that are not zero, by the first cell of their row."""
    place = list(found.headings).index(heading)
    return {row[0].value: row[place].value for row in found.rows if row[place].value}  # type: ignore[misc] # amounts


def totals(found: Table) -> Mapping[str, Decimal]:
    """Return the last line's amounts that are not zero, by their heading."""
    amounts = zip(found.headings[1:], found.total[1:], strict=False)
    return {heading: cell.value for heading, cell in amounts if cell.value}  # type: ignore[misc] # amounts


def methods(amounts: Mapping[str, Decimal]) -> Mapping[str, Decimal]:
    return {independent.METHODS[method]: amount for method, amount in amounts.items()}


def _named(names: Mapping[int, str], amounts: Mapping[int, Decimal]) -> Mapping[str, Decimal]:
    return {names[pk]: amount for pk, amount in amounts.items()}
