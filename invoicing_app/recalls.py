"""From a batch of a drug to everybody who got some of it, and the receipts it was paid on."""

from collections.abc import Iterator

from django.db.models import F, QuerySet

from hospital.core.errors import NotFound
from hospital.core.times import wire_time
from invoicing_app.models import DispensedStock
from smcapp1.models import StockBatch

HEADINGS = [
    "hospital_number",
    "patient",
    "phone",
    "receipt_number",
    "paid_at",
    "dispensed",
    "handed_out",
    "owed",
    "taken_back",
    "brought_back",
    "in_hands",
]


def batch_to_recall(batch_id: int) -> StockBatch:
    """
    Return a batch with its drug.

    :raises NotFound: if there is no such batch
    """
    found: StockBatch | None = (
        StockBatch.objects.select_related("service_item").filter(pk=batch_id).first()
    )
    if found is None:
        raise NotFound("There is no batch with this id.")
    return found


def recalled(batch_id: int) -> QuerySet[DispensedStock]:
    """
    Return what was dispensed out of a batch, newest first: each with patient, receipt, counts.

    ``in_hands`` is what the patient was given and has not brought back.
    """
    dispensed = DispensedStock.objects.filter(movement__batch=batch_id)
    with_whom = dispensed.select_related("bill_item__consultation__patient", "movement")
    return with_whom.annotate(in_hands=F("handed_out") - F("brought_back")).order_by("-pk")


def recall_rows(batch_id: int) -> Iterator[list[object]]:
    """Yield the recall as CSV has it, headings first."""
    yield list(HEADINGS)
    for row in recalled(batch_id).iterator(chunk_size=2000):
        patient = row.bill_item.consultation.patient
        yield [
            patient.hospital_number,
            patient.full_name,
            patient.phone,
            row.bill_item.receipt_number,
            wire_time(row.movement.moved_at),
            row.quantity,
            row.handed_out,
            row.owed,
            row.taken_back,
            row.brought_back,
            row.handed_out - row.brought_back,
        ]


def recall_file_name(batch: StockBatch) -> str:
    """Return the name of the CSV file; a batch number may hold anything."""
    plain = "".join(
        letter if letter.isascii() and letter.isalnum() else "-" for letter in batch.batch_number
    )
    return f"recall-{batch.pk}-{plain}.csv"
