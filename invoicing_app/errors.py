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
    """Nothing of a paid drug is owed any more."""

    code = "already-handed-out"
    title = "This drug was already handed out."


class MoreThanOwed(DomainError):
    """Less of a paid drug is left than was to be handed out, or to be refunded before it was."""

    code = "more-than-owed"
    title = "So much of this drug is not owed any more."
    field = "quantity"

    def __init__(self, *, bill_item_id: int, owed: int, requested: int) -> None:
        super().__init__(
            f"{owed} of this drug are still owed; {requested} is more than that.",
            bill_item_id=bill_item_id,
            owed=owed,
            requested=requested,
        )


class MoreThanHandedOut(DomainError):
    """The patient holds less of a drug than was to be brought back."""

    code = "more-than-handed-out"
    title = "So much of this drug is not in the patient's hands."
    field = "quantity"

    def __init__(self, *, bill_item_id: int, handed_out: int, requested: int) -> None:
        super().__init__(
            f"The patient holds {handed_out} of this drug; {requested} is more than that.",
            bill_item_id=bill_item_id,
            handed_out=handed_out,
            requested=requested,
        )


class MoreThanDue(DomainError):
    """More is to be waived than the patient owes."""

    code = "more-than-due"
    title = "This is more than what is due."
    field = "amount"


class WaiverNotRequested(DomainError):
    """A waiver that was granted, rejected or withdrawn is not decided on again."""

    code = "waiver-not-requested"
    title = "This waiver was decided on before."


class WaiverChanged(DomainError):
    """What is approved is what was asked for, not something else."""

    code = "waiver-changed"
    title = "This is not what was asked for. Read the waiver again."


class WaiverNotInForce(DomainError):
    """What was never granted, or was taken back before, cannot be taken back."""

    code = "waiver-not-in-force"
    title = "Nothing of this waiver is in force."
