"""A Synthea export as it is read from its folder: whole, checked, and not yet in the database."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from hospital.core.csv_files import Row, read_rows
from hospital.core.money import MAX_AMOUNT
from hospital.core.progress import Track
from invoicing_app.services import MAX_QUANTITY
from smcapp1.models import Department, PatientProfile

PATIENTS = "patients.csv"
ENCOUNTERS = "encounters.csv"
LABORATORY_PRICE = "--lab-price"  # laboratory rows carry no price of their own


@dataclass(frozen=True)
class Kind:
    """A kind of charge: where its rows stand, and what their columns are called."""

    name: str
    file: str
    department: str
    started: str
    encounter: str = "ENCOUNTER"
    price: str = "BASE_COST"  # "" for the price of the laboratory
    quantity: str = ""  # "" for one
    category: str = ""  # "" for every row

    @property
    def stem(self) -> str:
        return self.file.removesuffix(".csv")

    @property
    def columns(self) -> list[str]:
        named = [self.started, self.encounter, self.price, self.quantity]
        always = ["PATIENT", "CODE", "DESCRIPTION", *(["CATEGORY"] if self.category else [])]
        return [*always, *(column for column in named if column)]


KINDS = (
    Kind(
        "consultation fees",
        ENCOUNTERS,
        Department.Kind.CONSULTATION,
        "START",
        encounter="Id",
        price="BASE_ENCOUNTER_COST",
    ),
    Kind("procedures", "procedures.csv", Department.Kind.PROCEDURE, "START"),
    Kind("medications", "medications.csv", Department.Kind.PHARMACY, "START", quantity="DISPENSES"),
    Kind("immunizations", "immunizations.csv", Department.Kind.PHARMACY, "DATE"),
    Kind(
        "laboratory",
        "observations.csv",
        Department.Kind.LABORATORY,
        "DATE",
        price="",
        category="laboratory",
    ),
)


@dataclass(frozen=True)
class Person:
    """A patient, by the id that Synthea gave."""

    external_id: str
    first_name: str
    last_name: str
    date_of_birth: date
    sex: str


@dataclass(frozen=True)
class Visit:
    """An encounter, by the id that Synthea gave, and whose it was."""

    external_id: str
    person_id: str
    started_at: datetime


@dataclass(frozen=True)
class Charge:
    """A bill item to be: its ``external_id`` is the same each time the file is read."""

    external_id: str
    kind: Kind
    visit_id: str
    code: str
    description: str
    quantity: int
    unit_price: Decimal
    charged_at: datetime
    row: Row  # for refusals that only the database can tell

    @property
    def catalogue_code(self) -> str:
        return f"{self.kind.stem.upper()}-{self.code}"

    @property
    def line_total(self) -> Decimal:
        return self.quantity * self.unit_price


@dataclass(frozen=True)
class Export:
    """All that one folder says; every visit has its person, every charge its visit."""

    people: Sequence[Person]
    visits: Sequence[Visit]
    charges: Sequence[Charge]


def read_export(folder: Path, *, lab_price: Decimal, track: Track) -> Export:
    """
    Read and check the folder's files; nothing is written.

    ``lab_price`` is in CURRENCY, two places, above zero: of every laboratory test.

    :raises BadFile: naming file, row and column of the first fault
    """
    people = _people(folder, track)
    visits = _visits(folder, people, track)
    charges = [
        charge for kind in KINDS for charge in _charges(folder, kind, visits, lab_price, track)
    ]
    return Export(list(people.values()), list(visits.values()), charges)


def _people(folder: Path, track: Track) -> Mapping[str, Person]:
    rows = read_rows(folder / PATIENTS, ["Id", "BIRTHDATE", "FIRST", "LAST", "GENDER"])
    people: dict[str, Person] = {}
    for row in track(rows, PATIENTS):
        person = _person(row)
        if person.external_id in people:
            raise row.fault("Id", "stands in an earlier row too.")
        people[person.external_id] = person
    return people


def _person(row: Row) -> Person:
    sex = row.text("GENDER", longest=1)
    if sex not in PatientProfile.Sex.values:
        raise row.fault("GENDER", f"is none of {', '.join(PatientProfile.Sex.values)}.")
    return Person(
        external_id=row.text("Id", longest=60),
        first_name=row.text("FIRST", longest=100),
        last_name=row.text("LAST", longest=100),
        date_of_birth=row.day("BIRTHDATE"),
        sex=sex,
    )


def _visits(folder: Path, people: Mapping[str, Person], track: Track) -> Mapping[str, Visit]:
    visits: dict[str, Visit] = {}
    for row in track(read_rows(folder / ENCOUNTERS, ["Id", "START", "PATIENT"]), ENCOUNTERS):
        visit = Visit(
            row.text("Id", longest=60), row.text("PATIENT", longest=60), row.instant("START")
        )
        if visit.person_id not in people:
            raise row.fault("PATIENT", f"is the id of no patient in {PATIENTS}.")
        if visit.external_id in visits:
            raise row.fault("Id", "stands in an earlier row too.")
        visits[visit.external_id] = visit
    return visits


def _charges(
    folder: Path, kind: Kind, visits: Mapping[str, Visit], lab_price: Decimal, track: Track
) -> list[Charge]:
    rows = read_rows(folder / kind.file, kind.columns)
    seen: Counter[str] = Counter()
    return [
        _charge(row, kind, visits, lab_price, seen)
        for row in track(rows, f"{kind.file}: {kind.name}")
        if not kind.category or row.cells["CATEGORY"].strip() == kind.category
    ]


def _charge(
    row: Row, kind: Kind, visits: Mapping[str, Visit], lab_price: Decimal, seen: Counter[str]
) -> Charge:
    visit = _visit_of(row, kind, visits)
    charged_at = row.instant(kind.started)
    code = row.text("CODE", longest=40)
    charge = Charge(
        external_id=_external_id(kind, visit, code, charged_at, seen),
        kind=kind,
        visit_id=visit.external_id,
        code=code,
        description=row.text("DESCRIPTION", longest=250),
        quantity=row.whole_number(kind.quantity, most=MAX_QUANTITY) if kind.quantity else 1,
        unit_price=row.amount(kind.price) if kind.price else lab_price,
        charged_at=charged_at,
        row=row,
    )
    if charge.line_total > MAX_AMOUNT:
        raise row.fault(kind.price, f"times the quantity is above {MAX_AMOUNT}.")
    return charge


def _visit_of(row: Row, kind: Kind, visits: Mapping[str, Visit]) -> Visit:
    visit = visits.get(row.text(kind.encounter, longest=60))
    if visit is None:
        raise row.fault(kind.encounter, f"is the id of no encounter in {ENCOUNTERS}.")
    if row.text("PATIENT", longest=60) != visit.person_id:
        raise row.fault("PATIENT", "is not the patient of this encounter.")
    return visit


def _external_id(
    kind: Kind, visit: Visit, code: str, charged_at: datetime, seen: Counter[str]
) -> str:
    """Rows have no id of their own: file, encounter, code and start, and which of several alike."""
    started = charged_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    alike = f"{kind.stem}:{visit.external_id}:{code}:{started}"
    seen[alike] += 1
    return f"{alike}:{seen[alike]}"
