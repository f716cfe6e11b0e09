"""Users, roles and locked sign-ins in the admin: nobody gives rights but a superuser."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from rest_framework.test import APIClient

from hospital.core.access_admin import BUILT_IN
from hospital.core.models import FailedSignIn, User
from tests.admin_pages import said, signed_in, text_of
from tests.factories import UserFactory
from tests.test_roles import ROLES

FAILED = "/admin/core/failedsignin/"


@pytest.fixture
def clerk(db):
    """Somebody who may look after users, but is no superuser."""
    user = UserFactory(username="clerk")
    wanted = ["view_user", "change_user", "add_user", "view_group", "change_group", "add_group"]
    user.user_permissions.set(Permission.objects.filter(codename__in=wanted))
    return signed_in(user)


@pytest.fixture
def chief(db):
    return signed_in(UserFactory(username="chief", is_superuser=True))


def page_of(user):
    return reverse("admin:core_user_change", args=[user.pk])


def form_of(user, **changed):
    return {
        "username": user.username,
        "first_name": user.first_name,
        "is_active": "on",
        "is_staff": "on",
        **changed,
    }


def rights(user):
    user.refresh_from_db()
    return user.is_staff, user.is_superuser, [group.name for group in user.groups.all()]


def test_who_may_change_users_gives_nobody_rights(clerk):
    me, role = User.objects.get(username="clerk"), Group.objects.get(name="Supervisor")
    grasped = form_of(me, first_name="Clara", is_superuser="on", groups=[role.pk])

    answer = clerk.post(page_of(me), grasped)

    assert answer.status_code == 302
    assert rights(me) == (True, False, [])
    assert me.first_name == "Clara"


def test_who_may_change_users_takes_nobodys_place(clerk):
    colleague, chief = UserFactory(role="Supervisor"), UserFactory(is_superuser=True)
    new = {"password1": "a new long secret", "password2": "a new long secret"}

    taken = [
        clerk.post(f"/admin/core/user/{user.pk}/password/", new) for user in (colleague, chief)
    ]
    changed = clerk.post(page_of(chief), form_of(chief, first_name="Nobody"))

    assert [answer.status_code for answer in [*taken, changed]] == [403, 403, 403]
    assert rights(chief) == (True, True, [])


def test_a_superuser_gives_roles(chief):
    user, role = UserFactory(), Group.objects.get(name="Cashier")

    chief.post(page_of(user), form_of(user, groups=[role.pk]))

    assert rights(user) == (True, False, ["Cashier"])


def test_only_a_superuser_makes_and_changes_roles(clerk, chief):
    own = Group.objects.create(name="Night cashier")
    url = reverse("admin:auth_group_change", args=[own.pk])
    form = {"name": "Porter"}

    answers = [browser.post(url, form).status_code for browser in (clerk, chief)]

    assert (answers, clerk.get("/admin/auth/group/add/").status_code) == ([403, 302], 403)
    own.refresh_from_db()
    assert own.name == "Porter"


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_a_built_in_role_is_neither_renamed_nor_emptied_by_a_slip(chief, name):
    role = Group.objects.get(name=name)
    before = set(role.permissions.all())

    answer = chief.post(reverse("admin:auth_group_change", args=[role.pk]), {"name": "Slip"})

    role.refresh_from_db()
    assert answer.status_code == 403
    assert (role.name, set(role.permissions.all())) == (name, before)


def test_the_built_in_roles_are_those_that_the_migrations_make(db):
    assert set(ROLES) == BUILT_IN == set(Group.objects.values_list("name", flat=True))


def test_groups_are_called_roles(chief):
    pages = [text_of(chief.get(url)) for url in ("/admin/auth/group/", "/admin/core/user/")]

    assert ["Roles" in page for page in pages] == [True, True]
    assert ["Groups" in page or "Site administration" in page for page in pages] == [False, False]


def fail(username="ada", times=8):
    for _ in range(times):
        body = {"username": username, "password": "wrong"}
        APIClient().post("/api/token/", body, format="json")


def unlock(browser, reason="She had forgotten it"):
    url = f"{FAILED}{FailedSignIn.objects.get().pk}/unlock/"
    key = browser.get(url).context["form"]["one_time_key"].value()
    return browser.post(url, {"reason": reason, "one_time_key": key})


def test_a_supervisor_sees_who_is_locked_and_unlocks(supervisor):
    UserFactory(username="ada", password="right")
    fail()
    desk = signed_in(supervisor)
    listed = text_of(desk.get(FAILED))

    answer = unlock(desk)

    assert "ada 127.0.0.1 8" in listed
    assert "locked" in listed
    assert answer["Location"] == FAILED
    assert said(desk, FAILED) == ["ada from 127.0.0.1 was unlocked."]
    body = {"username": "ada", "password": "right"}
    assert APIClient().post("/api/token/", body, format="json").status_code == 200


def test_a_few_failures_are_no_lock(supervisor):
    fail(times=2)

    assert "may try again" in text_of(signed_in(supervisor).get(FAILED))


@pytest.mark.parametrize(
    ("role", "sees", "unlocks"),
    [("Auditor", 200, 403), ("Accountant", 200, 403), ("Cashier", 403, 403)],
)
def test_readers_see_failures_and_unlock_nobody(db, role, sees, unlocks):
    fail()
    browser = signed_in(UserFactory(role=role))
    url = f"{FAILED}{FailedSignIn.objects.get().pk}/unlock/"

    assert (browser.get(FAILED).status_code, browser.get(url).status_code) == (sees, unlocks)
    assert FailedSignIn.objects.count() == 1
