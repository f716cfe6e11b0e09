"""Every page of the patients asks for a permission, but those about the sign-in itself."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from smcapp1.portal import PatientPage
from tests.admin_pages import signed_in
from tests.api import make_patient_user

ABOUT_THE_SIGN_IN = {"portal-account", "portal-password", "portal-end-session"}
VALUES = {"UUIDConverter": str(uuid4()), "IntConverter": "1", "StringConverter": "x"}


def patient_pages() -> Iterator[tuple[str, type[PatientPage], str]]:
    """Yield name, view and an address of each page that is a patient's."""
    for pattern in _all(get_resolver()):
        view = getattr(pattern.callback, "view_class", None)
        if view is not None and issubclass(view, PatientPage):
            values = {
                name: VALUES[type(converter).__name__]
                for name, converter in pattern.pattern.converters.items()
            }
            yield str(pattern.name), view, reverse(str(pattern.name), kwargs=values)


def _all(found: URLResolver) -> Iterator[URLPattern]:
    for one in found.url_patterns:
        yield from _all(one) if isinstance(one, URLResolver) else [one]


PAGES = list(patient_pages())
ASKING = [(name, path) for name, view, path in PAGES if view.permission]


def test_only_pages_about_the_sign_in_ask_for_no_permission():
    assert len(PAGES) > 15
    assert {name for name, view, _ in PAGES if not view.permission} == ABOUT_THE_SIGN_IN


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("path", [path for _, path in ASKING], ids=[name for name, _ in ASKING])
def test_a_login_whose_role_was_taken_away_reads_and_does_nothing(db, path, method):
    user = make_patient_user()
    client = signed_in(user)
    user.groups.remove(Group.objects.get(name="Patient"))

    assert getattr(client, method)(path).status_code == 403


@pytest.mark.parametrize("path", ["/portal/", "/portal/transfer/", "/portal/bills/"])
def test_no_copy_of_a_page_stays_in_the_browser(db, path):
    page = signed_in(make_patient_user()).get(path)

    assert (page.status_code, "no-store" in page["Cache-Control"]) == (200, True)


def test_it_still_changes_its_password_and_ends_its_sessions(db):
    user = make_patient_user()
    client = signed_in(user)
    user.groups.clear()

    pages = [client.get(reverse(name)) for name in ("portal-account", "portal-password")]
    ended = client.post(reverse("portal-end-session", args=[1]))

    assert [page.status_code for page in pages] == [200, 200]
    assert ended.status_code == 302


def test_adding_money_needs_more_than_seeing_the_own_records(db):
    user = make_patient_user()
    group = Group.objects.get(name="Patient")
    group.permissions.remove(group.permissions.get(codename="add_onlinepayment"))
    client = signed_in(user)

    seen = {path: client.get(path).status_code for path in ("/portal/", "/portal/add-money/")}

    assert seen == {"/portal/": 200, "/portal/add-money/": 403}
