"""Refusals of the hospital's records."""

from hospital.core.errors import DomainError


class OutOfStock(DomainError):
    """Unexpired batches hold less of a drug than the act needs."""

    code = "out-of-stock"
    title = "There is not enough of a drug in stock."


class MoreThanOnHand(OutOfStock):
    """A batch holds less than was to be written off."""

    title = "The batch does not hold that much."
    field = "quantity"

    def __init__(self, *, on_hand: int) -> None:
        super().__init__(f"Only {on_hand} of this batch are on the shelf.", on_hand=on_hand)


class BatchCostDiffers(DomainError):
    """A batch has one unit cost: a delivery at another would be valued at the wrong one."""

    code = "batch-cost-differs"
    title = "This batch came at another cost before."
    field = "unit_cost"


class ConsultationClosed(DomainError):
    """Nothing can be ordered on a consultation that was closed."""

    code = "consultation-closed"
    title = "This consultation is closed."


class ResultReleased(DomainError):
    """A released lab result cannot be entered or released again."""

    code = "result-released"
    title = "This result was already released."


class NoResult(DomainError):
    """A test without a result cannot be released."""

    code = "no-result"
    title = "This test has no result yet."


class ResultChanged(DomainError):
    """Somebody entered another result since the one that was to be released was read."""

    code = "result-changed"
    title = "Somebody corrected this result in the meantime. Read it again before you release it."


class PatientChanged(DomainError):
    """Somebody changed a patient since whoever asks read what is known of them."""

    code = "patient-changed"
    title = "Somebody changed this patient in the meantime. Open the page again and look."
