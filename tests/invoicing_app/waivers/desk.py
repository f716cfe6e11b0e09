"""What the tests of waivers share: short ways to act, and how a bill stands."""

from decimal import Decimal
from typing import Any

from client_wallet.models import Posting
from hospital.core.acts import Act
from invoicing_app.models import BillItem
from invoicing_app.waivers.answers import WaiverAnswer
from invoicing_app.waivers.asking import WaiverIntent
from invoicing_app.waivers.deciding import approve_waiver, reject_waiver, take_back_waiver
from invoicing_app.waivers.models import Waiver, WaiverLimit
from invoicing_app.waivers.requesting import request_waiver
from smcapp1.models import Consultation
from tests.factories import UserFactory
from tests.invoicing_app.desk import Side

ABOVE = "6000.00"  # a cashier waives 5,000.00 a day


def wanted(bill: Consultation, amount: str | None = None, **given: Any) -> WaiverIntent:
    """Return the intent to waive of a department, PROCEDURE unless another or an item is named."""
    about = {} if "bill_item_id" in given else {"department": "PROCEDURE"}
    return WaiverIntent(
        **{
            "consultation_id": bill.pk,
            "reason": "CANNOT_PAY",
            "note": "A widow with five children",
            "amount": None if amount is None else Decimal(amount),
            **about,
            **given,
        }
    )


def ask(bill: Consultation, actor: Any, amount: str | None = None, **given: Any) -> WaiverAnswer:
    return request_waiver(intent=wanted(bill, amount, **given), actor=actor)


def ask_for_much(
    bill: Consultation, actor: Any, amount: str | None = ABOVE, **given: Any
) -> WaiverAnswer:
    """Ask for what nobody may waive alone."""
    WaiverLimit.objects.update(day_amount=0)
    return ask(bill, actor, amount, **given)


def approve(asked: WaiverAnswer, actor: Any, key: str = "") -> WaiverAnswer:
    return approve_waiver(waiver_id=asked.id, request_hash=asked.request_hash, act=Act(actor, key))


def reject(asked: WaiverAnswer, actor: Any, key: str = "") -> WaiverAnswer:
    return reject_waiver(waiver_id=asked.id, reason="He can pay", act=Act(actor, key))


def take_back(granted: WaiverAnswer, actor: Any, key: str = "") -> WaiverAnswer:
    return take_back_waiver(waiver_id=granted.id, reason="Wrong patient", act=Act(actor, key))


def waived_on(bill: Consultation) -> list[Decimal]:
    """Return what is waived of each item, in the order they were ordered."""
    items = BillItem.objects.filter(consultation=bill).order_by("pk")
    return list(items.values_list("waived", flat=True))


def entries_of(waiver_id: int) -> list[Side]:
    """Return both sides of what was posted for a waiver when it was granted, sorted."""
    sides = Posting.objects.filter(entry__waiver=waiver_id)
    return sorted(sides.values_list("side", "account_id", "amount"))


def states() -> list[str]:
    return list(Waiver.objects.order_by("pk").values_list("status", flat=True))


def supervisor() -> Any:
    return UserFactory(role="Supervisor")
