"""Factories for tests and for the demo. Those that hold money put it in through the services."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import factory
from django.contrib.auth.models import Group
from django.utils import timezone
from factory.django import DjangoModelFactory

from client_wallet.models import WalletAccount
from client_wallet.services import deposit_to_wallet, open_wallet
from hospital.core.acts import Act
from hospital.core.models import User
from invoicing_app.models import BillItem
from invoicing_app.services import Order, order_items
from smcapp1.models import Consultation, Department, PatientProfile, Price, ServiceItem
from smcapp1.services import Delivery, receive_deliveries


class UserFactory(DjangoModelFactory):
    """A user; ``role`` names a group of docs/roles.md."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda number: f"user{number}")
    is_staff = True

    @factory.post_generation
    def role(self, create: bool, extracted: str | None, **kwargs: Any) -> None:
        if create and extracted:
            self.groups.add(Group.objects.get(name=extracted))

    @factory.post_generation
    def password(self, create: bool, extracted: str | None, **kwargs: Any) -> None:
        if create and extracted:
            self.set_password(extracted)
            self.save(update_fields=["password"])


class PatientFactory(DjangoModelFactory):
    class Meta:
        model = PatientProfile

    first_name = factory.Faker("first_name")
    last_name = factory.Faker("last_name")
    date_of_birth = factory.Faker("date_of_birth", minimum_age=1, maximum_age=90)
    sex = factory.Iterator(["F", "M"])
    phone = factory.Sequence(lambda number: f"+234 800 {number:07d}")


class DepartmentFactory(DjangoModelFactory):
    class Meta:
        model = Department
        django_get_or_create = ("code",)

    code = "PROCEDURE"
    name = factory.LazyAttribute(lambda department: department.code.title())
    kind = factory.LazyAttribute(
        lambda department: (
            department.code if department.code in Department.Kind.values else Department.Kind.OTHER
        )
    )


class ServiceItemFactory(DjangoModelFactory):
    """A catalogue item with a price in force since 2020: ``price``, or 100.00."""

    class Meta:
        model = ServiceItem
        skip_postgeneration_save = True

    code = factory.Sequence(lambda number: f"ITEM-{number:05d}")
    name = factory.LazyAttribute(lambda item: f"Item {item.code}")
    department = factory.SubFactory(DepartmentFactory)

    @factory.post_generation
    def price(self, create: bool, extracted: str | None, **kwargs: Any) -> None:
        Price.objects.create(
            service_item=self,
            unit_price=Decimal(extracted or "100.00"),
            effective_from=date(2020, 1, 1),
        )


class ConsultationFactory(DjangoModelFactory):
    class Meta:
        model = Consultation

    patient = factory.SubFactory(PatientFactory)
    opened_at = factory.LazyFunction(timezone.now)
    opened_by = factory.SubFactory(UserFactory, role="Cashier")


def make_item(department: str = "PROCEDURE", price: str = "100.00", **wanted: Any) -> ServiceItem:
    """Return a catalogue item of a department, priced."""
    item: ServiceItem = ServiceItemFactory(
        department=DepartmentFactory(code=department), price=price, **wanted
    )
    return item


def make_drug(*, price: str = "100.00", holding: int = 0, **wanted: Any) -> ServiceItem:
    """Return a drug of the pharmacy with one batch that holds so many and expires in a year."""
    drug = make_item("PHARMACY", price, **wanted)
    if holding:
        make_stock(drug, holding)
    return drug


def make_stock(
    drug: ServiceItem, quantity: int, *, days_left: int = 365, batch: str = "B1"
) -> None:
    expires_on = timezone.localdate() + timedelta(days=days_left)
    receive_deliveries(
        deliveries=[Delivery(drug.pk, batch, expires_on, quantity)],
        act=Act(UserFactory(role="Pharmacist")),
    )


def make_wallet(
    *, holding: str | None = None, patient: PatientProfile | None = None, status: str = "ACTIVE"
) -> WalletAccount:
    """Return a patient's wallet, filled by a deposit that a cashier took."""
    patient = patient or PatientFactory()
    wallet = open_wallet(patient_id=patient.pk).wallet
    if holding:
        deposit_to_wallet(
            patient_id=patient.pk,
            amount=Decimal(holding),
            act=Act(UserFactory(role="Cashier")),
        )
    if status != WalletAccount.Status.ACTIVE:
        WalletAccount.objects.filter(pk=wallet.pk).update(status=status)
    wallet.refresh_from_db()
    return wallet


def make_bill(
    *entries: ServiceItem | tuple[ServiceItem, int], patient: PatientProfile | None = None
) -> Consultation:
    """Return a consultation with unpaid items: each a catalogue item, or (item, quantity)."""
    consultation: Consultation = ConsultationFactory(patient=patient or PatientFactory())
    add_to_bill(consultation, *entries)
    return consultation


def add_to_bill(
    consultation: Consultation, *entries: ServiceItem | tuple[ServiceItem, int]
) -> Sequence[BillItem]:
    pairs = [entry if isinstance(entry, tuple) else (entry, 1) for entry in entries]
    ordered = order_items(
        consultation_id=consultation.pk,
        orders=[Order(item.pk, quantity) for item, quantity in pairs],
        act=Act(consultation.opened_by),
    )
    return ordered.items
