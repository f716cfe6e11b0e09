"""The accountant closes the days that are over, and reads what the last of them came to."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from client_wallet.models import BusinessDayClosure
from client_wallet.services import deposit_to_wallet
from hospital.core.acts import Act
from tests.browser.cashier import make_patient
from tests.browser.desk import BETWEEN_CLICKS
from tests.client_wallet.desk import on_day
from tests.factories import UserFactory


def test_an_accountant_closes_the_days_that_are_over(arrive):
    yesterday = timezone.localdate() - timedelta(days=1)
    for day in (yesterday - timedelta(days=1), yesterday):
        with on_day(day):
            deposit_to_wallet(
                patient_id=make_patient("Eze").pk,
                amount=Decimal("9999999999.99"),
                act=Act(UserFactory(role="Cashier", username=f"a.rather.long.name.of.{day}")),
            )
    accountant = arrive(role="Accountant")
    page = accountant.page

    accountant.go("/admin/")
    page.get_by_role("link", name="Closed days").click()
    page.get_by_text("2 days are over and not closed").wait_for()
    accountant.look()
    page.get_by_role("link", name="Close days").click()
    accountant.look()
    page.get_by_label("Close every day up to and including").fill(str(timezone.localdate()))
    page.get_by_role("button", name="Close these days").click()
    page.get_by_text("This business day is not over yet.").wait_for()
    accountant.look()
    page.get_by_label("Close every day up to and including").fill(str(yesterday))
    page.get_by_role("button", name="Close these days").dblclick(delay=BETWEEN_CLICKS)

    page.get_by_text("is closed, and so is every day before it").wait_for()
    accountant.look()
    closure = BusinessDayClosure.objects.get(pk=yesterday)
    assert page.get_by_text(closure.seal).count() == 1
    accountant.go("/admin/client_wallet/businessdayclosure/")
    page.get_by_text("Every day that is over is closed.").wait_for()
    accountant.look()
    assert BusinessDayClosure.objects.count() == 2
