"""What happens to a patient who comes: ordered, waived, paid, handed out, and given back."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from functools import partial
from random import Random
from typing import Any

from client_wallet.bank import Destination
from client_wallet.models import HandOver, PaymentMethod
from client_wallet.services import DepositTaken, deposit_to_wallet, reverse_deposit
from client_wallet.shifts import give_cash, receive_cash, reject_cash
from client_wallet.withdrawals import schedule_withdrawal
from hospital.core.acts import Act
from invoicing_app.hand_outs import hand_out_drugs
from invoicing_app.models import ALL_DEPARTMENTS
from invoicing_app.payers.membership import record_patient_cover
from invoicing_app.payment_services import (
    PaymentCalculationService,
    PaymentIntent,
    PaymentProcessingService,
    PaymentTaken,
)
from invoicing_app.refunds.asking import RefundIntent, WantedLine
from invoicing_app.refunds.deciding import approve_refund, reject_refund
from invoicing_app.refunds.models import Refund
from invoicing_app.refunds.paying_out import pay_out_refund
from invoicing_app.refunds.requesting import ask_refund
from invoicing_app.services import Order, order_items, void_item
from invoicing_app.simulation.desk import Desk
from invoicing_app.simulation.plan import Wanted
from invoicing_app.tenders import Tender
from invoicing_app.waivers.asking import WaiverIntent
from invoicing_app.waivers.deciding import approve_waiver, reject_waiver
from invoicing_app.waivers.models import Waiver
from invoicing_app.waivers.requesting import request_waiver
from smcapp1.models import PatientProfile
from smcapp1.services import open_consultation, register_patient

NOTE = Decimal(1000)  # cash comes in such notes, and what is too much goes back
CENT = Decimal("0.01")
COVERED_EVERY = 4  # patients
FIRST_NAMES = ("Ada", "Bola", "Chidi", "Dayo", "Efe", "Femi", "Grace", "Halima", "Ike", "Joy")
LAST_NAMES = ("Abubakar", "Balogun", "Chukwu", "Danjuma", "Eze", "Okafor", "Sani", "Yusuf")


def visit(desk: Desk) -> None:
    """
    Play one visit.

    :raises VisitEnds: if something was wrong
    """
    patient = _register(desk)
    consultation_id, items = _order(desk, patient)
    if desk.happens(20):
        _waive(desk, consultation_id, items)
    payments = _settle(desk, patient, consultation_id, items)
    if payments and desk.happens(70):
        _hand_out(desk, payments)
    if payments and desk.happens(20):
        _give_back(desk, desk.chance.choice(payments))
    if desk.happens(20):
        _hold_money(desk, patient)
    if desk.happens(15):
        _hand_over(desk)


def _register(desk: Desk) -> PatientProfile:
    """Return this visit's patient; one who was here before is found by the same key."""
    number = desk.visit % desk.plan.patients_of(desk.number)
    chance = Random(f"{desk.plan.seed}-{desk.number}-{number}")  # noqa: S311 - no secret
    born = date(1940, 1, 1) + timedelta(days=chance.randrange(30_000))
    register = partial(
        register_patient,
        first_name=chance.choice(FIRST_NAMES),
        last_name=chance.choice(LAST_NAMES),
        date_of_birth=born,
        sex=chance.choice("FM"),
    )
    name = f"{desk.plan.run}-{desk.number}-patient-{number}"
    is_new = number == desk.visit
    what = "register" if is_new else "register again"
    registered = desk.do(what, lambda act: register(act=Act(act.actor, name)))
    assert registered is not None  # noqa: S101 - told as wrong and left, otherwise
    if is_new and number % COVERED_EVERY == 0:
        _cover(desk, registered.patient, name)
    return registered.patient


def _cover(desk: Desk, patient: PatientProfile, name: str) -> None:
    recorded = partial(
        record_patient_cover,
        patient_id=patient.pk,
        payer_id=desk.cast.payer,
        member_number=f"M-{patient.pk}",
        valid_from=desk.plan.started_at.date() - timedelta(days=1),
    )
    desk.do("record cover", lambda act: recorded(act=Act(act.actor, name)))


def _order(desk: Desk, patient: PatientProfile) -> tuple[int, list[dict[str, Any]]]:
    """Return the consultation and the items on its bill."""
    opened: Any = desk.do(
        "open consultation", lambda act: open_consultation(patient_id=patient.pk, act=act)
    )
    consultation_id = opened.consultation.pk
    chosen = desk.chance.sample(
        desk.cast.offer, desk.chance.randint(1, min(4, len(desk.cast.offer)))
    )
    orders = [_one(desk, wanted) for wanted in chosen]
    ordered: Any = desk.do(
        "order items",
        lambda act: order_items(consultation_id=consultation_id, orders=orders, act=act),
    )
    items = [dict(item) for item in ordered.shown]
    if len(items) > 1 and desk.happens(15):
        voided = items.pop()
        desk.do(
            "void item",
            lambda act: void_item(bill_item_id=voided["id"], reason="Patient declined", act=act),
        )
    return consultation_id, items


def _one(desk: Desk, wanted: Wanted) -> Order:
    return Order(wanted.service_item_id, desk.chance.randint(1, 3) if wanted.is_drug else 1)


def _waive(desk: Desk, consultation_id: int, items: Sequence[dict[str, Any]]) -> None:
    """Waive part of an item, at once or with somebody else's consent."""
    wanted = partial(
        WaiverIntent,
        consultation_id=consultation_id,
        reason="CANNOT_PAY",
        note="Simulated day",
        bill_item_id=desk.chance.choice(items)["id"],
        percent=Decimal(desk.chance.choice((5, 10, 25, 100))),
    )
    is_granted = desk.happens(70)
    waiver = desk.do(
        "ask waiver",
        lambda act: request_waiver(intent=wanted(key=act.key), actor=act.actor),
        may_be_refused="nothing-to-pay",  # where the payer has it all
    )
    if waiver is None or waiver.status != Waiver.Status.REQUESTED:
        return
    number, read = waiver.id, waiver.request_hash
    if is_granted:
        desk.do(
            "approve waiver",
            lambda act: approve_waiver(waiver_id=number, request_hash=read, act=act),
            desk.supervisor,
        )
    else:
        desk.do(
            "reject waiver",
            lambda act: reject_waiver(waiver_id=number, reason="Can pay", act=act),
            desk.supervisor,
        )


def _settle(
    desk: Desk, patient: PatientProfile, consultation_id: int, items: Sequence[dict[str, Any]]
) -> list[PaymentTaken]:
    """Pay all at once, or one department and then the rest, or nothing."""
    if desk.happens(8):
        return []
    departments = {item["department"] for item in items}
    parts = [ALL_DEPARTMENTS]
    if len(departments) > 1 and desk.happens(25):
        parts.insert(0, min(departments))
    taken = [_pay(desk, patient, consultation_id, part) for part in parts]
    if desk.happens(10):
        again = PaymentIntent(consultation_id, PaymentMethod.CASH, amount_paid=NOTE)
        desk.must_be_refused(
            "pay again",
            "nothing-to-pay",
            lambda act: PaymentProcessingService(act.actor).process_transaction(again),
        )
    return taken


def _pay(
    desk: Desk, patient: PatientProfile, consultation_id: int, department: str
) -> PaymentTaken:
    total = Decimal(
        desk.note(
            f"due-{department}",
            lambda: PaymentCalculationService.bill(consultation_id, department).total_due,
        )
    )
    tenders = _tenders(desk, patient, total, department)
    by_several = len(tenders) > 1
    intent = partial(
        PaymentIntent,
        consultation_id=consultation_id,
        department=department,
        payment_method="" if by_several else tenders[0].payment_method,
        amount_paid=None if by_several else tenders[0].amount,
        external_reference="" if by_several else tenders[0].external_reference,
        tenders=tenders if by_several else None,
    )
    taken = desk.do(
        "pay split" if by_several else f"pay {tenders[0].payment_method.lower()}",
        lambda act: PaymentProcessingService(act.actor).process_transaction(intent(key=act.key)),
        part=f"-{department}",
    )
    assert taken is not None  # noqa: S101 - told as wrong and left, otherwise
    return taken


def _tenders(
    desk: Desk, patient: PatientProfile, total: Decimal, department: str
) -> Sequence[Tender]:
    """Return what is handed over; a wallet that pays is filled first."""
    way = desk.chance.choices(("CASH", "CARD", "TRANSFER", "WALLET", "SPLIT"), (40, 15, 10, 15, 20))
    parts = desk.chance.sample(("CARD", "TRANSFER", "WALLET", "CASH"), desk.chance.randint(2, 3))
    if not total:
        return [Tender(PaymentMethod.CASH)]
    methods = sorted(parts) if way == ["SPLIT"] and total >= NOTE else way
    if methods == ["SPLIT"]:
        methods = [PaymentMethod.CASH]
    share = (total / len(methods)).quantize(CENT)
    left = total
    tenders: list[Tender] = []
    for method in sorted(methods, key=lambda one: one == PaymentMethod.CASH):
        is_last = len(tenders) == len(methods) - 1
        amount = left if is_last else share
        left -= amount
        tenders.append(_tender(desk, patient, str(method), amount, department))
    return tenders


def _tender(
    desk: Desk, patient: PatientProfile, method: str, amount: Decimal, department: str
) -> Tender:
    if method == PaymentMethod.CASH:
        return Tender(method, _in_notes(amount))
    if method == PaymentMethod.WALLET:
        _deposit(desk, patient, _in_notes(amount), part=f"-{department}")
        return Tender(method, amount)
    return Tender(method, amount, f"T-{desk.number}-{desk.visit}")


def _in_notes(amount: Decimal) -> Decimal:
    return (amount / NOTE).to_integral_value(ROUND_CEILING) * NOTE


def _deposit(
    desk: Desk, patient: PatientProfile, amount: Decimal, *, part: str
) -> DepositTaken | None:
    method = desk.chance.choice((PaymentMethod.CASH, PaymentMethod.CASH, PaymentMethod.CARD))
    return desk.do(
        "deposit",
        lambda act: deposit_to_wallet(
            patient_id=patient.pk, amount=amount, payment_method=method, act=act
        ),
        part=part,
    )


def _hand_out(desk: Desk, payments: Sequence[PaymentTaken]) -> None:
    drugs = {one.department for one in desk.cast.offer if one.is_drug}
    for payment in payments:
        wanted = [item["id"] for item in payment.items if item["department"] in drugs]
        if wanted:
            desk.do(
                "hand out drugs",
                partial(_handed_out, payment.consultation_id, wanted),
                desk.pharmacist,
                part=f"-{payment.department}",
            )


def _handed_out(consultation_id: int, wanted: Sequence[int], act: Act) -> Any:
    return hand_out_drugs(consultation_id=consultation_id, bill_item_ids=wanted, act=act)


def _give_back(desk: Desk, payment: PaymentTaken) -> None:
    """Refund a payment, or one item of it: asked for, approved and paid out."""
    kind = desk.chance.choice((Refund.Kind.CANCEL, Refund.Kind.RETURN))
    item = desk.chance.choice(payment.items)
    lines = [WantedLine(item["id"], item["quantity"], sellable=desk.happens(50))]
    intent = partial(
        RefundIntent,
        payment_id=payment.payment_id,
        kind=kind,
        reason="Treatment was changed",
        lines=lines if kind == Refund.Kind.RETURN else (),
        cash_to=desk.chance.choice((PaymentMethod.CASH, PaymentMethod.WALLET)),
    )
    is_approved = desk.happens(85)
    asked: Any = desk.do(
        "ask refund", lambda act: ask_refund(intent=intent(key=act.key), actor=act.actor)
    )
    approve = partial(approve_refund, refund_id=asked.id, request_hash=asked.request_hash)
    desk.must_be_refused("approve own refund", "self-approval", lambda act: approve(act=act))
    if not is_approved:
        desk.do(
            "reject refund",
            lambda act: reject_refund(refund_id=asked.id, reason="It was given", act=act),
            desk.supervisor,
        )
        return
    desk.do("approve refund", lambda act: approve(act=act), desk.supervisor)
    desk.do(
        "pay out refund",
        lambda act: pay_out_refund(refund_id=asked.id, act=act),
        may_be_refused="drawer-short",
    )


def _hold_money(desk: Desk, patient: PatientProfile) -> None:
    """Take a deposit; some of it is to go to the patient's bank, or it is reversed."""
    deposit = _deposit(desk, patient, NOTE * desk.chance.randint(1, 20), part="-held")
    is_reversed, is_withdrawn = desk.happens(25), desk.happens(50)
    if deposit is None:
        return
    if is_reversed:
        desk.do(
            "reverse deposit",
            lambda act: reverse_deposit(
                deposit_id=deposit.deposit_id, reason="Wrong patient", act=act
            ),
            desk.supervisor,
            may_be_refused="drawer-short",
        )
    elif is_withdrawn:
        _withdraw(desk, patient, deposit)


def _withdraw(desk: Desk, patient: PatientProfile, deposit: DepositTaken) -> None:
    """
    Ask for half of a deposit, so that whatever is paid from the wallet meanwhile finds its own.

    Some name an account that the sandbox bank does not know; it refuses, and the money comes back.
    """
    due_at = None if desk.plan.has_bank else desk.plan.started_at + timedelta(days=3)
    account = "0000000001" if desk.happens(20) else "0123456789"
    desk.do(
        "schedule withdrawal",
        lambda act: schedule_withdrawal(
            wallet_id=patient.wallet.pk,
            amount=Decimal(deposit.amount) / 2,
            scheduled_for=due_at,
            destination=Destination("058", account, patient.full_name),
            act=act,
        ),
    )


def _hand_over(desk: Desk) -> None:
    """Give cash to the safe or to another cashier, who takes it or does not."""
    to_cashier = desk.happens(50) and desk.neighbour.pk != desk.cashier.pk
    is_received = desk.happens(80)
    amount = NOTE * desk.chance.randint(1, 5)
    given = desk.do(
        "give cash",
        lambda act: give_cash(
            amount=amount,
            to=HandOver.Target.CASHIER if to_cashier else HandOver.Target.SAFE,
            cashier_id=desk.neighbour.pk if to_cashier else None,
            act=act,
        ),
        may_be_refused="drawer-short",
    )
    if given is None:
        return
    number = given.hand_over_id
    receiver = desk.neighbour if to_cashier else desk.supervisor
    if is_received:
        desk.do("receive cash", lambda act: receive_cash(hand_over_id=number, act=act), receiver)
    else:
        desk.do(
            "reject cash",
            lambda act: reject_cash(hand_over_id=number, reason="Miscounted", act=act),
            receiver,
        )
