from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError
from django.db import DataError
from django.db.models import Sum
from django.utils import timezone

from hospital.core.models import User
from hospital.core.progress import untracked
from invoicing_app.models import BillItem
from invoicing_app.synthea.export import read_export
from invoicing_app.synthea.importing import IMPORTER, import_export, importer
from smcapp1.models import Consultation, PatientProfile, ServiceItem, StockBatch, StockMovement
from tests.factories import make_drug
from tests.invoicing_app.synthea_files import (
    FILES,
    damage,
    many,
    run,
    stopping_at,
    write_export,
)
from tests.rows import everything, statements

REAL = Path(settings.BASE_DIR).parent / "shared" / "data" / "synthea"
REAL_SUMS = """\
department           items             sum
CONSULTATION           604       69,900.45
LABORATORY             251        6,275.00
PHARMACY               692    1,725,329.73
  medications          663    1,721,254.65
  immunizations         29        4,075.08
PROCEDURE              249    1,023,874.23
all                  1,796    2,825,379.41
"""
TINY_TOTAL = Decimal("1376.24")  # 77.49 + 129.16 + 2 * 80 + 735.40 + 15 * 7.24 + 0.07 + 140.52 + 25


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_export(tmp_path / "export")


# The real data


# The real files stand beside the project and are not copied into it.
@pytest.mark.skipif(not REAL.is_dir(), reason=f"the Synthea files are not in {REAL}")
def test_the_real_data_comes_in_to_the_cent_once_and_is_paid(real_commits):
    first = run(REAL)
    counts = everything()
    second = run(REAL)

    assert first == (f"{REAL_SUMS}Added 27 patients, 604 consultations and 1,796 bill items.\n")
    assert second == (
        f"{REAL_SUMS}Nothing to add: 27 patients, 604 consultations and 1,796 bill items"
        " are there already.\n"
    )
    assert everything() == counts
    assert run(REAL, "--pay").splitlines()[-2:] == [
        "Paid 604 consultations, NGN 2,825,379.41: CASH 151, CARD 151, TRANSFER 151, WALLET 151.",
        "Revenue in the journal 2,825,379.41, paid items 2,825,379.41; 0 findings in the books.",
    ]
    assert sum(StockBatch.objects.values_list("quantity_on_hand", flat=True)) == 0


# What becomes of the rows


@pytest.mark.django_db
def test_patients_and_visits_keep_what_the_files_say(folder):
    run(folder)

    user = User.objects.get(username=IMPORTER)
    assert (user.is_staff, user.has_usable_password()) == (False, False)
    assert list(
        PatientProfile.objects.order_by("external_id").values_list(
            "external_id", "first_name", "last_name", "date_of_birth", "sex", "phone"
        )
    ) == [
        ("p1", "Maynard46", "Mosciski958", date(1990, 1, 31), "M", ""),
        ("p2", "Ada12", "Schmidt332", date(2008, 4, 7), "F", ""),
    ]
    visit = Consultation.objects.get(external_id="e1")
    assert (visit.patient.external_id, visit.opened_at, visit.status, visit.opened_by) == (
        "p1",
        datetime(2023, 1, 27, 16, 17, 47, tzinfo=UTC),
        "CLOSED",
        user,
    )


@pytest.mark.django_db
def test_each_item_keeps_the_price_of_its_row_and_the_catalogue_the_latest(folder):
    run(folder)

    drug = ServiceItem.objects.priced(date(2023, 2, 3)).get(code="MEDICATIONS-665078")
    items = BillItem.objects.filter(service_item=drug).order_by("pk")
    assert list(items.values_list("quantity", "unit_price", "line_total", "status")) == [
        (12, Decimal("7.24"), Decimal("86.88"), "UNPAID"),
        (3, Decimal("7.24"), Decimal("21.72"), "UNPAID"),
        (7, Decimal("0.01"), Decimal("0.07"), "UNPAID"),
    ]
    assert (drug.name, drug.unit_price) == ("Loratadine 5 MG Chewable Tablet", Decimal("0.01"))
    assert BillItem.objects.aggregate(total=Sum("line_total"))["total"] == TINY_TOTAL


@pytest.mark.django_db
def test_rows_that_are_alike_are_told_apart_by_their_number(folder):
    run(folder)

    ids = BillItem.objects.filter(consultation__external_id="e1").order_by("pk")
    assert list(ids.values_list("external_id", flat=True)) == [
        "encounters:e1:185345009:20230127T161747Z:1",
        "procedures:e1:430193006:20230127T162000Z:1",
        "medications:e1:665078:20230127T163000Z:1",
        "medications:e1:665078:20230127T163000Z:2",
    ]


@pytest.mark.django_db
def test_stock_is_received_to_match_and_does_not_expire_soon(folder):
    run(folder)

    batches = StockBatch.objects.order_by("service_item__code")
    assert list(batches.values_list("service_item__code", "quantity_on_hand")) == [
        ("IMMUNIZATIONS-140", 1),
        ("MEDICATIONS-665078", 22),
    ]
    assert list(
        StockMovement.objects.order_by("quantity").values_list("kind", "quantity", "quantity_after")
    ) == [("RECEIVED", 1, 1), ("RECEIVED", 22, 22)]
    last_day = date(timezone.localdate().year + 5, 12, 31)
    assert set(batches.values_list("expires_on", flat=True)) == {last_day}


@pytest.mark.django_db
def test_laboratory_tests_cost_what_the_command_is_told(folder):
    run(folder, "--lab-price", "31.50")

    tests = BillItem.objects.filter(department__code="LABORATORY")
    assert list(tests.values_list("description", "unit_price")) == [
        ("Total Cholesterol", Decimal("31.50"))
    ]


@pytest.mark.django_db
def test_a_byte_order_mark_and_crlf_do_no_harm(folder):
    for file in folder.iterdir():
        written = "\ufeff" + file.read_text().replace("\n", "\r\n")
        file.write_bytes(written.encode())

    assert "Added 2 patients, 4 consultations and 10 bill items." in run(folder)


@pytest.mark.django_db
def test_a_dry_run_counts_and_writes_nothing(folder):
    before = everything()

    said = run(folder, "--pay", "--dry-run")

    assert said.splitlines()[-2:] == [
        "Would add 2 patients, 4 consultations and 10 bill items.",
        "Would pay what is new, and 0 before.",
    ]
    assert everything() == before


@pytest.mark.django_db
def test_the_number_of_statements_does_not_grow_with_the_rows(tmp_path):
    importer()
    few = write_export(tmp_path / "few", **many(2))
    more = write_export(tmp_path / "more", **many(40))

    assert statements(lambda: run(few)) == statements(lambda: run(more))


# Again


@pytest.mark.django_db
def test_a_later_export_adds_what_is_new(folder):
    run(folder)
    more = "2023-02-03T08:30:00Z,p2,e4,999,Aspirin 81 MG,1.00,5"
    write_export(folder, medications=[*FILES["medications.csv"], more])

    said = run(folder)

    assert said.splitlines()[-1] == (
        "Added 0 patients, 0 consultations and 1 bill items."
        " 2 patients, 4 consultations and 10 bill items were there already."
    )
    assert StockBatch.objects.aggregate(held=Sum("quantity_on_hand"))["held"] == 28


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("BASE_COST", "7.25", "is 7.25, but was imported as 7.24."),
        ("DISPENSES", "13", "is 13, but was imported as 12."),
    ],
)
def test_a_row_that_says_something_else_than_before_is_refused(folder, column, value, said):
    run(folder)
    before = everything()
    damage(folder, "medications.csv", 2, column, value)

    with pytest.raises(CommandError, match=f"medications.csv, row 2, column {column}: {said}"):
        run(folder)

    assert everything() == before


@pytest.mark.django_db
def test_another_laboratory_price_than_before_is_refused(folder):
    run(folder)

    with pytest.raises(CommandError, match="observations.csv, row 4, column --lab-price: is 26.00"):
        run(folder, "--lab-price", "26.00")


# Broken off


@pytest.mark.django_db
def test_an_import_that_the_database_refuses_at_its_end_leaves_no_trace(folder):
    drug = make_drug(code="MEDICATIONS-665078")
    StockBatch.objects.create(
        service_item=drug,
        batch_number="SYNTHEA",
        expires_on=date(timezone.localdate().year + 5, 12, 31),
        quantity_on_hand=2**31 - 1,
    )
    before = everything()

    with pytest.raises(DataError):
        run(folder)

    assert everything() == before


@pytest.mark.django_db
def test_an_interrupted_import_leaves_no_trace(folder):
    before = everything()
    export = read_export(folder, lab_price=Decimal("25.00"), track=untracked)

    with pytest.raises(KeyboardInterrupt):
        import_export(export, track=stopping_at("Writing bill items", 0))

    assert everything() == before
