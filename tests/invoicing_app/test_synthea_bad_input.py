from pathlib import Path

import pytest
from django.core.management import CommandError

from invoicing_app.synthea.importing import IMPORTER
from tests.factories import UserFactory
from tests.invoicing_app.synthea_files import FILES, damage, run, write_export
from tests.rows import everything


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_export(tmp_path / "export")


BAD_CELLS = [
    ("patients.csv", 3, "Id", "p1"),
    ("patients.csv", 3, "Id", ""),
    ("patients.csv", 2, "FIRST", " "),
    ("patients.csv", 2, "LAST", "x" * 101),
    ("patients.csv", 2, "BIRTHDATE", "1990-02-30"),
    ("patients.csv", 2, "BIRTHDATE", "31/01/1990"),
    ("patients.csv", 2, "BIRTHDATE", "2990-01-31"),
    ("patients.csv", 2, "GENDER", "Q"),
    ("encounters.csv", 3, "Id", "e1"),
    ("encounters.csv", 3, "PATIENT", "nobody"),
    ("encounters.csv", 2, "START", "2023-13-27T16:17:47Z"),
    ("encounters.csv", 2, "START", "2023-01-27T16:17:47"),
    ("encounters.csv", 2, "START", ""),
    ("encounters.csv", 5, "BASE_ENCOUNTER_COST", "0.00"),
    ("encounters.csv", 5, "BASE_ENCOUNTER_COST", "-5.00"),
    ("encounters.csv", 5, "BASE_ENCOUNTER_COST", "77.495"),
    ("encounters.csv", 5, "BASE_ENCOUNTER_COST", "1e3"),
    ("encounters.csv", 5, "BASE_ENCOUNTER_COST", "NaN"),
    ("encounters.csv", 5, "BASE_ENCOUNTER_COST", "free"),
    ("encounters.csv", 5, "BASE_ENCOUNTER_COST", ""),
    ("encounters.csv", 5, "BASE_ENCOUNTER_COST", "99999999999"),
    ("procedures.csv", 2, "ENCOUNTER", "nowhere"),
    ("procedures.csv", 2, "ENCOUNTER", ""),
    ("procedures.csv", 2, "PATIENT", "p2"),
    ("procedures.csv", 2, "CODE", ""),
    ("procedures.csv", 2, "DESCRIPTION", "x" * 251),
    ("procedures.csv", 2, "BASE_COST", "735.405"),
    ("medications.csv", 4, "BASE_COST", "-0.01"),
    ("medications.csv", 4, "DISPENSES", "0"),
    ("medications.csv", 4, "DISPENSES", "-7"),
    ("medications.csv", 4, "DISPENSES", "1.5"),
    ("medications.csv", 4, "DISPENSES", "٣"),
    ("medications.csv", 4, "DISPENSES", "100001"),
    ("immunizations.csv", 2, "DATE", "yesterday"),
    ("immunizations.csv", 2, "BASE_COST", "12,50".replace(",", ";")),
    ("observations.csv", 4, "ENCOUNTER", "nowhere"),
    ("observations.csv", 4, "DATE", "2023-02-01"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("file", "row", "column", "value"), BAD_CELLS)
def test_a_bad_cell_is_named_and_leaves_no_trace(folder, file, row, column, value):
    before = everything()
    damage(folder, file, row, column, value)

    with pytest.raises(CommandError, match=f"^{file}, row {row}, column {column}: ") as refusal:
        run(folder)

    assert (refusal.value.returncode, everything()) == (1, before)


@pytest.mark.django_db
@pytest.mark.parametrize("file", FILES)
def test_a_missing_file_is_named_and_leaves_no_trace(folder, file):
    before = everything()
    (folder / file).unlink()

    with pytest.raises(CommandError, match=f"^{file}: cannot be read: No such file"):
        run(folder)

    assert everything() == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("file", "column"),
    [(file, lines[0].split(",")[-1]) for file, lines in FILES.items() if "obs" not in file],
)
def test_a_missing_column_is_named_and_leaves_no_trace(folder, file, column):
    before = everything()
    damage(folder, file, 1, column, "OTHER")

    with pytest.raises(CommandError, match=f"^{file}, row 1, column {column}: is missing."):
        run(folder)

    assert everything() == before


BAD_FILES = [
    (b"", "procedures.csv, row 1, column PATIENT: is missing."),
    (b"START,PATIENT,ENCOUNTER,CODE,DESCRIPTION,BASE_COST\nx,y\n", "row 2, column ENCOUNTER: "),
    (b"START,PATIENT,ENCOUNTER,CODE,DESCRIPTION,BASE_COST\n1,2,3,4,5,6,7\n", "row 2, column BASE"),
    (b"START,PATIENT,ENCOUNTER,CODE,DESCRIPTION,BASE_COST\n\xff\n", "row 2: is not written in UTF"),
    (b'START,PATIENT,ENCOUNTER,CODE,DESCRIPTION,BASE_COST\n"x,\n', "row 2: is not CSV"),
    (b"START,PATIENT,ENCOUNTER,CODE,DESCRIPTION,BASE_COST,CODE\n", "column CODE: is there twice"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("written", "said"), BAD_FILES)
def test_a_file_that_is_no_table_is_named_and_leaves_no_trace(folder, written, said):
    before = everything()
    (folder / "procedures.csv").write_bytes(written)

    with pytest.raises(CommandError, match=said):
        run(folder)

    assert everything() == before


@pytest.mark.django_db
def test_a_row_is_counted_in_lines_of_the_file(folder):
    first = '"2023-01-27T16:20:00Z",p1,e1,430193006,"Two\nlines",735.40'
    second = "2023-01-27T16:20:00Z,p1,e1,430193006,Reconciliation,none"
    write_export(folder, procedures=[FILES["procedures.csv"][0], "", first, second])

    with pytest.raises(CommandError, match="^procedures.csv, row 5, column BASE_COST: 'none'"):
        run(folder)


@pytest.mark.django_db
@pytest.mark.parametrize("price", ["0", "-25", "25.001", "cheap", ""])
def test_a_bad_laboratory_price_is_refused(folder, price):
    before = everything()

    with pytest.raises(CommandError, match="--lab-price"):
        run(folder, f"--lab-price={price}")

    assert everything() == before


@pytest.mark.django_db
def test_nobody_may_sign_in_as_the_importer(folder):
    UserFactory(username=IMPORTER, is_staff=False, password="a-person")
    before = everything()

    with pytest.raises(CommandError, match="rename that login"):
        run(folder)

    assert everything() == before
