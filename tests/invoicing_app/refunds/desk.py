"""What the tests of refunds share: short ways to ask, approve and pay out, and what came of it."""

from typing import Any

from client_wallet.models import Posting
from hospital.core.acts import Act
from invoicing_app.models import DepositReceiving
from invoicing_app.payment_services import PaymentTaken
from invoicing_app.refunds.answers import RefundAnswer
from invoicing_app.refunds.asking import RefundIntent, WantedLine
from invoicing_app.refunds.deciding import approve_refund, reject_refund
from invoicing_app.refunds.models import Refund
from invoicing_app.refunds.paying_out import pay_out_refund
from invoicing_app.refunds.planning import Plan, plan_refund
from invoicing_app.refunds.requesting import ask_refund, edit_refund, withdraw_refund
from tests.factories import UserFactory

Wanted = tuple[Any, int] | tuple[Any, int, bool]  # item, quantity, whether it can be sold again


def refund_of(paid: PaymentTaken | int, *wanted: Wanted, **more: Any) -> RefundIntent:
    """Return what is asked: the return of some items, or without any the cancellation."""
    kind = "RETURN" if wanted else "CANCEL"
    lines = [WantedLine(one[0].pk, *one[1:]) for one in wanted]
    payment_id = paid if isinstance(paid, int) else paid.payment_id
    facts = {"kind": kind, "reason": "Not needed", "lines": lines, **more}
    return RefundIntent(payment_id=payment_id, **facts)


def ask(paid: PaymentTaken | int, *wanted: Wanted, by: Any = None, **more: Any) -> RefundAnswer:
    actor = by or UserFactory(role="Cashier")
    return ask_refund(intent=refund_of(paid, *wanted, **more), actor=actor)


def edit(
    refund: RefundAnswer, paid: PaymentTaken, *wanted: Wanted, by: Any, **more: Any
) -> RefundAnswer:
    intent = refund_of(paid, *wanted, **more)
    return edit_refund(refund_id=refund.id, intent=intent, actor=by)


def approve(refund: RefundAnswer, by: Any = None, key: str = "") -> RefundAnswer:
    act = Act(by or UserFactory(role="Supervisor"), key)
    return approve_refund(refund_id=refund.id, request_hash=refund.request_hash, act=act)


def reject(refund: RefundAnswer, by: Any = None, reason: str = "No") -> RefundAnswer:
    act = Act(by or UserFactory(role="Supervisor"))
    return reject_refund(refund_id=refund.id, reason=reason, act=act)


def withdraw(refund: RefundAnswer, by: Any) -> RefundAnswer:
    return withdraw_refund(refund_id=refund.id, act=Act(by))


def pay_out(refund: RefundAnswer, by: Any, key: str = "") -> RefundAnswer:
    return pay_out_refund(refund_id=refund.id, act=Act(by, key))


def give_back(paid: PaymentTaken, cashier: Any, *wanted: Wanted, **more: Any) -> RefundAnswer:
    """Ask, approve and pay out; the cashier gives the money."""
    return pay_out(approve(ask(paid, *wanted, **more)), cashier)


def planned(paid: PaymentTaken, *wanted: Wanted, **more: Any) -> Plan:
    payment = DepositReceiving.objects.get(pk=paid.payment_id)
    return plan_refund(refund_of(paid, *wanted, **more), payment)


def goes_back(refund: RefundAnswer) -> list[tuple[str, str, str]]:
    """Return what goes where: the tender's method, the amount, where to."""
    return [(one["payment_method"], one["amount"], one["goes_to"]) for one in refund.tenders]


def posted(refund: RefundAnswer) -> list[tuple[str, str, str]]:
    """Return both sides of a refund's entry, sorted, a drawer as ``CASH``."""
    sides = Posting.objects.filter(entry__refund=refund.id)
    return sorted(
        (side, "CASH" if account.startswith("CASH-") else account, str(amount))
        for side, account, amount in sides.values_list("side", "account_id", "amount")
    )


def states() -> list[str]:
    return list(Refund.objects.order_by("pk").values_list("status", flat=True))
