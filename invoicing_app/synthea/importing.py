"""Writes a Synthea export into the hospital's records and bills: all of it, or nothing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from django.db import transaction

from hospital.core.acts import Act
from hospital.core.progress import Track
from hospital.core.system_users import SYNTHEA_IMPORT, system_user
from hospital.core.transactions import hold_job, retry_conflicts
from invoicing_app.models import BillItem
from invoicing_app.synthea.catalogue import Catalogue, make_catalogue, stock_up
from invoicing_app.synthea.export import LABORATORY_PRICE, Charge, Export, Person, Visit
from smcapp1.models import Consultation, PatientProfile

IMPORTER = SYNTHEA_IMPORT  # the system user that imported rows and payments belong to
BATCH = 500  # rows per statement


class _Record(Protocol):
    @property
    def external_id(self) -> str: ...


R = TypeVar("R", bound=_Record)
T = TypeVar("T")


@dataclass(frozen=True)
class Added:
    """How many rows were not there before."""

    patients: int
    consultations: int
    items: int


@dataclass(frozen=True)
class _New:
    """What of an export is not in the database yet."""

    people: Sequence[Person]
    visits: Sequence[Visit]
    charges: Sequence[Charge]

    @property
    def added(self) -> Added:
        return Added(len(self.people), len(self.visits), len(self.charges))


@retry_conflicts
@transaction.atomic(durable=True)
def import_export(export: Export, *, track: Track, dry_run: bool = False) -> Added:
    """
    Add what is not there yet, known by its external id, in one transaction.

    Consultations are closed visits; their items are unpaid, each at its row's own price. Stock of
    every drug is received to match. Repeating it adds nothing. ``dry_run`` writes nothing.

    :raises BadFile: if a row was imported before with another quantity or price
    :raises InvalidRequest: if somebody can sign in as the importing user
    :raises Busy: if another import is running
    """
    hold_job(IMPORTER)
    new = _New(
        _unknown(export.people, _known(PatientProfile, _ids(export.people))),
        _unknown(export.visits, _known(Consultation, _ids(export.visits))),
        _unknown_charges(export.charges),
    )
    if not dry_run:
        _write(new, Act(importer()), track)
    return new.added


def importer() -> Any:
    """
    Return the system user that imports and pays: nobody can sign in as it.

    :raises InvalidRequest: if somebody can, because a person took the name
    """
    return system_user(IMPORTER)


def _write(new: _New, act: Act, track: Track) -> None:
    _write_patients(new.people, track)
    _write_consultations(new.visits, act, track)
    catalogue = make_catalogue(new.charges, act)
    _write_items(new.charges, catalogue, act, track)
    stock_up(new.charges, catalogue, act)


def _write_patients(people: Sequence[Person], track: Track) -> None:
    for batch in track(_batches(people), "Writing patients"):
        PatientProfile.objects.bulk_create(
            PatientProfile(
                external_id=person.external_id,
                first_name=person.first_name,
                last_name=person.last_name,
                date_of_birth=person.date_of_birth,
                sex=person.sex,
            )
            for person in batch
        )


def _write_consultations(visits: Sequence[Visit], act: Act, track: Track) -> None:
    for batch in track(_batches(visits), "Writing consultations"):
        patients = _known(PatientProfile, {visit.person_id for visit in batch})
        Consultation.objects.bulk_create(
            Consultation(
                external_id=visit.external_id,
                patient_id=patients[visit.person_id],
                status=Consultation.Status.CLOSED,
                opened_at=visit.started_at,
                opened_by=act.actor,
            )
            for visit in batch
        )


def _write_items(charges: Sequence[Charge], catalogue: Catalogue, act: Act, track: Track) -> None:
    consultations = _lock_consultations({charge.visit_id for charge in charges})
    for batch in track(_batches(charges), "Writing bill items"):
        BillItem.objects.bulk_create(
            BillItem(
                external_id=charge.external_id,
                consultation_id=consultations[charge.visit_id],
                service_item=catalogue.items[charge.catalogue_code],
                department=catalogue.departments[charge.kind.department],
                description=charge.description,
                quantity=charge.quantity,
                unit_price=charge.unit_price,
                line_total=charge.line_total,
                ordered_by=act.actor,
                ordered_at=charge.charged_at,
            )
            for charge in batch
        )


def _lock_consultations(external_ids: Collection[str]) -> dict[str, int]:
    """Lock the consultations that get items, as ordering does, in id order, in one statement."""
    locked = Consultation.objects.select_for_update(of=("self",), no_key=True)
    wanted = locked.filter(external_id__in=external_ids).order_by("pk")
    return {str(one.external_id): one.pk for one in wanted}


def _unknown(records: Sequence[R], known: Collection[str]) -> list[R]:
    return [record for record in records if record.external_id not in known]


def _unknown_charges(charges: Sequence[Charge]) -> list[Charge]:
    """Return the charges that are on no bill yet; those that are must say what they said then."""
    known: dict[str, BillItem] = {}
    for batch in _batches(charges):
        known |= BillItem.objects.in_bulk(_ids(batch), field_name="external_id")
    for charge in charges:
        if charge.external_id in known:
            _require_unchanged(charge, known[charge.external_id])
    return _unknown(charges, known)


def _require_unchanged(charge: Charge, item: BillItem) -> None:
    if item.quantity != charge.quantity:
        message = f"is {charge.quantity}, but was imported as {item.quantity}."
        raise charge.row.fault(charge.kind.quantity, message)
    if item.unit_price != charge.unit_price:
        column = charge.kind.price or LABORATORY_PRICE
        message = f"is {charge.unit_price}, but was imported as {item.unit_price}."
        raise charge.row.fault(column, message)


def _known(
    model: type[PatientProfile] | type[Consultation], external_ids: Collection[str]
) -> dict[str, int]:
    """Return external id → primary key of those that are in the database."""
    known: dict[str, int] = {}
    for batch in _batches(list(external_ids)):
        rows = model._default_manager.filter(external_id__in=batch)  # noqa: SLF001 - of two models
        known |= {str(external_id): pk for external_id, pk in rows.values_list("external_id", "pk")}
    return known


def _ids(records: Sequence[_Record]) -> list[str]:
    return [record.external_id for record in records]


def _batches(rows: Sequence[T]) -> list[Sequence[T]]:
    return [rows[start : start + BATCH] for start in range(0, len(rows), BATCH)]
