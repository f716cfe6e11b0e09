"""The catalogue and the stock behind imported bill items."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from hospital.core.acts import Act
from invoicing_app.synthea.export import KINDS, Charge
from smcapp1.models import Department, Price, ServiceItem
from smcapp1.services import Delivery, receive_deliveries

BATCH_NUMBER = "SYNTHEA"
SHELF_YEARS = 5  # so long an imported drug may be handed out


@dataclass(frozen=True)
class Catalogue:
    """Items and departments, each by code."""

    items: Mapping[str, ServiceItem]
    departments: Mapping[str, Department]


def make_catalogue(charges: Sequence[Charge], act: Act) -> Catalogue:
    """
    Return the item of each code, opening it and its department if they are new.

    A code's latest charge gives the new item its name, and its price from that day on; a price that
    the item already has on that day stays.
    """
    latest: dict[str, Charge] = {}
    for charge in sorted(charges, key=lambda one: one.charged_at):
        latest[charge.catalogue_code] = charge
    departments = _departments()
    ServiceItem.objects.bulk_create(
        (
            ServiceItem(
                code=code,
                name=charge.description,
                department=departments[charge.kind.department],
            )
            for code, charge in latest.items()
        ),
        ignore_conflicts=True,
    )
    items = {item.code: item for item in ServiceItem.objects.filter(code__in=latest)}
    _write_prices(latest, items, act)
    return Catalogue(items, departments)


def stock_up(charges: Sequence[Charge], catalogue: Catalogue, act: Act) -> None:
    """Receive as much of each drug as the charges will take off the shelf."""
    needed: Counter[str] = Counter()
    for charge in charges:
        department = catalogue.departments[charge.kind.department]
        if department.kind == Department.Kind.PHARMACY:
            needed[charge.catalogue_code] += charge.quantity
    expires_on = date(timezone.localdate().year + SHELF_YEARS, 12, 31)
    receive_deliveries(
        deliveries=[
            Delivery(catalogue.items[code].pk, BATCH_NUMBER, expires_on, quantity)
            for code, quantity in sorted(needed.items())
        ],
        act=act,
    )


def _departments() -> Mapping[str, Department]:
    codes = {kind.department for kind in KINDS}
    Department.objects.bulk_create(
        (Department(code=code, name=code.title(), kind=code) for code in sorted(codes)),
        ignore_conflicts=True,
    )
    return {one.code: one for one in Department.objects.filter(code__in=codes)}


def _write_prices(latest: Mapping[str, Charge], items: Mapping[str, ServiceItem], act: Act) -> None:
    """Write past prices, unlike ``set_prices``: those that another hospital had billed."""
    now = timezone.now()
    Price.objects.bulk_create(
        (
            Price(
                service_item=items[code],
                unit_price=charge.unit_price,
                effective_from=timezone.localdate(charge.charged_at),
                set_by=act.actor,
                set_at=now,
            )
            for code, charge in latest.items()
        ),
        ignore_conflicts=True,
    )
