"""Customers with money, people at the desk, things to order: through the services."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from rest_framework_simplejwt.tokens import AccessToken

from client_wallet.models import WalletAccount
from client_wallet.services import deposit_to_wallet
from hospital.core.acts import Act
from hospital.core.models import User
from tests.factories import PatientFactory, UserFactory, make_drug, make_item
from tests.torture.plan import Plan

HELD = Decimal("20000.00")


@dataclass(frozen=True)
class Customer:
    patient_id: int
    wallet_id: str


@dataclass(frozen=True)
class Population:
    customers: Sequence[Customer]
    cashiers: Sequence[User]  # one for each client: what they did is what it did
    supervisor: User
    items: Sequence[int]

    @property
    def tokens(self) -> list[str]:
        return [str(AccessToken.for_user(cashier)) for cashier in self.cashiers]


def populate(plan: Plan) -> Population:
    teller = UserFactory(role="Cashier")
    return Population(
        customers=[_customer(teller) for _ in range(plan.wallets)],
        cashiers=[UserFactory(role="Cashier") for _ in range(plan.clients)],
        supervisor=UserFactory(role="Supervisor"),
        items=[
            item.pk for item in (make_drug(holding=100_000), make_item("LABORATORY"), make_item())
        ],
    )


def _customer(teller: User) -> Customer:
    patient = PatientFactory()
    deposit_to_wallet(patient_id=patient.pk, amount=HELD, act=Act(teller))
    return Customer(patient.pk, str(WalletAccount.objects.get(patient=patient).pk))
