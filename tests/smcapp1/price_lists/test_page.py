"""The accountant's page: upload, preview, confirm; nothing but what was shown is done."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from hospital.core.acts import Act
from smcapp1.models import Price, ServiceItem
from smcapp1.price_lists import previews
from smcapp1.price_lists.forms import MOST_BYTES
from smcapp1.services import set_price
from tests.admin_pages import said, signed_in, text_of
from tests.factories import DepartmentFactory, UserFactory, make_item
from tests.rows import everything
from tests.smcapp1.price_lists.lists import CODED, prices

PAGE = reverse("admin:smcapp1_serviceitem_import_prices")
CATALOGUE = reverse("admin:smcapp1_serviceitem_changelist")


@pytest.fixture
def laboratory(db):
    return DepartmentFactory(code="LABORATORY")


@pytest.fixture
def accountant(db):
    return signed_in(UserFactory(role="Accountant"))


@pytest.fixture
def hand_in(accountant, laboratory):
    """Upload a list and return the page that answers."""

    def hand_in(text: str = CODED, **fields: str):
        wanted = {
            "department": str(laboratory.pk),
            "effective_from": timezone.localdate().isoformat(),
            "file": SimpleUploadedFile("list.csv", text.encode()),
        }
        return accountant.post(PAGE, {**wanted, **fields})

    return hand_in


def confirm(client, preview_page):
    """Press the button of a preview."""
    return client.post(PAGE, {"preview": preview_page.context["preview"]})


def test_the_catalogue_leads_to_the_page(accountant, laboratory):
    assert f'href="{PAGE}"' in accountant.get(CATALOGUE).content.decode()
    assert "Nothing is written before you say so there." in text_of(accountant.get(PAGE))


@pytest.mark.parametrize("role", ["Cashier", "Supervisor", "Pharmacist", "Laboratory", "Auditor"])
def test_the_page_is_for_the_accountant_only(db, role):
    client = signed_in(UserFactory(role=role))

    answers = [client.get(PAGE), client.post(PAGE, {"preview": "x"})]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert PAGE not in client.get(CATALOGUE).content.decode()


def test_one_of_the_two_permissions_is_not_enough(db):
    user = UserFactory(role="Accountant")
    role = user.groups.get()
    role.permissions.remove(role.permissions.get(codename="add_serviceitem"))

    assert signed_in(user).get(PAGE).status_code == 403


def test_a_preview_shows_everything_and_writes_nothing(hand_in):
    make_item("LABORATORY", "10.00", code="FBC", name="Full blood count")
    before = everything()

    page = text_of(hand_in(f"{CODED}UREA,<b>Urea</b>,VARIABLE\n"))

    assert "1 new, 1 changed, 0 unchanged, 1 rejected. Nothing was written yet." in page
    assert "4 Price 'VARIABLE' is not a price." in page
    assert "2 Full blood count 10.00 12.50" in page
    assert "3 MAL Malaria film 3.00" in page
    assert "Leave out what is rejected and import the rest" in page
    assert everything() == before


def test_what_was_shown_is_done_once_however_often_it_is_confirmed(hand_in, accountant):
    preview = hand_in(f"{CODED}UREA,Urea,VARIABLE\n")

    first = confirm(accountant, preview)
    told = said(accountant, first.url)
    after = list(Price.objects.order_by("pk").values())
    second = confirm(accountant, preview)

    assert (first.status_code, first.url, second.url) == (302, CATALOGUE, CATALOGUE)
    assert told == ["list.csv was imported: 2 new, 0 changed, 0 unchanged, 1 left out."]
    assert said(accountant, CATALOGUE) == ["list.csv was imported before; nothing was done again."]
    assert prices() == {"Full blood count": "12.50", "Malaria film": "3.00"}
    assert list(Price.objects.order_by("pk").values()) == after
    assert [entry.object_repr for entry in LogEntry.objects.all()] == ["Laboratory"]


def test_names_in_a_list_are_text_and_never_part_of_the_page(hand_in):
    answer = hand_in("Description,Price\n<script>alert(1)</script>,5.00\n")

    assert "<script>alert(1)" not in answer.content.decode()
    assert "&lt;script&gt;alert(1)" in answer.content.decode()


def test_a_price_changed_since_the_preview_brings_a_new_preview(hand_in, accountant):
    item = make_item("LABORATORY", "10.00", code="FBC", name="Full blood count")
    preview = hand_in()
    set_price(
        service_item_id=item.pk,
        unit_price=Decimal("11.00"),
        effective_from=timezone.localdate(),
        act=Act(UserFactory()),
    )

    again = confirm(accountant, preview)

    assert "Prices changed since this preview was made." in text_of(again)
    assert "2 Full blood count 11.00 12.50" in text_of(again)
    assert prices() == {"Full blood count": "11.00"}
    assert confirm(accountant, again).status_code == 302
    assert prices() == {"Full blood count": "12.50", "Malaria film": "3.00"}


def test_a_preview_that_was_tampered_with_or_is_somebody_elses_does_nothing(
    hand_in, accountant, monkeypatch
):
    preview = hand_in()
    signed = preview.context["preview"]
    other = signed_in(UserFactory(role="Accountant"))
    before = ServiceItem.objects.count()

    for client, sent in ((accountant, f"x{signed}"), (accountant, ""), (other, signed)):
        answer = client.post(PAGE, {"preview": sent})
        assert (answer.status_code, answer["Location"]) == (302, PAGE)
        assert "Nothing was done; hand the list in again." in said(client, PAGE)[0]
    monkeypatch.setattr(previews, "VALID_SECONDS", -1)
    confirm(accountant, preview)

    assert "too old" in said(accountant, PAGE)[0]
    assert ServiceItem.objects.count() == before


@pytest.mark.parametrize(
    ("fields", "field", "why"),
    [
        ({"department": "999999"}, "department", "not one of the available choices"),
        ({"department": "\0"}, "department", "Null characters are not allowed."),
        ({"file": ""}, "file", "This field is required."),
        ({"effective_from": "2020-01-01"}, "effective_from", "A price begins today or later"),
        ({"effective_from": "soon"}, "effective_from", "Enter a valid date."),
        ({"price_column": "Cost"}, "file", "list.csv, column Cost: has no header"),
    ],
)
def test_what_cannot_be_previewed_is_said_beside_its_field(hand_in, fields, field, why):
    answer = hand_in(**fields)

    assert answer.status_code == 200
    assert why in answer.context["form"].errors[field][0]


def test_a_file_that_is_no_list_is_refused_with_its_place(hand_in):
    assert hand_in("Hello\n").context["form"].errors["file"][0].startswith("list.csv: has no")
    assert hand_in("").context["form"].errors["file"] == ["The submitted file is empty."]


def test_a_list_too_large_for_the_page_is_sent_to_the_command(hand_in, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100_100

    assert "import_price_list" in hand_in().context["form"].errors["file"][0]
    assert "import_price_list" in hand_in("x" * (MOST_BYTES + 1)).context["form"].errors["file"][0]


def test_a_preview_from_yesterday_does_not_rewrite_yesterday(hand_in, accountant, monkeypatch):
    preview = hand_in()
    tomorrow = timezone.localdate() + timedelta(days=1)
    monkeypatch.setattr("smcapp1.services.prices.timezone.localdate", lambda: tomorrow)

    confirm(accountant, preview)

    assert "A price begins today or later" in said(accountant, PAGE)[0]
    assert not Price.objects.exists()


def test_the_file_field_keeps_the_name_of_the_file_to_itself(accountant, laboratory):
    """The admin's script writes it into the first text box near the field."""
    page = accountant.get(PAGE).content.decode()

    near = page[: page.index('type="file"')]
    assert 'type="text"' in near[near.index('for="id_file"') :]


def test_a_list_without_a_header_is_refused_in_the_words_of_the_page(hand_in):
    page = hand_in("these are\nno prices\n")

    assert "“Heading of the name”" in text_of(page)
    assert "--name-column" not in text_of(page)
