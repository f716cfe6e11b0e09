"""The users that commands act by: nobody signs up by their names, whichever they are."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings

from hospital.core.errors import InvalidRequest
from hospital.core.models import User
from hospital.core.system_users import NAMES_KEPT_FREE, SYSTEM_USERS, system_user
from tests.factories import UserFactory

APPS = ("client_wallet", "hospital", "invoicing_app", "smcapp1")


def names_handed_over() -> Iterator[str]:
    """Yield what each call of ``system_user`` in our code hands over."""
    for app in APPS:
        for path in sorted(Path(settings.BASE_DIR, app).rglob("*.py")):
            module = ".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts)
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "system_user":
                    (name,) = node.args
                    yield getattr(import_module(module), ast.unparse(name))


def test_every_name_that_the_system_acts_by_is_kept_free():
    assert set(names_handed_over()) == SYSTEM_USERS
    assert {"day-closing", "gateway"} <= SYSTEM_USERS <= NAMES_KEPT_FREE


def test_the_system_acts_by_no_name_that_is_not_kept_free(db):
    with pytest.raises(ValueError, match="gateways"):
        system_user("gateways")

    assert User.objects.count() == 0


def test_a_system_user_is_made_once_and_nobody_signs_in_as_it(db):
    made, again = system_user("gateway"), system_user("gateway")

    assert (made, made.has_usable_password(), made.is_staff) == (again, False, False)


def test_where_somebody_can_sign_in_by_the_name_nothing_is_done_in_it(db):
    UserFactory(username="gateway", password="a-person", is_staff=False)

    with pytest.raises(InvalidRequest):
        system_user("gateway")
