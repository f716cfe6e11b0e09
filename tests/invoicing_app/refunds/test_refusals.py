"""Acts on refunds that are refused: each by its name, and none leaves a trace."""

from functools import partial

import pytest

from client_wallet.errors import DayClosed, DrawerShort
from hospital.core.acts import Act
from hospital.core.errors import InvalidRequest, NotFound, SelfApproval
from invoicing_app.payers.errors import ClaimSettled
from invoicing_app.refunds.errors import (
    AlreadyRefunded,
    DrugsHandedOut,
    MoreThanPaid,
    NotYourRefund,
    RefundChanged,
    RefundEnded,
    RefundNotApproved,
    RefundNotRequested,
)
from smcapp1.errors import ResultReleased, TestStarted
from smcapp1.models import LabResult
from smcapp1.services import enter_result, release_result
from tests.client_wallet.desk import close_today
from tests.factories import UserFactory, make_bill, make_drug, make_item
from tests.invoicing_app.desk import items_of, pay
from tests.invoicing_app.payers.desk import make_payer, remit, sent_claim
from tests.invoicing_app.refunds.desk import (
    approve,
    ask,
    edit,
    give_back,
    pay_out,
    reject,
    withdraw,
)
from tests.invoicing_app.stock.drugs import hand_out
from tests.rows import everything

pytestmark = pytest.mark.django_db


def paid_by(cashier, *items, method="CASH"):
    bill = make_bill(*(items or (make_item(),)))
    total = "100.00" if not items else "900.00"
    paid = pay(bill, cashier, method, total)
    return paid, items_of(bill)


def supervisor():
    return UserFactory(role="Supervisor")


def nothing_is_named(cashier):
    return partial(ask, paid_by(cashier)[0], kind="RETURN", by=cashier)


def a_cancellation_that_leaves_something(cashier):
    paid, (first, _) = paid_by(cashier, make_item(), make_item())
    return partial(ask, paid, (first, 1), kind="CANCEL", by=cashier)


def an_item_named_twice(cashier):
    paid, (item,) = paid_by(cashier)
    return partial(ask, paid, (item, 1), (item, 1), by=cashier)


def no_reason(cashier):
    return partial(ask, paid_by(cashier)[0], reason="  ", by=cashier)


def no_quantity(cashier):
    paid, (item,) = paid_by(cashier)
    return partial(ask, paid, (item, 0), by=cashier)


def no_such_payment(cashier):
    return partial(ask, 987_654, by=cashier)


def an_item_of_another_payment(cashier):
    _, (item,) = paid_by(cashier)
    return partial(ask, paid_by(cashier)[0], (item, 1), by=cashier)


def more_than_was_paid(cashier):
    paid, (item,) = paid_by(cashier)
    return partial(ask, paid, (item, 2), by=cashier)


def what_was_refunded(cashier):
    paid, (item,) = paid_by(cashier)
    give_back(paid, cashier)
    return partial(ask, paid, (item, 1), by=cashier)


def a_part_of_which_was_refunded(cashier):
    paid, (first, _) = paid_by(cashier, make_item(), make_item())
    give_back(paid, cashier, (first, 1))
    return partial(ask, paid, by=cashier)


def a_part_of_a_test(cashier):
    paid, (test,) = paid_by(cashier, (make_item("LABORATORY"), 2))
    return partial(ask, paid, (test, 1), by=cashier)


def with_a_result(cashier, *, released):
    act = Act(UserFactory(role="Laboratory"))
    result = enter_result(lab_result_id=LabResult.objects.get().pk, result="4.2", act=act)
    if released:
        assert result.resulted_at is not None
        release_result(lab_result_id=result.pk, entered_at=result.resulted_at, act=act)


def a_test_with_a_result(cashier):
    paid, _ = paid_by(cashier, make_item("LABORATORY"))
    with_a_result(cashier, released=False)
    return partial(ask, paid, by=cashier)


def a_test_whose_result_is_released(cashier):
    paid, _ = paid_by(cashier, make_item("LABORATORY"))
    with_a_result(cashier, released=True)
    return partial(ask, paid, by=cashier)


def a_test_whose_result_is_released_meanwhile(cashier):
    paid, _ = paid_by(cashier, make_item("LABORATORY"))
    refund = approve(ask(paid))
    with_a_result(cashier, released=True)
    return partial(pay_out, refund, cashier)


def a_claim_that_the_payer_paid(cashier):
    payer = make_payer(PROCEDURE="80")
    claim = sent_claim(payer)
    remit(payer, (claim, "80.00"))
    return partial(ask, claim.payment_line.payment_id, by=cashier)


def what_the_actor_asked_for(cashier):
    return partial(approve, ask(paid_by(cashier)[0], by=cashier), by=cashier)


def rejected_by_who_asked(cashier):
    return partial(reject, ask(paid_by(cashier)[0], by=cashier), by=cashier)


def approved_twice(cashier):
    return partial(approve, approve(ask(paid_by(cashier)[0])), by=supervisor())


def approved_as_it_was_before_an_edit(cashier):
    paid, (first, second) = paid_by(cashier, make_item(), make_item())
    before = ask(paid, (first, 1), by=cashier)
    edit(before, paid, (second, 1), by=cashier)
    return partial(approve, before, by=supervisor())


def withdrawn_by_somebody_else(cashier):
    return partial(withdraw, ask(paid_by(cashier)[0]), by=cashier)


def edited_by_somebody_else(cashier):
    paid, (item,) = paid_by(cashier)
    return partial(edit, ask(paid), paid, (item, 1), by=cashier)


def withdrawn_after_it_was_paid_out(cashier):
    refund = approve(ask(paid_by(cashier)[0], by=cashier))
    pay_out(refund, cashier)
    return partial(withdraw, refund, by=cashier)


def paid_out_without_approval(cashier):
    return partial(pay_out, ask(paid_by(cashier)[0]), cashier)


def paid_out_after_an_edit(cashier):
    paid, (first, second) = paid_by(cashier, make_item(), make_item())
    refund = approve(ask(paid, (first, 1), by=cashier))
    edit(refund, paid, (second, 1), by=cashier)
    return partial(pay_out, refund, cashier)


def paid_out_twice(cashier):
    refund = approve(ask(paid_by(cashier)[0]))
    pay_out(refund, cashier)
    return partial(pay_out, refund, cashier)


def paid_out_of_a_drawer_that_holds_too_little(cashier):
    other = UserFactory(role="Cashier")
    return partial(pay_out, approve(ask(paid_by(cashier)[0])), other)


def drugs_that_were_handed_out_after_the_approval(cashier):
    paid, (drug,) = paid_by(cashier, (make_drug(holding=9), 2))
    refund = approve(ask(paid, (drug, 2)))
    hand_out(drug, 1)
    return partial(pay_out, refund, cashier)


def paid_out_on_a_closed_day(cashier):
    refund = approve(ask(paid_by(cashier)[0]))
    close_today()
    return partial(pay_out, refund, cashier)


REFUSALS = [
    (nothing_is_named, InvalidRequest),
    (a_cancellation_that_leaves_something, InvalidRequest),
    (an_item_named_twice, InvalidRequest),
    (no_reason, InvalidRequest),
    (no_quantity, InvalidRequest),
    (no_such_payment, NotFound),
    (an_item_of_another_payment, NotFound),
    (more_than_was_paid, MoreThanPaid),
    (what_was_refunded, AlreadyRefunded),
    (a_part_of_which_was_refunded, AlreadyRefunded),
    (a_part_of_a_test, InvalidRequest),
    (a_test_with_a_result, TestStarted),
    (a_test_whose_result_is_released, ResultReleased),
    (a_test_whose_result_is_released_meanwhile, ResultReleased),
    (a_claim_that_the_payer_paid, ClaimSettled),
    (what_the_actor_asked_for, SelfApproval),
    (rejected_by_who_asked, SelfApproval),
    (approved_twice, RefundNotRequested),
    (approved_as_it_was_before_an_edit, RefundChanged),
    (withdrawn_by_somebody_else, NotYourRefund),
    (edited_by_somebody_else, NotYourRefund),
    (withdrawn_after_it_was_paid_out, RefundEnded),
    (paid_out_without_approval, RefundNotApproved),
    (paid_out_after_an_edit, RefundNotApproved),
    (paid_out_twice, RefundNotApproved),
    (paid_out_of_a_drawer_that_holds_too_little, DrawerShort),
    (drugs_that_were_handed_out_after_the_approval, DrugsHandedOut),
    (paid_out_on_a_closed_day, DayClosed),
]


@pytest.mark.parametrize(("arrange", "refusal"), REFUSALS)
def test_a_refusal_leaves_no_trace(arrange, refusal):
    act = arrange(UserFactory(role="Cashier"))
    before = everything()

    with pytest.raises(refusal):
        act()

    assert everything() == before
