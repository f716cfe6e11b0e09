"""Refusals of the wallet and the journal."""

from decimal import Decimal

from hospital.core.errors import DomainError
from hospital.core.money import with_currency


class InsufficientFunds(DomainError):
    """The wallet holds less than the act needs; ``available`` and ``requested`` say by how much."""

    code = "insufficient-funds"
    title = "The wallet does not hold enough money."
    field = "payment_method"

    def __init__(self, *, available: str, requested: str) -> None:
        holds, needed = (with_currency(Decimal(amount)) for amount in (available, requested))
        detail = f"The wallet holds {holds}; {needed} is needed."
        super().__init__(detail, available=available, requested=requested)


class WalletFrozen(DomainError):
    """The wallet is frozen or closed; a frozen one takes deposits only."""

    code = "wallet-frozen"
    title = "This wallet is frozen; no money can be taken from it."
    field = "payment_method"


class BalanceLimit(DomainError):
    """The wallet would hold more than a balance can express."""

    code = "balance-limit"
    title = "The wallet cannot hold that much money."
    field = "amount"


class AlreadyReversed(DomainError):
    """The deposit was reversed before."""

    code = "already-reversed"
    title = "This deposit was already reversed."


class NotCancellable(DomainError):
    """The withdrawal was begun, ended or cancelled before."""

    code = "not-cancellable"
    title = "This withdrawal can no longer be cancelled."


class NotInReview(DomainError):
    """The withdrawal waits for nobody's decision."""

    code = "not-in-review"
    title = "This withdrawal is not under review."


class NoDestination(DomainError):
    """No account to pay out to was named, saved or set."""

    code = "no-destination"
    title = "There is no account that this withdrawal could be paid to."
    status = 422
    field = "destination"


class DayClosed(DomainError):
    """The business day was closed; nothing can be posted into it."""

    code = "day-closed"
    title = "This business day is closed."


class DayNotOver(DomainError):
    """A business day was to be closed that has not ended."""

    code = "day-not-over"
    title = "This business day is not over yet."
    field = "business_date"


class EarlierDayOpen(DomainError):
    """A business day was to be closed before an earlier one."""

    code = "earlier-day-open"
    title = "An earlier business day is still open."
    field = "business_date"


class SameWallet(DomainError):
    """A transfer names one wallet twice."""

    code = "same-wallet"
    title = "A transfer needs two wallets."
    status = 422
    field = "to_wallet"


class AlreadyFrozen(DomainError):
    """A wallet that is not active was to be frozen."""

    code = "already-frozen"
    title = "This wallet is frozen already."


class NotFrozen(DomainError):
    """A wallet that is not frozen was to be unfrozen."""

    code = "not-frozen"
    title = "This wallet is not frozen."


class NoGateway(DomainError):
    """No payment gateway is set up, or not the one that is named."""

    code = "no-gateway"
    title = "Money cannot be added online here. Come to the cash desk."
    status = 422


class GatewayUnavailable(DomainError):
    """The payment gateway gave no answer; nothing was paid."""

    code = "gateway-unavailable"
    title = "The payment service does not answer. Nothing was paid; please try again."
    status = 503


class UnsignedWebhook(DomainError):
    """A webhook that the gateway did not sign."""

    code = "unsigned-webhook"
    title = "This was not signed by the payment gateway."
    status = 403


class AlreadyReviewed(DomainError):
    """Somebody has looked into it before."""

    code = "already-reviewed"
    title = "Somebody has looked into this already."


class CreditedMeanwhile(DomainError):
    """What was not credited at first is in the wallet by now."""

    code = "credited-meanwhile"
    title = "This payment is in the wallet by now. There is nothing to look into."


class ClearingHoldsLess(DomainError):
    """A gateway is said to have paid out more than it holds of ours."""

    code = "clearing-holds-less"
    title = "The gateway cannot have paid out more than it has received."
    field = "amount"


class NoOpenShift(DomainError):
    """Money was to be moved at the desk by somebody who has no shift open."""

    code = "no-open-shift"
    title = "Open a shift first."


class ShiftIsOpen(DomainError):
    """A shift was to be opened by somebody who has one open."""

    code = "shift-is-open"
    title = "A shift is open already."


class ShiftNotOpen(DomainError):
    """The shift was counted or closed before."""

    code = "shift-not-open"
    title = "This shift is not open any more."


class ShiftNotCounted(DomainError):
    """The shift does not wait for anybody to accept what its count differs by."""

    code = "shift-not-counted"
    title = "This shift does not wait for a supervisor."


class DrawerShort(DomainError):
    """The drawer holds less cash than ``requested``; how much is not said, it is counted blind."""

    code = "drawer-short"
    title = "The drawer does not hold enough cash."
    field = "amount"

    def __init__(self, *, requested: str) -> None:
        needed = with_currency(Decimal(requested))
        super().__init__(f"The drawer does not hold {needed} in cash.", requested=requested)


class HandOverEnded(DomainError):
    """The cash was received or rejected before."""

    code = "hand-over-ended"
    title = "This hand-over was received or rejected before."


class WrongReceiver(DomainError):
    """Cash for one cashier was to be received by another."""

    code = "wrong-receiver"
    title = "This cash was given to somebody else."
    status = 422


class UnbalancedEntry(Exception):
    """A caller's bug: debits and credits of an entry differ, or a line is not one."""
