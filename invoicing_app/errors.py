"""Refusals of bills and payments."""

from hospital.core.errors import DomainError


class NothingToPay(DomainError):
    """Nothing is unpaid on the bill, for the department asked for."""

    code = "nothing-to-pay"
    title = "Nothing is due here."
    field = "department"


class Underpayment(DomainError):
    """Less was tendered than is due; a department is paid whole or not at all."""

    code = "underpayment"
    title = "This is less than what is due."
    status = 422
    field = "amount_paid"


class Overpayment(DomainError):
    """More was tendered by card or transfer than is due; change is given from cash only."""

    code = "overpayment"
    title = "This is more than what is due; change is given from cash only."
    status = 422
    field = "amount_paid"


class AlreadyPaid(DomainError):
    """A paid item cannot be voided."""

    code = "already-paid"
    title = "This item was already paid."


class AlreadyVoid(DomainError):
    """An item that was voided cannot be voided again."""

    code = "already-void"
    title = "This item was already voided."


class NotPaid(DomainError):
    """A drug is handed out when it is paid, not before, and not after a refund."""

    code = "not-paid"
    title = "This item is not paid."


class AlreadyHandedOut(DomainError):
    """A paid drug is handed out once."""

    code = "already-handed-out"
    title = "This drug was already handed out."
