"""Before the first patient: logins, a payer, drugs on the shelves, and a float in every drawer."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Group
from django.utils import timezone

from client_wallet.shifts import open_shift
from hospital.core.acts import Act
from hospital.core.errors import InvalidRequest
from hospital.core.models import User
from invoicing_app.payers.models import Payer
from invoicing_app.payers.setting_up import BILLED_BACK, Terms, add_payer, set_cover
from invoicing_app.simulation.plan import Cast, Plan, Wanted
from smcapp1.models import Department, ServiceItem
from smcapp1.services import Delivery, receive_deliveries

NAME = "sim-"  # how the simulation's logins begin
FLOAT = Decimal("20000.00")
PAYER = "SIM_HMO"
COVERED = {"CONSULTATION": "80", "LABORATORY": "50", "PHARMACY": "100"}  # percent
DRUGS = 12  # so many are ordered
OTHERS = 28
DELIVERED = 100_000  # of each drug: no shelf is empty by itself


def open_the_desks(plan: Plan) -> Cast:
    """
    Return who plays and what is on offer, with a shift open for each cashier.

    Logins have no password; those of an earlier run are used again.

    :raises InvalidRequest: if the catalogue is empty
    :raises DomainError: if a shift cannot be opened
    """
    offer = _offer()
    cashiers = [_login(f"cashier-{number}", "Cashier") for number in range(1, plan.cashiers + 1)]
    supervisors = [_login(f"supervisor-{number}", "Supervisor") for number in (1, 2, 3)]
    pharmacist = _login("pharmacist", "Pharmacist")
    cast = Cast(
        cashiers=[one.pk for one in cashiers],
        supervisors=[one.pk for one in supervisors],
        pharmacist=pharmacist.pk,
        payer=_payer(plan, supervisors[0]).pk,
        offer=offer,
    )
    _fill_the_shelves(plan, offer, pharmacist)
    for cashier in cashiers:
        open_shift(opening_float=FLOAT, act=Act(cashier, f"{plan.run}-open"))
    return cast


def _login(name: str, role: str) -> User:
    user, _ = User.objects.get_or_create(
        username=f"{NAME}{name}", defaults={"is_staff": True, "password": "!"}
    )
    user.groups.add(Group.objects.get(name=role))
    return user


def _offer() -> Sequence[Wanted]:
    """Return some of the catalogue: what has a price today, drugs among it."""
    priced: Any = ServiceItem.objects.filter(is_active=True)  # its type knows no annotations
    items = (
        priced.priced(timezone.localdate())
        .filter(unit_price__gt=0)
        .exclude(department__code=BILLED_BACK)
        .select_related("department")
        .order_by("pk")
    )
    drug = Department.Kind.PHARMACY
    drugs = items.filter(department__kind=drug)[:DRUGS]
    others = items.exclude(department__kind=drug)[:OTHERS]
    offer = [
        Wanted(item.pk, item.department.code, is_drug=item.department.kind == drug)
        for item in [*drugs, *others]
    ]
    if not offer:
        raise InvalidRequest("items", "The catalogue is empty: run seed_demo first.")
    return offer


def _payer(plan: Plan, supervisor: User) -> Payer:
    payer = Payer.objects.filter(code=PAYER).first()
    if payer is not None:
        return payer
    act = Act(supervisor, f"{plan.run}-payer")
    payer = add_payer(code=PAYER, name="Simulated HMO", kind=Payer.Kind.HMO, act=act).payer
    for department in Department.objects.filter(code__in=COVERED).order_by("pk"):
        set_cover(
            payer_id=payer.pk,
            department_id=department.pk,
            terms=Terms(Decimal(COVERED[department.code])),
            act=Act(supervisor, f"{plan.run}-cover-{department.code}"),
        )
    return payer


def _fill_the_shelves(plan: Plan, offer: Sequence[Wanted], pharmacist: User) -> None:
    expires_on = plan.started_at.date() + timedelta(days=365)
    deliveries = [
        Delivery(one.service_item_id, plan.run[:40], expires_on, DELIVERED)
        for one in offer
        if one.is_drug
    ]
    if deliveries:
        receive_deliveries(deliveries=deliveries, act=Act(pharmacist, f"{plan.run}-delivery"))
