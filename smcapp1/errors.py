"""Refusals of the hospital's records."""

from hospital.core.errors import DomainError


class OutOfStock(DomainError):
    """Unexpired batches hold less of a drug than the act needs."""

    code = "out-of-stock"
    title = "There is not enough of a drug in stock."


class ConsultationClosed(DomainError):
    """Nothing can be ordered on a consultation that was closed."""

    code = "consultation-closed"
    title = "This consultation is closed."


class ResultReleased(DomainError):
    """A released lab result cannot be entered again."""

    code = "result-released"
    title = "This result was already released."
