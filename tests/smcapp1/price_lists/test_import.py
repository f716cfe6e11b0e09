"""``import_price_list``: what becomes of the catalogue, and what leaves no trace."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from hospital.core.acts import Act
from hospital.core.models import User
from smcapp1.models import Price, ServiceItem
from smcapp1.price_lists.applying import import_price_list
from smcapp1.services import set_price
from tests.api import client_as, pay, post
from tests.factories import ConsultationFactory, DepartmentFactory, UserFactory, make_item
from tests.rows import everything, statements
from tests.smcapp1.price_lists.lists import CODED, NAMED, prices, read, run, run_refused, write

pytestmark = pytest.mark.usefixtures("laboratory")


@pytest.fixture
def laboratory(db):
    return DepartmentFactory(code="LABORATORY")


@pytest.fixture
def today():
    return timezone.localdate()


# New items


def test_a_list_with_codes_opens_its_items_and_prices_them_from_today(tmp_path, today):
    lines = run(write(tmp_path, CODED))

    assert lines == [
        "new: Full blood count (FBC) 12.50",
        "new: Malaria film (MAL) 3.00",
        "new=2 changed=0 unchanged=0 rejected=0",
    ]
    assert list(
        Price.objects.order_by("pk").values_list(
            "service_item__code",
            "service_item__name",
            "service_item__department__code",
            "unit_price",
            "effective_from",
        )
    ) == [
        ("FBC", "Full blood count", "LABORATORY", Decimal("12.50"), today),
        ("MAL", "Malaria film", "LABORATORY", Decimal("3.00"), today),
    ]


def test_a_list_without_codes_gives_each_name_a_code_that_it_keeps(tmp_path):
    run(write(tmp_path, NAMED))

    codes = dict(ServiceItem.objects.values_list("name", "code"))

    assert codes == {
        "Full blood count": "LABORATORY-A7F72C31649D",
        "Malaria film": "LABORATORY-95C76C1BA3D8",
    }


def test_a_second_run_changes_nothing(tmp_path):
    for text in (CODED, NAMED.replace("Full", "Whole").replace("Malaria", "Thick")):
        run(write(tmp_path, text))
        before = everything()

        lines = run(write(tmp_path, text))

        assert lines == ["new=0 changed=0 unchanged=2 rejected=0"]
        assert everything() == before


def test_an_exact_repetition_of_a_row_counts_once(tmp_path):
    lines = run(write(tmp_path, f"{NAMED}MALARIA  film , $3.00 \nMalaria film,3.00\n"))

    assert lines[-1] == "new=2 changed=0 unchanged=0 rejected=0"
    assert prices() == {"Full blood count": "12.50", "Malaria film": "3.00"}


def test_two_codes_may_share_a_name(tmp_path):
    lines = run(write(tmp_path, f"{CODED}MAL2,Malaria film,4.00\n"))

    assert lines[-1] == "new=3 changed=0 unchanged=0 rejected=0"


def test_many_new_items_are_listed_in_full_when_asked_for(tmp_path):
    text = "Description,Price\n" + "".join(f"Test {n},{n + 1}\n" for n in range(30))

    short = run(write(tmp_path, text), dry_run=True)
    full = run(write(tmp_path, text), dry_run=True, verbosity=2)

    assert short[19:] == [full[19], "new: and 10 more (-v 2)", full[-1]]
    assert len(full) == 31


# Items of the catalogue


def test_items_are_known_by_code_in_whatever_words(tmp_path):
    item = make_item("LABORATORY", "10.00", code="FBC", name="FBC, automated")

    lines = run(write(tmp_path, CODED))

    assert lines == [
        "new: Malaria film (MAL) 3.00",
        "changed: Full blood count 10.00 -> 12.50",
        "new=1 changed=1 unchanged=0 rejected=0",
    ]
    assert list(item.prices.order_by("pk").values_list("unit_price", flat=True)) == [
        Decimal("10.00"),
        Decimal("12.50"),
    ]
    assert prices() == {"FBC, automated": "12.50", "Malaria film": "3.00"}


def test_items_are_known_by_name_in_any_case_and_with_any_blanks(tmp_path):
    make_item("LABORATORY", "12.50", code="L1", name="FULL BLOOD  COUNT")
    make_item("LABORATORY", "2.00", code="L2", name="malaria film")

    lines = run(write(tmp_path, NAMED))

    assert lines[-1] == "new=0 changed=1 unchanged=1 rejected=0"
    assert prices() == {"FULL BLOOD  COUNT": "12.50", "malaria film": "3.00"}


def test_items_are_known_by_the_code_they_got_when_they_have_been_renamed_since(tmp_path):
    run(write(tmp_path, NAMED))
    ServiceItem.objects.filter(name="Malaria film").update(name="Malaria film, thick")

    lines = run(write(tmp_path, NAMED.replace("3.00", "4.00")))

    assert lines[-1] == "new=0 changed=1 unchanged=1 rejected=0"


def test_items_are_not_known_by_a_name_in_another_department(tmp_path):
    make_item("RADIOLOGY", "1.00", name="Malaria film")

    lines = run(write(tmp_path, NAMED))

    assert lines[-1] == "new=2 changed=0 unchanged=0 rejected=0"


def test_items_may_have_had_no_price_until_now(tmp_path, laboratory):
    ServiceItem.objects.create(code="FBC", name="Full blood count", department=laboratory)

    lines = run(write(tmp_path, CODED))

    assert lines[1:] == [
        "changed: Full blood count no price -> 12.50",
        "new=1 changed=1 unchanged=0 rejected=0",
    ]


# The day


def test_a_price_of_the_same_day_is_replaced_and_earlier_ones_stay(tmp_path, today):
    item = make_item("LABORATORY", "10.00", code="FBC")
    run(write(tmp_path, CODED))

    run(write(tmp_path, CODED.replace("12.50", "13.00")))

    assert list(item.prices.order_by("pk").values_list("effective_from", "unit_price")) == [
        (date(2020, 1, 1), Decimal("10.00")),
        (today, Decimal("13.00")),
    ]


def test_prices_can_begin_later(tmp_path, today):
    make_item("LABORATORY", "10.00", code="FBC", name="Full blood count")
    day = today + timedelta(days=30)

    lines = run(write(tmp_path, CODED), effective_from=day.isoformat())
    again = run(write(tmp_path, CODED), effective_from=day.isoformat())

    assert lines[-1] == "new=1 changed=1 unchanged=0 rejected=0"
    assert again == ["new=0 changed=0 unchanged=2 rejected=0"]
    assert prices() == {"Full blood count": "10.00", "Malaria film": None}
    assert prices(day) == {"Full blood count": "12.50", "Malaria film": "3.00"}


def test_changed_means_against_the_price_of_that_day(tmp_path, today):
    day = today + timedelta(days=30)
    item = make_item("LABORATORY", "12.50", code="FBC")
    set_price(
        service_item_id=item.pk,
        unit_price=Decimal("11.00"),
        effective_from=day,
        act=Act(UserFactory()),
    )

    lines = run(write(tmp_path, CODED), effective_from=day.isoformat(), dry_run=True)

    assert lines[1] == "changed: Full blood count 11.00 -> 12.50"


def test_a_department_may_be_written_in_small_letters(tmp_path):
    assert run(write(tmp_path, CODED), "laboratory")[-1].startswith("new=2 ")


def test_the_prices_belong_to_who_imports_them(tmp_path):
    UserFactory(username="ada")

    run(write(tmp_path, CODED))
    run(write(tmp_path, CODED.replace("3.00", "4.00")), user="ada")

    set_by = Price.objects.order_by("service_item__code").values_list("set_by__username", flat=True)
    assert list(set_by) == ["price-list-import", "ada"]
    assert not User.objects.get(username="price-list-import").has_usable_password()


def test_an_unknown_user_is_refused(tmp_path):
    before = everything()

    _, complaint = run_refused(write(tmp_path, CODED), user="nobody")

    assert complaint == "--user: nobody signs in as 'nobody'."
    assert everything() == before


def test_the_number_of_statements_does_not_grow_with_the_rows(today):
    act = Act(UserFactory())

    def importing(count: int) -> int:
        rows = "".join(f"{count}-{n},Test {count} {n},{n + 1}\n" for n in range(count))
        listed = read(f"Code,Description,Price\n{rows}")
        return statements(
            lambda: import_price_list(
                listed, department_code="LABORATORY", effective_from=today, act=act
            )
        )

    assert importing(1) == importing(300)


def test_the_imported_price_is_what_the_api_shows_and_the_next_bill_takes(tmp_path):
    item = make_item("LABORATORY", "10.00", code="FBC", name="Full blood count")
    consultation = ConsultationFactory()
    cashier = client_as("Cashier")
    order = {"items": [{"service_item_id": item.pk, "quantity": 2}]}
    path = f"/api/consultations/{consultation.pk}/items/"
    post(cashier, path, order)

    run(write(tmp_path, CODED))

    shown = cashier.get("/api/service-items/?department=LABORATORY").json()["results"]
    assert {one["code"]: one["unit_price"] for one in shown} == {"FBC": "12.50", "MAL": "3.00"}
    assert post(cashier, path, order).json()["items"][0]["unit_price"] == "12.50"
    bill = cashier.get(f"/invoicing_app/consultations/{consultation.pk}/bill/").json()
    assert [one["line_total"] for one in bill["items"]] == ["20.00", "25.00"]
    assert pay(cashier, consultation, amount="45.00").status_code == 201
