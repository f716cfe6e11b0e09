"""What docs/roles.md says of acts that have a page in the admin and no address of their own."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from tests.factories import UserFactory
from tests.test_roles import ROLES

PAGE = (Path(settings.BASE_DIR) / "docs" / "roles.md").read_text()
ROW = re.compile(r"^\| [a-z][^|]* \| `([a-z0-9_.]+)` \| (.*) \|$", re.MULTILINE)
TABLE = {permission: cells.split(" | ") for permission, cells in ROW.findall(PAGE)}


@pytest.mark.parametrize("permission", TABLE)
def test_each_role_may_do_what_the_roles_page_says(db, permission):
    marks = ["yes" if UserFactory(role=role).has_perm(permission) else "–" for role in ROLES]

    assert marks == TABLE[permission]


def test_the_acts_of_pharmacy_laboratory_and_catalogue_stand_on_the_page():
    assert {
        "smcapp1.write_off_stock",
        "smcapp1.set_reorder_level",
        "invoicing_app.hand_out_drugs",
        "smcapp1.release_labresult",
        "smcapp1.add_price",
    } <= set(TABLE)


def test_the_acts_on_wallets_stand_on_the_page():
    assert {
        "client_wallet.freeze_wallet",
        "client_wallet.review_withdrawal",
        "client_wallet.change_payoutaccount",
    } <= set(TABLE)


def test_closing_a_day_stands_on_the_page():
    assert {
        "client_wallet.close_day",
        "client_wallet.view_businessdayclosure",
        "invoicing_app.view_closeddayreport",
    } <= set(TABLE)


def test_shifts_and_hand_overs_stand_on_the_page():
    assert {
        "client_wallet.open_shift",
        "client_wallet.accept_variance",
        "client_wallet.give_cash",
        "client_wallet.receive_cash",
    } <= set(TABLE)
