"""Counting is blind: nothing that its cashier can open says what the drawer should hold."""

from typing import Any

import pytest

from tests.admin_pages import signed_in
from tests.api import client_of
from tests.client_wallet.shifts.desk import open_with, shift_of, take
from tests.client_wallet.shifts_at_the_desk.clients import close

pytestmark = pytest.mark.django_db
SUM = "13579.24"  # no other figure has these digits


def as_written(answer: Any) -> str:
    return str(answer.content.decode().replace(",", ""))


@pytest.mark.parametrize(
    "path",
    [
        "/api/shifts/",
        "/api/shifts/current/",
        "/api/shifts/{pk}/",
        "/api/shifts/{pk}/x-report/",
        "/admin/",
        "/admin/client_wallet/shift/",
        "/admin/client_wallet/shift/{pk}/change/",
        "/admin/client_wallet/shift/{pk}/count/",
        "/admin/client_wallet/shift/{pk}/x-report/",
    ],
)
def test_nobody_is_told_what_the_own_drawer_should_hold(path, cashier):
    open_with(cashier)
    take(cashier, "13000.00")
    take(cashier, "579.24")
    path = path.format(pk=shift_of(cashier).pk)
    client = client_of(cashier) if path.startswith("/api") else signed_in(cashier)

    answer = client.get(path)

    assert answer.status_code == 200
    assert SUM not in as_written(answer)


def test_after_the_count_it_is_shown(cashier):
    take(cashier, SUM)
    shift = shift_of(cashier)
    client = client_of(cashier)

    counted = close(client, shift.pk, "79.24")

    shown = [
        counted,
        client.get(f"/api/shifts/{shift.pk}/"),
        client.get(f"/api/shifts/{shift.pk}/x-report/"),
        signed_in(cashier).get(f"/admin/client_wallet/shift/{shift.pk}/change/"),
        signed_in(cashier).get(f"/admin/client_wallet/shift/{shift.pk}/x-report/"),
    ]
    assert [SUM in as_written(page) for page in shown] == [True] * 5
