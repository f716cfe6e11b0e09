"""Refusals of covers, claims and what payers pay."""

from hospital.core.errors import DomainError


class PayerExists(DomainError):
    """A payer's code names its account: no two payers share one."""

    code = "payer-exists"
    title = "There is a payer with this code."
    field = "code"


class AlreadyCovered(DomainError):
    """A patient has one cover at a time."""

    code = "already-covered"
    title = "This patient has another cover in that time."
    field = "valid_from"


class CoverWasUsed(DomainError):
    """A cover cannot end before the day on which it was last used."""

    code = "cover-was-used"
    title = "This cover was used after that day."
    field = "last_day"


class NothingToClaim(DomainError):
    """No claim of the payer and period waits to be sent."""

    code = "nothing-to-claim"
    title = "There is nothing to claim for this period."
    field = "period_from"


class NotClaimed(DomainError):
    """A claim is paid, billed back or written off after it was sent."""

    code = "not-claimed"
    title = "This claim is in no batch yet."


class ClaimHoldsLess(DomainError):
    """No claim is settled for more than is open on it."""

    code = "claim-holds-less"
    title = "Less than that is open on this claim."
    field = "amount"


class AlreadyRemitted(DomainError):
    """A payer's remittance is known by its reference, and recorded once."""

    code = "already-remitted"
    title = "A remittance of this payer with this reference was recorded before."
    field = "reference"


class AllocationDiffers(DomainError):
    """A remittance is allocated to claims whole."""

    code = "allocation-differs"
    title = "What is allocated to claims is not what was received."
    status = 422
    field = "amount"


class WriteOffPending(DomainError):
    """One write-off of a claim is asked for at a time."""

    code = "write-off-pending"
    title = "A write-off of this claim already waits for a decision."


class WriteOffDecided(DomainError):
    """A write-off is approved or rejected once."""

    code = "write-off-decided"
    title = "This write-off was already decided on."


class ClaimSettled(DomainError):
    """What the payer has paid, or what was settled otherwise, is not taken back by a refund."""

    code = "claim-settled"
    title = "The payer's share of this item was already settled."
