"""Refusals of refunds."""

from hospital.core.errors import DomainError


class AlreadyRefunded(DomainError):
    """All of it was refunded, or somebody has asked for that."""

    code = "already-refunded"
    title = "This was refunded before, or a refund of it is under way."
    field = "lines"


class MoreThanPaid(DomainError):
    """Less of an item is left to be refunded than was asked for."""

    code = "more-than-paid"
    title = "So much of this item is not left to be refunded."
    field = "lines"

    def __init__(self, *, bill_item_id: int, left: int, requested: int) -> None:
        super().__init__(
            f"{left} of this item can be refunded; {requested} is more than that.",
            bill_item_id=bill_item_id,
            left=left,
            requested=requested,
        )


class PlanChanged(DomainError):
    """What is asked for is what was shown, not something else."""

    code = "refund-plan-changed"
    title = "This comes to something else than was shown. Look at it again."


class RefundNotRequested(DomainError):
    """Only what waits for a decision is approved."""

    code = "refund-not-requested"
    title = "This refund does not wait for a decision."


class RefundNotApproved(DomainError):
    """Only what somebody else approved is paid out, once."""

    code = "refund-not-approved"
    title = "This refund is not approved, or was paid out before."


class RefundEnded(DomainError):
    """What was paid out, rejected or withdrawn stays as it is."""

    code = "refund-ended"
    title = "This refund was paid out, rejected or withdrawn before."


class RefundChanged(DomainError):
    """What is approved is what was asked for, not something else."""

    code = "refund-changed"
    title = "This is not what was asked for. Read the refund again."


class NotYourRefund(DomainError):
    """A request is changed and withdrawn by who made it."""

    code = "not-your-refund"
    title = "Somebody else asked for this refund."


class DrugsHandedOut(DomainError):
    """Drugs of an approved refund were given to the patient before the money went back."""

    code = "drugs-handed-out"
    title = "Drugs of this refund were handed out after it was approved. Edit it, or reject it."
