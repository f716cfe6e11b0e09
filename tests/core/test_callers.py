"""Who calls with a token: found with all permissions at once, and anew for each request."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from rest_framework_simplejwt.tokens import AccessToken

from hospital.core.callers import Callers
from hospital.core.models import User
from tests.factories import UserFactory
from tests.rows import statements

pytestmark = pytest.mark.django_db


def sign_in(user: User) -> dict[str, str]:
    return {"authorization": f"Bearer {AccessToken.for_user(user)}"}


def status_of(client: Any, headers: dict[str, str]) -> int:
    return int(client.get("/api/departments/", headers=headers).status_code)


def test_a_caller_has_the_permissions_that_django_would_find():
    user = UserFactory(role="Cashier")
    user.groups.add(Group.objects.get(name="Pharmacist"))
    user.user_permissions.add(Permission.objects.get(codename="reverse_deposit"))

    caller = Callers().get(id=str(user.pk))

    found = User.objects.get(pk=user.pk)
    assert (caller, caller.get_all_permissions()) == (found, found.get_all_permissions())
    assert caller.__dict__.items() >= {
        (name, value) for name, value in found.__dict__.items() if not name.startswith("_")
    }


def test_a_caller_and_a_question_about_a_permission_are_one_statement():
    user = UserFactory(role="Cashier")
    answers: list[bool] = []

    sent = statements(
        lambda: answers.append(
            Callers().get(id=str(user.pk)).has_perm("client_wallet.take_deposit")
        )
    )

    assert (sent, answers) == (1, [True])


def test_nobody_is_found_by_an_unknown_id():
    with pytest.raises(User.DoesNotExist):
        Callers().get(id="0")


def test_a_role_that_is_taken_away_is_gone_at_the_next_request(client):
    user = UserFactory(role="Cashier")
    headers = sign_in(user)
    before = status_of(client, headers)

    user.groups.clear()

    assert (before, status_of(client, headers)) == (200, 403)


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "another"}])
def test_who_is_deactivated_or_has_another_password_is_stopped_at_once(change, client):
    user = UserFactory(role="Cashier")
    headers = sign_in(user)
    before = status_of(client, headers)

    User.objects.filter(pk=user.pk).update(**change)

    assert (before, status_of(client, headers)) == (200, 401)
