"""Notices at once; the race has a twin without its lock, where it is lost."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any
from unittest import mock

import pytest
from django.db import IntegrityError

from client_wallet.errors import ClearingHoldsLess, CreditedMeanwhile
from client_wallet.models import GatewayEvent, GatewayReview, OnlinePayment, WalletDeposit
from client_wallet.online_payments import (
    EventReviewed,
    Heard,
    PayoutRecorded,
    record_gateway_payout,
    review_gateway_event,
)
from hospital.core.acts import Act
from hospital.core.system_users import system_user
from hospital.core.transactions import TransactionConflict
from tests.client_wallet.desk import set_status
from tests.client_wallet.gateways.desk import ask, hear, paid, state_of
from tests.client_wallet.test_races import kinds
from tests.factories import UserFactory
from tests.races import THE_COMMIT, run_together, with_last_statement, without_row_locks

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("real_commits")]

THE_REVIEW = "INSERT INTO client_wallet_gatewayreview"
THE_ENTRY = "INSERT INTO client_wallet_journalentry"


def hearing(payment: OnlinePayment, source: str, **more: Any) -> Callable[[], Heard]:
    return partial(hear, paid(payment, **more), source)


def test_a_webhook_and_a_look_up_at_once_credit_once():
    payment = ask("500.00")
    system_user("gateway")

    results = run_together(
        hearing(payment, "WEBHOOK"), hearing(payment, "LOOKUP"), pause_before=THE_ENTRY
    )

    assert [one.outcome for one in results] == ["CREDITED", "CREDITED"]
    assert state_of(payment) == ("CREDITED", Decimal("500.00"))
    assert (WalletDeposit.objects.count(), GatewayEvent.objects.count()) == (1, 1)


def test_two_payments_of_one_order_at_once_are_credited_once_and_the_other_shown():
    payment = ask("500.00")
    system_user("gateway")

    results = run_together(
        hearing(payment, "WEBHOOK"),
        hearing(payment, "WEBHOOK", payment_reference="pay-2"),
        pause_before=THE_ENTRY,
    )

    assert [one.outcome for one in results] == ["CREDITED", "PAID_AGAIN"]
    assert state_of(payment) == ("CREDITED", Decimal("500.00"))


def test_without_its_lock_the_second_notice_meets_the_first_ones_key():
    payment = ask("500.00")
    system_user("gateway")

    with without_row_locks():
        results = run_together(
            with_last_statement(hearing(payment, "WEBHOOK")),
            with_last_statement(hearing(payment, "LOOKUP")),
            pause_before=THE_COMMIT,
        )

    first, second = results
    assert first.outcome == "CREDITED"
    assert isinstance(second, TransactionConflict | IntegrityError)


def waiting_for_review() -> OnlinePayment:
    """Return a payment that was not credited because its wallet was closed, and is open again."""
    payment: OnlinePayment = ask("500.00")
    set_status(payment.wallet, "CLOSED")
    hear(paid(payment))
    set_status(payment.wallet, "ACTIVE")
    return payment


def reviewing() -> Callable[[], EventReviewed]:
    return partial(
        review_gateway_event,
        event_id=GatewayEvent.objects.get().pk,
        evidence="given back at the gateway",
        act=Act(UserFactory()),
    )


def test_what_is_looked_into_while_its_notice_comes_again_is_not_credited():
    payment = waiting_for_review()

    reviewed, heard = run_together(
        reviewing(), hearing(payment, "WEBHOOK"), pause_before=THE_REVIEW
    )

    assert (type(reviewed), heard.outcome) == (EventReviewed, "WALLET_CLOSED")
    assert state_of(payment) == ("STARTED", Decimal("0.00"))


def test_what_is_credited_while_somebody_looks_into_it_is_not_reviewed():
    payment = waiting_for_review()

    heard, refused = run_together(hearing(payment, "WEBHOOK"), reviewing(), pause_before=THE_ENTRY)

    assert (heard.outcome, type(refused)) == ("CREDITED", CreditedMeanwhile)
    assert GatewayReview.objects.count() == 0


def test_without_its_lock_a_payment_is_looked_into_and_credited():
    payment = waiting_for_review()

    with without_row_locks():
        reviewed, heard = run_together(
            reviewing(), hearing(payment, "WEBHOOK"), pause_before=THE_REVIEW
        )

    assert (type(reviewed), heard.outcome) == (EventReviewed, "CREDITED")


def paying_out(reference: str) -> Callable[[], PayoutRecorded]:
    return partial(
        record_gateway_payout,
        gateway="sandbox",
        reference=reference,
        amount=Decimal("400.00"),
        fee_amount=Decimal("0.00"),
        act=Act(UserFactory()),
    )


def test_two_payouts_at_once_are_not_more_than_the_gateway_holds():
    hear(paid(ask("500.00")))

    results = run_together(paying_out("s-1"), paying_out("s-2"), pause_before=THE_ENTRY)

    assert kinds(results) == [PayoutRecorded, ClearingHoldsLess]


def test_without_waiting_for_each_other_two_payouts_are_more_than_it_holds():
    hear(paid(ask("500.00")))

    with mock.patch("client_wallet.online_payments.payouts.hold_job"):
        results = run_together(paying_out("s-1"), paying_out("s-2"), pause_before=THE_ENTRY)

    assert kinds(results) == [PayoutRecorded, PayoutRecorded]
