"""What ``import_price_list`` refuses or rejects, and that it leaves no trace."""

import pytest
from django.core.management import CommandError

from tests.factories import DepartmentFactory, make_item
from tests.rows import everything
from tests.smcapp1.price_lists.lists import CODED, NAMED, prices, run, run_refused, write

pytestmark = pytest.mark.usefixtures("laboratory")

MIXED = f"{CODED}UREA,Urea,VARIABLE\n"


@pytest.fixture
def laboratory(db):
    return DepartmentFactory(code="LABORATORY")


def test_a_rejected_row_keeps_the_whole_list_out(tmp_path):
    before = everything()

    lines, complaint = run_refused(write(tmp_path, MIXED))

    assert lines[-2:] == [
        "rejected: row 4, column Price: 'VARIABLE' is not a price.",
        "new=2 changed=0 unchanged=0 rejected=1",
    ]
    assert complaint.startswith("1 row of list.csv cannot be imported, so nothing was written.")
    assert everything() == before


def test_rejected_rows_can_be_left_out(tmp_path):
    lines = run(write(tmp_path, MIXED), skip_rejected=True)

    assert lines[-1] == "new=2 changed=0 unchanged=0 rejected=1"
    assert prices() == {"Full blood count": "12.50", "Malaria film": "3.00"}


def test_a_dry_run_shows_rejected_rows_and_leaves_no_trace(tmp_path):
    make_item("LABORATORY", "10.00", code="FBC")
    before = everything()

    lines = run(write(tmp_path, MIXED), dry_run=True)

    assert lines == [
        "new: Malaria film (MAL) 3.00",
        "changed: Full blood count 10.00 -> 12.50",
        "rejected: row 4, column Price: 'VARIABLE' is not a price.",
        "new=1 changed=1 unchanged=0 rejected=1",
    ]
    assert everything() == before


@pytest.mark.parametrize(
    ("text", "rejected"),
    [
        (
            f"{NAMED}MALARIA FILM,4.00\nMalaria film,3.00\n",
            [
                f"row {row}, column Price: the name 'Malaria film', without a code,"
                " has several prices: 3.00 in row 3, 4.00 in row 4."
                for row in (3, 4, 5)
            ],
        ),
        (
            f"{CODED}MAL,Malaria film,4.00\n",
            [
                f"row {row}, column Code: code MAL has several prices:"
                " 3.00 in row 3, 4.00 in row 4."
                for row in (3, 4)
            ],
        ),
        (
            f"{CODED}MAL,Thick film,3.00\n",
            [
                f"row {row}, column Code: code MAL stands for several names, as in row 4."
                for row in (3, 4)
            ],
        ),
        (
            f"{CODED},Malaria film,4.00\n",
            ["row 4, column Description: stands in another row with a code, and here without one."],
        ),
        (
            f"{CODED}XR-1,Chest X-ray,90.00\n",
            ["row 4, column Code: code XR-1 belongs to department RADIOLOGY."],
        ),
        (
            f"{NAMED}Urea,5.00\n",
            [
                "row 4, column Description:"
                " the catalogue has several items of this name; give the code."
            ],
        ),
        (
            f"{CODED},urine  stick,5.00\nSTICK,Dipstick,5.00\n",
            ["row 4, column Description: is the same item of the catalogue as row 5."],
        ),
    ],
)
def test_a_row_that_may_mean_two_things_is_rejected(tmp_path, text, rejected):
    make_item("RADIOLOGY", code="XR-1")
    make_item("LABORATORY", code="U1", name="Urea")
    make_item("LABORATORY", code="U2", name="UREA")
    make_item("LABORATORY", code="STICK", name="Urine stick")

    lines = run(write(tmp_path, text), dry_run=True)

    assert [line for line in lines if line.startswith("rejected: ")] == [
        f"rejected: {one}" for one in rejected
    ]
    assert lines[-1].endswith(f"rejected={len(rejected)}")


@pytest.mark.parametrize(
    ("text", "options", "why"),
    [
        (CODED, {"department": "NONE"}, "There is no department 'NONE'. There is LABORATORY."),
        (CODED, {"price_column": "Cost"}, "list.csv, column Cost: has no header"),
        ("", {}, "list.csv: is empty."),
        ("Hello\n", {}, "list.csv: has no header"),
    ],
)
def test_what_cannot_be_imported_is_named_and_leaves_no_trace(tmp_path, text, options, why):
    before = everything()

    lines, complaint = run_refused(write(tmp_path, text), **options)

    assert lines == []
    assert why in complaint
    assert everything() == before


def test_a_file_that_is_not_there_or_is_a_folder_is_named(tmp_path):
    assert run_refused(tmp_path / "none.csv") == (
        [],
        "none.csv: cannot be read: No such file or directory.",
    )
    assert "cannot be read: Is a directory." in run_refused(tmp_path)[1]


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2020-01-01", "A price begins today or later"),
        ("2026-02-30", "is no day written as 2026-01-31"),
        ("tomorrow", "is no day written as 2026-01-31"),
    ],
)
def test_a_day_that_has_passed_or_is_none_is_refused(tmp_path, day, why):
    before = everything()

    lines, complaint = run_refused(write(tmp_path, CODED), effective_from=day)

    assert lines == []
    assert why in complaint
    assert everything() == before


def test_an_interrupted_import_leaves_no_trace(tmp_path, monkeypatch):
    before = everything()

    def stopped(prices, act):
        raise KeyboardInterrupt

    monkeypatch.setattr("smcapp1.price_lists.applying.set_prices", stopped)
    with pytest.raises(CommandError, match="nothing half done") as refusal:
        run(write(tmp_path, CODED))

    assert refusal.value.returncode == 130
    assert everything() == before
