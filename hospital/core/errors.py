"""Refusals that every app shares. A refusal is a DomainError; anything else is a bug."""

from typing import Any, ClassVar


class DomainError(Exception):
    """
    A request that is understood and refused.

    ``code`` names the problem type, ``status`` is its HTTP status, ``detail`` is one sentence fit
    for the counter, ``facts`` are machine-readable. Neither names a patient or a diagnosis.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    status: ClassVar[int] = 409
    field: ClassVar[str | None] = None  # the form field beside which a person sees the refusal

    def __init__(self, detail: str = "", **facts: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.facts = facts


class InvalidRequest(DomainError):
    """A value that no service accepts; ``facts["errors"]`` says which field and why."""

    code = "invalid-request"
    title = "The request is not valid."
    status = 400

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}", errors={field: [message]})
        self.wrong_field = field
        self.message = message


class InvalidAmount(InvalidRequest):
    """An amount that is not money: not above zero, too large, or finer than a cent."""


class NotFound(DomainError):
    """Something named by the request does not exist, or not for this user."""

    code = "not-found"
    title = "There is nothing here by that name."
    status = 404


class KeyReused(DomainError):
    """An idempotency key was sent again with other facts."""

    code = "key-reused"
    title = "This key was already used for something else."
    status = 422


class SelfApproval(DomainError):
    """Somebody tried to approve or undo their own act."""

    code = "self-approval"
    title = "Somebody else has to do this."
    status = 422


class Busy(DomainError):
    """A lock was not to be had in time: nothing was done, try again."""

    code = "busy"
    title = "The system is busy. Nothing was done; please try again."
    status = 503
    retry_after_seconds = 1


class DatabaseAway(Busy):
    """The database did not answer. If it went away in a commit, the act may have been done."""

    title = "The database does not answer. Try again with the same key: nothing is done twice."
