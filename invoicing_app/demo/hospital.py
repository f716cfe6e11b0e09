"""Makes the demo's hospital by the factories and the services. Needs the ``tests`` package."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from django.contrib.auth.hashers import make_password
from django.utils import timezone
from faker import Faker

from client_wallet.services import deposit_to_wallet
from hospital.core.acts import Act
from hospital.core.models import User
from hospital.core.money import round_half_up
from hospital.core.progress import Track
from invoicing_app.demo import DEMO_PATIENTS, Planned
from invoicing_app.demo.catalogue import (
    DAYS_UNTIL_DEARER,
    DEARER,
    DEPARTMENTS,
    ITEMS,
    LOW_AT,
    NEARLY_OUT,
    ODD_STOCK,
    Batches,
)
from invoicing_app.demo.day import Day, Desk
from invoicing_app.demo.withdrawals import make_withdrawals
from smcapp1.models import Consultation, PatientProfile, ServiceItem, StockBatch
from smcapp1.services import Delivery, receive_deliveries, set_price, write_off_stock
from tests.factories import (
    ConsultationFactory,
    DepartmentFactory,
    PatientFactory,
    UserFactory,
    add_to_bill,
    make_item,
)

ROLES = {
    "cashier": "Cashier",
    "supervisor": "Supervisor",
    "pharmacist": "Pharmacist",
    "laboratory": "Laboratory",
    "accountant": "Accountant",
    "auditor": "Auditor",
    "patient": "Patient",
}
SEED = 2026  # the same hospital each time

Catalogue = dict[str, ServiceItem]  # by name


def make_hospital(*, password: str, track: Track) -> None:
    """Make logins, catalogue, stock, patients, bills and payments; the caller has one open."""
    chance = Random(SEED)  # noqa: S311 - no secret depends on it
    logins = _make_logins(password)
    catalogue = _make_catalogue()
    _fill_the_shelves(catalogue, chance, logins["pharmacist"])
    patients = _make_patients(chance, logins["patient"])
    _announce_prices(catalogue, logins["accountant"])
    desk = Desk(logins["cashier"], logins["supervisor"], logins["laboratory"], logins["pharmacist"])
    day = Day(catalogue, patients[1:], desk, chance)
    for _ in track(range(Planned.bills - 2), "Making bills"):
        day.receive_somebody()
    day.report_results()
    day.release_results()
    day.hand_out_drugs()
    _write_off_some(logins["pharmacist"])
    _make_bill_to_pay_from_the_wallet(catalogue, patients[0], desk)
    _make_bill_that_the_shelf_cannot_serve(catalogue, patients[1], desk)
    make_withdrawals(patients, desk)


def _make_logins(password: str) -> dict[str, User]:
    """Return the logins by name, making those that are missing."""
    existing = {user.username: user for user in User.objects.filter(username__in=["admin", *ROLES])}
    encoded = make_password(password)  # once: it is slow by design
    made = {
        name: UserFactory(username=name, role=role, is_staff=name != "patient")
        for name, role in ROLES.items()
        if name not in existing
    }
    if "admin" not in existing:
        made["admin"] = UserFactory(username="admin", is_superuser=True)
    User.objects.filter(username__in=made).update(password=encoded)
    return {**existing, **made}


def _make_catalogue() -> Catalogue:
    for code, name in DEPARTMENTS.items():
        DepartmentFactory(code=code, name=name)
    return {
        name: make_item(
            department,
            price,
            name=name,
            code=f"{department[:4]}-{number:03d}",
            reorder_level=LOW_AT if department == "PHARMACY" else 0,
        )
        for department, items in ITEMS.items()
        for number, (name, price) in enumerate(items, start=1)
    }


def _fill_the_shelves(catalogue: Catalogue, chance: Random, pharmacist: User) -> None:
    today = timezone.localdate()
    receive_deliveries(
        deliveries=[
            Delivery(
                service_item_id=catalogue[name].pk,
                batch_number=f"LOT-{chance.randrange(10_000, 99_999)}",
                expires_on=today + timedelta(days=days),
                quantity=quantity,
                unit_cost=round_half_up(Decimal(price) * 7 / 10),
            )
            for name, price in ITEMS["PHARMACY"]
            for days, quantity in ODD_STOCK.get(name) or _plenty(chance)
        ],
        act=Act(pharmacist),
    )


def _plenty(chance: Random) -> Batches:
    """Two or three batches, so many that a few hundred bills leave more than 200."""
    return [
        (chance.randrange(90, 240) + 240 * number, chance.randrange(300, 600, 20))
        for number in range(chance.choice((2, 3)))
    ]


def _announce_prices(catalogue: Catalogue, accountant: User) -> None:
    day = timezone.localdate() + timedelta(days=DAYS_UNTIL_DEARER)
    for name, price in DEARER.items():
        set_price(
            service_item_id=catalogue[name].pk,
            unit_price=Decimal(price),
            effective_from=day,
            act=Act(accountant),
        )


def _write_off_some(pharmacist: User) -> None:
    """Write off some of what expired first; the rest is left for whoever tries it."""
    batch = StockBatch.objects.expiring_by(timezone.localdate()).earliest("expires_on", "pk")
    write_off_stock(batch_id=batch.pk, quantity=60, reason="Expired", act=Act(pharmacist))


def _make_patients(chance: Random, login: User) -> Sequence[PatientProfile]:
    """Return the patients; the first one is whoever signs in as ``patient``."""
    names = Faker("en_NG")
    names.seed_instance(SEED)
    return [
        PatientFactory(
            first_name=names.first_name_female() if number % 2 else names.first_name_male(),
            last_name=names.last_name(),
            sex="F" if number % 2 else "M",
            date_of_birth=_birth_date(chance),
            phone=f"+234 803 {chance.randrange(1_000_000, 9_999_999)}",
            external_id=f"{DEMO_PATIENTS}{number}",
            user=login if number == 1 else None,
        )
        for number in range(1, Planned.patients + 1)
    ]


def _birth_date(chance: Random) -> date:
    return date(chance.randrange(1938, 2024), chance.randrange(1, 13), chance.randrange(1, 29))


def _make_bill_to_pay_from_the_wallet(
    catalogue: Catalogue, patient: PatientProfile, desk: Desk
) -> None:
    deposit_to_wallet(patient_id=patient.pk, amount=Decimal("50000.00"), act=Act(desk.cashier))
    bill: Consultation = ConsultationFactory(patient=patient, opened_by=desk.cashier)
    add_to_bill(
        bill,
        catalogue["General consultation"],
        catalogue["Malaria parasite, thick and thin film"],
        catalogue["Artemether-lumefantrine 20/120 mg tablets, 24"],
    )


def _make_bill_that_the_shelf_cannot_serve(
    catalogue: Catalogue, patient: PatientProfile, desk: Desk
) -> None:
    bill: Consultation = ConsultationFactory(patient=patient, opened_by=desk.cashier)
    add_to_bill(bill, catalogue["General consultation"], (catalogue[NEARLY_OUT], 8))
