"""What a payment gateway must be able to do for us. Another one is one more adapter."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from decimal import Decimal
from typing import Protocol

from client_wallet.models import GatewayEvent

State = GatewayEvent.State
Headers = Mapping[str, str]  # by their names in small letters


@dataclass(frozen=True)
class Order:
    """What a patient is to pay: ``amount`` above zero, two places; one reference for ever."""

    reference: str
    amount: Decimal
    currency: str
    description: str
    return_url: str  # where the patient comes back to
    webhook_url: str  # for gateways that are told it with each order


@dataclass(frozen=True)
class Started:
    """An order that the gateway has taken: its own reference, and where the patient pays."""

    gateway_reference: str
    checkout_url: str


@dataclass(frozen=True)
class Notice:
    """
    What a gateway says of one try to pay. Verified: it is the gateway's own word.

    What it does not say is empty. ``amount`` is what was paid, two places; where it was GIVEN_BACK,
    in full or in part, what is left of it.
    """

    state: State
    reference: str = ""  # ours
    gateway_reference: str = ""  # of its order
    payment_reference: str = ""  # of this try
    amount: Decimal | None = None
    currency: str = ""

    def digest(self) -> str:
        """Return the sha256 of what is said: the same for each repetition."""
        written = json.dumps([str(value) for value in astuple(self)], separators=(",", ":"))
        return hashlib.sha256(written.encode()).hexdigest()


class GatewaySilent(Exception):
    """The gateway gave no answer that can be read; whether the call had an effect is not known."""


class Gateway(Protocol):
    """A gateway. No call takes longer than its deadline in all."""

    @property
    def name(self) -> str:
        """By which it is known in rows and in the address of its webhook."""

    def start_payment(self, order: Order) -> Started:
        """
        Have the gateway expect a payment. Nothing is paid yet.

        :raises GatewaySilent: if it did not say that it does
        """

    def checkout_form(self, order: Order, started: Started) -> Mapping[str, str]:
        """Return what is posted to the checkout's address; empty where a link leads there."""

    def verify_webhook(self, headers: Headers, body: bytes) -> Notice | None:
        """
        Return what the gateway says by calling us; None where it speaks of no payment.

        The signature of the raw body is checked before anything in it is read.

        :raises UnsignedWebhook: if it is not the gateway that calls
        :raises InvalidRequest: if it is, and what it says cannot be read
        """

    def find_payment(self, reference: str, gateway_reference: str) -> Sequence[Notice]:
        """
        Ask what became of a payment: a notice for each try to pay; none where nobody has tried.

        :raises GatewaySilent: if there is no conclusive answer
        """
