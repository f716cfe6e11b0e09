"""A Synthea export of two patients, small enough to know by heart, to be damaged by tests."""

from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import TypeVar

from django.core.management import call_command

from hospital.core.progress import Track

Lines = Sequence[str]
T = TypeVar("T")

FILES: Mapping[str, Lines] = {
    "patients.csv": (
        "Id,BIRTHDATE,DEATHDATE,FIRST,LAST,GENDER",
        "p1,1990-01-31,,Maynard46,Mosciski958,M",
        "p2,2008-04-07,,Ada12,Schmidt332,F",
    ),
    "encounters.csv": (
        "Id,START,PATIENT,CODE,DESCRIPTION,BASE_ENCOUNTER_COST",
        "e1,2023-01-27T16:17:47Z,p1,185345009,Encounter for symptom,77.49",
        "e2,2023-02-01T08:00:00Z,p2,410620009,Well child visit (procedure),129.16",
        "e3,2023-02-02T08:00:00Z,p2,185345009,Encounter for symptom,80.00",
        "e4,2023-02-03T08:00:00Z,p2,185345009,Encounter for symptom,80.00",
    ),
    "procedures.csv": (
        "START,PATIENT,ENCOUNTER,CODE,DESCRIPTION,BASE_COST",
        "2023-01-27T16:20:00Z,p1,e1,430193006,Medication Reconciliation,735.40",
    ),
    "medications.csv": (
        "START,PATIENT,ENCOUNTER,CODE,DESCRIPTION,BASE_COST,DISPENSES",
        "2023-01-27T16:30:00Z,p1,e1,665078,Loratadine 5 MG Chewable Tablet,7.24,12",
        "2023-01-27T16:30:00Z,p1,e1,665078,Loratadine 5 MG Chewable Tablet,7.24,3",
        "2023-02-03T08:30:00Z,p2,e4,665078,Loratadine 5 MG Chewable Tablet,0.01,7",
    ),
    "immunizations.csv": (
        "DATE,PATIENT,ENCOUNTER,CODE,DESCRIPTION,BASE_COST",
        "2023-02-01T08:10:00Z,p2,e2,140,Influenza  seasonal,140.52",
    ),
    "observations.csv": (
        "DATE,PATIENT,ENCOUNTER,CATEGORY,CODE,DESCRIPTION,VALUE",
        "2023-02-01T08:10:00Z,p2,e2,vital-signs,8302-2,Body Height,127.9",
        "2023-02-01T08:10:00Z,p2,,,QALY,Quality-adjusted life years,1.0",
        "2023-02-01T08:10:00Z,p2,e2,laboratory,2093-3,Total Cholesterol,180",
    ),
}


def write_export(folder: Path, **changed: Lines) -> Path:
    """Write the files, those named (``patients=…``) with other lines; return the folder."""
    folder.mkdir(exist_ok=True)
    for name, lines in FILES.items():
        written = changed.get(name.removesuffix(".csv"), lines)
        (folder / name).write_text("\n".join(written) + "\n", encoding="utf-8")
    return folder


def damage(folder: Path, file: str, row: int, column: str, value: str) -> None:
    """Put another value into one cell; ``row`` is a line of the file, the header's is 1."""
    lines = (folder / file).read_text(encoding="utf-8").splitlines()
    cells = lines[row - 1].split(",")
    cells[lines[0].split(",").index(column)] = value
    lines[row - 1] = ",".join(cells)
    (folder / file).write_text("\n".join(lines) + "\n", encoding="utf-8")


def many(count: int) -> Mapping[str, Lines]:
    """Return an export with so many patients, each with a visit that has an item of every kind."""
    names = [f"{count}-{number}" for number in range(count)]
    at = "2023-02-01T08:10:00Z"
    bodies = {
        "patients": [f"p{name},1990-01-31,,First,Last,F" for name in names],
        "encounters": [f"e{name},{at},p{name},{name},Encounter,10.00" for name in names],
        "procedures": [f"{at},p{name},e{name},{name},Procedure,20.00" for name in names],
        "medications": [f"{at},p{name},e{name},{name},Drug,3.00,4" for name in names],
        "immunizations": [f"{at},p{name},e{name},{name},Vaccine,5.00" for name in names],
        "observations": [f"{at},p{name},e{name},laboratory,{name},Test,1" for name in names],
    }
    return {name: [FILES[f"{name}.csv"][0], *body] for name, body in bodies.items()}


def run(folder: Path, *options: str) -> str:
    """Run the command and return what it printed."""
    out = StringIO()
    call_command("import_synthea", str(folder), *options, stdout=out)
    return out.getvalue()


def stopping_at(step: str, after: int) -> Track:
    """Return a Track that is interrupted at a step, after so many of its items."""

    def track(items: Sequence[T], description: str) -> Iterable[T]:
        for number, item in enumerate(items):
            if description == step and number == after:
                raise KeyboardInterrupt
            yield item

    return track
