"""What a gateway says is written down; what has arrived is credited, once. The only way to it."""

from contextlib import suppress
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from client_wallet import ledger
from client_wallet.errors import BalanceLimit, WalletFrozen
from client_wallet.gateways import Notice
from client_wallet.models import GatewayEvent, OnlinePayment, WalletDeposit
from client_wallet.services import deposit_online_payment
from hospital.core.acts import Act
from hospital.core.money import ZERO

Outcome = GatewayEvent.Outcome
State = GatewayEvent.State
Status = OnlinePayment.Status


@dataclass(frozen=True)
class Heard:
    """What came of a notice; ``outcome`` is None for news of a payment that is none of ours."""

    outcome: Outcome | None
    payment: OnlinePayment | None = None


@transaction.atomic
def credit_online_payment(
    *, gateway: str, notice: Notice, source: GatewayEvent.Source, actor: object
) -> Heard:
    """
    Write down what a gateway says, and credit the payment if it says that the money arrived.

    ``notice`` is verified: from a signed webhook, or an answer to a question. A payment is credited
    by one deposit (Gateway clearing to the wallet) if amount and currency are those asked for and
    the wallet is not closed; a frozen one takes money. Notices may come in any order, late and
    again: nothing is credited twice, and each is written once. What is not credited waits for a
    person, and so does each try to pay that was given back, or that somebody has looked into:
    nothing that is said of it later credits it. Locks the business day, the payment, its wallet and
    the receipt counter of ``actor``.

    :raises DayClosed: if the business day was closed; nothing is kept
    """
    ledger.hold_business_day()
    payment = _lock_payment(gateway, notice)
    if payment is None and notice.state not in (State.PAID, State.GIVEN_BACK):
        return Heard(None)
    outcome = Outcome.UNKNOWN_PAYMENT if payment is None else _hear(payment, notice, actor)
    _write_down(gateway, notice, source, payment, outcome)
    return Heard(outcome, payment)


def _lock_payment(gateway: str, notice: Notice) -> OnlinePayment | None:
    """Return the payment by the gateway's own reference, or else by ours; locked."""
    locked = OnlinePayment.objects.select_for_update(of=("self",), no_key=True)
    for name in ("gateway_reference", "reference"):
        if said := getattr(notice, name):
            with suppress(OnlinePayment.DoesNotExist):
                return locked.get(gateway=gateway, **{name: said})
    return None


def _hear(payment: OnlinePayment, notice: Notice, actor: object) -> Outcome:
    if payment.status == Status.CREDITED:
        return _after_the_credit(payment, notice)
    if notice.state in (State.PAID, State.GIVEN_BACK):
        if persons_matter := _for_a_person(payment, notice):
            return _leave_to_a_person(payment, persons_matter)
        return _credit_or_say_why_not(payment, notice, actor)
    if notice.state == State.FAILED and payment.status != Status.FAILED:
        _end(payment, Status.FAILED, failure_code="not-paid")
    return Outcome.NOTED


def _after_the_credit(payment: OnlinePayment, notice: Notice) -> Outcome:
    """Late news of what is in the wallet: repetition, older, given back, or a second payment."""
    deposit = payment.deposit
    if notice.state == State.GIVEN_BACK:
        return Outcome.NOTED if _is_given_back_here_too(deposit, notice) else Outcome.GIVEN_BACK
    if notice.state != State.PAID or deposit is None:
        return Outcome.NOTED
    if notice.payment_reference != deposit.external_reference:
        return Outcome.PAID_AGAIN
    return _difference(payment, notice) or Outcome.CREDITED


def _is_given_back_here_too(deposit: WalletDeposit | None, notice: Notice) -> bool:
    """Return whether all of it was given back, of a deposit that a supervisor has reversed."""
    return (
        deposit is not None
        and deposit.reversal_id is not None
        and (notice.payment_reference, notice.amount) == (deposit.external_reference, ZERO)
    )


def _for_a_person(payment: OnlinePayment, notice: Notice) -> Outcome | None:
    """Return why a try to pay is not credited whatever is said of it, None where nothing is why."""
    said = GatewayEvent.objects.of_try(payment, notice.payment_reference)
    if notice.state == State.GIVEN_BACK or said.filter(state=State.GIVEN_BACK).exists():
        return Outcome.GIVEN_BACK
    looked_into = said.filter(review__isnull=False)
    if (same := looked_into.filter(said=notice.digest()).first()) is not None:
        return Outcome(same.outcome)
    return Outcome.LOOKED_INTO if looked_into.exists() else None


def _credit_or_say_why_not(payment: OnlinePayment, notice: Notice, actor: object) -> Outcome:
    if wrong := _difference(payment, notice):
        return _leave_to_a_person(payment, wrong)
    try:
        taken = deposit_online_payment(
            patient_id=payment.wallet.patient_id,
            amount=payment.amount,
            external_reference=notice.payment_reference,
            act=Act(actor, key=payment.reference),
        )
    except WalletFrozen:
        return _leave_to_a_person(payment, Outcome.WALLET_CLOSED)
    except BalanceLimit:
        return _leave_to_a_person(payment, Outcome.BALANCE_LIMIT)
    _end(payment, Status.CREDITED, deposit_id=taken.deposit_id, next_ask_at=None)
    return Outcome.CREDITED


def _difference(payment: OnlinePayment, notice: Notice) -> Outcome | None:
    if notice.currency != payment.currency:
        return Outcome.CURRENCY_DIFFERS
    return None if notice.amount == payment.amount else Outcome.AMOUNT_DIFFERS


def _leave_to_a_person(payment: OnlinePayment, outcome: Outcome) -> Outcome:
    payment.next_ask_at = None
    payment.save(update_fields=["next_ask_at"])
    return outcome


def _end(payment: OnlinePayment, status: Status, **columns: object) -> None:
    ended = {"status": status, "ended_at": timezone.now(), "failure_code": "", **columns}
    for name, value in ended.items():
        setattr(payment, name, value)
    payment.save(update_fields=[*ended])


def _write_down(
    gateway: str,
    notice: Notice,
    source: GatewayEvent.Source,
    payment: OnlinePayment | None,
    outcome: Outcome,
) -> None:
    event = GatewayEvent(
        payment=payment,
        gateway=gateway,
        source=source,
        state=notice.state,
        outcome=outcome,
        reference=notice.reference,
        gateway_reference=notice.gateway_reference,
        payment_reference=notice.payment_reference,
        amount=notice.amount,
        currency=notice.currency,
        said=notice.digest(),
        received_at=timezone.now(),
    )
    GatewayEvent.objects.bulk_create([event], ignore_conflicts=True)  # said before: written once
