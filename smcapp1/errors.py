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


class NothingToCount(DomainError):
    """A department has nothing on the shelf that could be counted."""

    code = "nothing-to-count"
    title = "Nothing of this department is on the shelf."
    field = "department"


class AlreadyBeingCounted(DomainError):
    """A batch is in one stock count at a time that nobody has decided on."""

    code = "already-being-counted"
    title = "This batch is being counted."
    field = "batch_ids"


class WrongCountStatus(DomainError):
    """A stock count is counted once and decided on once, in this order."""

    code = "stock-count-status"
    title = "This is not the time for it."


class CountUnexplained(DomainError):
    """A difference moves stock only with a reason."""

    code = "stock-count-unexplained"
    title = "Whoever counted has not said yet why there is a difference."


class SomebodyElseCounted(DomainError):
    """Only whoever counted knows why there is a difference."""

    code = "somebody-else-counted"
    title = "Somebody else counted: they say why there is a difference."


class CountOutdated(DomainError):
    """More is missing of a batch than is on the shelf by now."""

    code = "stock-count-outdated"
    title = "More is missing than is still on the shelf."


class ConsultationClosed(DomainError):
    """Nothing can be ordered on a consultation that was closed."""

    code = "consultation-closed"
    title = "This consultation is closed."


class TestCancelled(DomainError):
    """A test that was refunded has no result."""

    __test__ = False  # pytest would take it for a test
    code = "test-cancelled"
    title = "This test was refunded and cancelled."


class TestStarted(DomainError):
    """A test of which a result was entered was done; nobody refunds it."""

    __test__ = False  # pytest would take it for a test
    code = "test-started"
    title = "A result of this test was entered; it cannot be cancelled any more."


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


class CodeNotAccepted(DomainError):
    """A hospital number and a one-time code that open nothing; why is not said."""

    code = "code-not-accepted"
    title = (
        "This code is not valid for this hospital number, was used before, or is too old. "
        "The desk prints a new one."
    )
    status = 422
    field = "code"


class TooManyAttempts(DomainError):
    """Somebody tried so often that the next attempt has to wait."""

    code = "too-many-requests"
    title = "Too many attempts. Wait a while, and try again."
    status = 429


class UsernameTaken(DomainError):
    """A name to sign in by that somebody else has, or that the system keeps for itself."""

    code = "username-taken"
    title = "Somebody else has this username. Choose another one."
    field = "username"


class AlreadyOnline(DomainError):
    """A patient who is to get an online account has one."""

    code = "already-online"
    title = "This patient has an online account. For a forgotten password, print the other code."
    field = "purpose"


class NotOnline(DomainError):
    """A password cannot be set where there is no account."""

    code = "not-online"
    title = "This patient has no online account yet. Print the code that opens one."
    field = "purpose"


class LoginOfStaff(DomainError):
    """The patient works here: a code must not give away what that sign-in may do."""

    code = "login-of-staff"
    title = "This patient signs in as staff: an administrator sets that password."
    field = "purpose"


class WrongPassword(DomainError):
    """Whoever wants another password does not know the one there is."""

    code = "wrong-password"
    title = "This is not your password."
    status = 422
    field = "old_password"
