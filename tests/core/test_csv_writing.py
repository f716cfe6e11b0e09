"""Files for spreadsheets."""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.db import OperationalError

from hospital.core.csv_writing import csv_lines, csv_response


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", '=HYPERLINK("http://x","y")']
)
def test_a_cell_that_a_spreadsheet_would_compute_is_written_as_text(cell):
    assert read("".join(csv_lines([[cell, "after"]]))) == [[f"'{cell}", "after"]]


def test_other_cells_stay_as_they_are():
    row = ["1,200.50", 'the "best"', "two\nlines", "a=b", None, Decimal("0.10"), 7, "Adékúnlé"]

    written = "".join(csv_lines([row]))

    assert read(written) == [
        ["1,200.50", 'the "best"', "two\nlines", "a=b", "", "0.10", "7", "Adékúnlé"]
    ]


def test_a_download_says_what_it_is_and_is_kept_nowhere():
    response = csv_response("list.csv", [["Name"], ["Zoë"]])

    assert response.getvalue() == "\ufeffName\r\nZoë\r\n".encode()
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="list.csv"'
    assert response["Cache-Control"] == "no-store"
    response.close()


def test_what_breaks_half_way_is_an_error_and_no_file_that_looks_complete():
    def rows() -> Iterator[list[str]]:
        yield ["Name"]
        raise OperationalError("the database went away")

    with pytest.raises(OperationalError, match="the database went away"):
        csv_response("list.csv", rows())


def test_a_number_below_zero_stays_a_number():
    assert read("".join(csv_lines([[Decimal("-25.00"), -3]]))) == [["-25.00", "-3"]]
