"""What a gateway says, in any order, is credited once or shown to a person."""

from decimal import Decimal
from itertools import permutations

import pytest

from client_wallet.errors import (
    AlreadyReviewed,
    ClearingHoldsLess,
    CreditedMeanwhile,
    DayClosed,
    WalletFrozen,
)
from client_wallet.gateways import Notice
from client_wallet.models import (
    GatewayEvent,
    GatewayPayout,
    GatewayReview,
    JournalEntry,
    OnlinePayment,
    Posting,
    WalletDeposit,
)
from client_wallet.online_payments import record_gateway_payout, review_gateway_event
from client_wallet.services import deposit_to_wallet, reverse_deposit
from hospital.core.acts import Act
from hospital.core.errors import InvalidRequest, KeyReused, NotFound
from tests.client_wallet.desk import close_today, make_full_wallet, set_status
from tests.client_wallet.gateways.desk import State, ask, hear, paid, state_of
from tests.factories import PatientFactory, UserFactory, make_wallet

pytestmark = pytest.mark.django_db


def lines() -> list[tuple[str, str, Decimal]]:
    return list(
        Posting.objects.order_by("entry_id", "-side").values_list("account_id", "side", "amount")
    )


def outcomes() -> list[str]:
    return list(GatewayEvent.objects.order_by("pk").values_list("outcome", flat=True))


def test_what_has_arrived_is_credited_by_one_deposit_from_the_clearing_account():
    payment = ask("500.00")

    heard = hear(paid(payment))

    assert heard.outcome == "CREDITED"
    assert state_of(payment) == ("CREDITED", Decimal("500.00"))
    assert lines() == [
        ("GATEWAY_CLEARING", "DEBIT", Decimal("500.00")),
        ("WALLETS", "CREDIT", Decimal("500.00")),
    ]
    deposit = payment.deposit
    assert (deposit.payment_method, deposit.external_reference) == ("ONLINE", "pay-1")
    assert (deposit.taken_by.username, deposit.receipt_number[:4]) == ("gateway", "DEP-")
    assert payment.next_ask_at is None


@pytest.mark.parametrize("order", list(permutations(["paid", "paid", "failed", "pending"])))
def test_in_whatever_order_notices_come_it_is_credited_once(order):
    payment = ask("500.00")
    said = {
        "paid": paid(payment),
        "failed": paid(payment, state=State.FAILED, payment_reference="pay-0"),
        "pending": paid(payment, state=State.PENDING),
    }

    for name in order:
        hear(said[name])

    assert state_of(payment) == ("CREDITED", Decimal("500.00"))
    assert WalletDeposit.objects.count() == 1
    assert sorted(outcomes()) == ["CREDITED", "NOTED", "NOTED"]


def test_the_same_word_by_webhook_and_by_look_up_is_written_once():
    payment = ask()

    heard = [hear(paid(payment)), hear(paid(payment), "LOOKUP"), hear(paid(payment))]

    assert [one.outcome for one in heard] == ["CREDITED"] * 3
    assert outcomes() == ["CREDITED"]
    assert JournalEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ({"amount": Decimal("499.99")}, "AMOUNT_DIFFERS"),
        ({"amount": Decimal("500.01")}, "AMOUNT_DIFFERS"),
        ({"amount": None}, "AMOUNT_DIFFERS"),
        ({"currency": "USD"}, "CURRENCY_DIFFERS"),
        ({"currency": ""}, "CURRENCY_DIFFERS"),
    ],
)
def test_another_amount_or_currency_is_not_credited_and_waits_for_a_person(said, outcome):
    payment = ask("500.00")

    hear(paid(payment, **said))

    assert state_of(payment) == ("STARTED", Decimal("0.00"))
    assert (outcomes(), JournalEntry.objects.count()) == ([outcome], 0)
    assert [event.payment for event in GatewayEvent.objects.to_review()] == [payment]
    assert payment.next_ask_at is None


def test_the_right_amount_after_a_wrong_one_is_credited_and_the_wrong_one_still_shown():
    payment = ask("500.00")
    hear(paid(payment, amount=Decimal("5.00")))

    hear(paid(payment, payment_reference="pay-2"))

    assert state_of(payment) == ("CREDITED", Decimal("500.00"))
    assert [event.outcome for event in GatewayEvent.objects.to_review()] == ["AMOUNT_DIFFERS"]


def test_a_second_payment_of_one_order_is_not_credited_and_is_shown():
    payment = ask("500.00")
    hear(paid(payment))

    hear(paid(payment, payment_reference="pay-2"))

    assert state_of(payment) == ("CREDITED", Decimal("500.00"))
    assert [event.outcome for event in GatewayEvent.objects.to_review()] == ["PAID_AGAIN"]


def given_back(payment, left="0.00", **more):
    return paid(payment, state=State.GIVEN_BACK, amount=Decimal(left), **more)


def to_review():
    return [event.outcome for event in GatewayEvent.objects.to_review().order_by("pk")]


@pytest.mark.parametrize("left", ["0.00", "499.00"])
@pytest.mark.parametrize("status", ["STARTED", "FAILED"])
def test_a_try_that_was_given_back_is_not_credited_whatever_is_said_of_it_later(left, status):
    payment = ask("500.00")
    if status == "FAILED":
        hear(paid(payment, state=State.FAILED, payment_reference="pay-0"))

    heard = [hear(said) for said in (given_back(payment, left), paid(payment), paid(payment))]

    assert [one.outcome for one in heard] == ["GIVEN_BACK"] * 3
    assert state_of(payment) == (status, Decimal("0.00"))
    assert (to_review(), payment.next_ask_at) == (["GIVEN_BACK", "GIVEN_BACK"], None)


def test_another_try_after_one_that_was_given_back_is_credited():
    payment = ask("500.00")
    hear(given_back(payment))

    hear(paid(payment, payment_reference="pay-2"))

    assert state_of(payment) == ("CREDITED", Decimal("500.00"))
    assert to_review() == ["GIVEN_BACK"]


def test_a_try_given_back_before_it_was_known_whose_it_is_is_not_credited():
    payment = ask("500.00")
    unknown = given_back(payment, reference="", gateway_reference="order_1")

    heard = [hear(unknown), hear(paid(payment))]

    assert [one.outcome for one in heard] == ["UNKNOWN_PAYMENT", "GIVEN_BACK"]
    assert state_of(payment) == ("STARTED", Decimal("0.00"))


@pytest.mark.parametrize("left", ["0.00", "499.00"])
def test_what_is_given_back_after_the_credit_is_shown(left):
    payment = ask("500.00")
    hear(paid(payment))

    hear(given_back(payment, left))
    hear(paid(payment, gateway_reference="order_1"))

    assert state_of(payment) == ("CREDITED", Decimal("500.00"))
    assert to_review() == ["GIVEN_BACK"]


@pytest.mark.parametrize(("left", "shown"), [("0.00", []), ("499.00", ["GIVEN_BACK"])])
def test_of_a_reversed_deposit_only_what_was_given_back_in_part_is_shown(left, shown, supervisor):
    payment = ask("500.00")
    hear(paid(payment))
    payment.refresh_from_db()
    reverse_deposit(deposit_id=payment.deposit_id, reason="refunded", act=Act(supervisor))

    hear(given_back(payment, left))

    assert to_review() == shown


def test_what_somebody_has_looked_into_is_not_credited_by_its_repetition(supervisor):
    payment = ask("500.00")
    set_status(payment.wallet, "CLOSED")
    hear(paid(payment))
    set_status(payment.wallet, "ACTIVE")
    event = GatewayEvent.objects.get()
    review_gateway_event(event_id=event.pk, evidence="given back", act=Act(supervisor))

    same, other = hear(paid(payment)), hear(paid(payment, gateway_reference="order_1"))

    assert (same.outcome, other.outcome) == ("WALLET_CLOSED", "LOOKED_INTO")
    assert state_of(payment) == ("STARTED", Decimal("0.00"))
    assert to_review() == ["LOOKED_INTO"]


def test_a_payment_that_nobody_asked_for_is_shown_and_other_news_of_it_is_not_kept():
    unknown = Notice(State.PAID, reference="OP-unknown", amount=Decimal(5), currency="NGN")

    heard = [hear(unknown), hear(unknown), hear(Notice(State.FAILED, reference="OP-unknown"))]

    assert [one.outcome for one in heard] == ["UNKNOWN_PAYMENT", "UNKNOWN_PAYMENT", None]
    assert outcomes() == ["UNKNOWN_PAYMENT"]


def test_the_gateways_own_reference_finds_the_payment_and_that_of_another_gateway_does_not():
    payment = ask()
    OnlinePayment.objects.filter(pk=payment.pk).update(gateway_reference="order_1")

    assert hear(paid(payment, reference="", gateway_reference="order_1")).outcome == "CREDITED"
    other = ask()
    OnlinePayment.objects.filter(pk=other.pk).update(gateway_reference="order_2")
    assert hear(paid(other, reference="", gateway_reference="order_3")).outcome == "UNKNOWN_PAYMENT"


def test_a_frozen_wallet_takes_what_was_paid():
    payment = ask("500.00")
    set_status(payment.wallet, "FROZEN")

    hear(paid(payment))

    assert state_of(payment) == ("CREDITED", Decimal("500.00"))


def test_a_closed_wallet_takes_nothing_and_the_money_is_shown():
    payment = ask("500.00")
    set_status(payment.wallet, "CLOSED")

    hear(paid(payment))

    assert state_of(payment) == ("STARTED", Decimal("0.00"))
    assert [event.outcome for event in GatewayEvent.objects.to_review()] == ["WALLET_CLOSED"]
    set_status(payment.wallet, "ACTIVE")
    hear(paid(payment))  # said again when it is open
    assert state_of(payment) == ("CREDITED", Decimal("500.00"))


def test_a_wallet_that_is_full_takes_nothing_and_the_money_is_shown():
    payment = ask("500.00", wallet=make_full_wallet())

    hear(paid(payment))

    assert [event.outcome for event in GatewayEvent.objects.to_review()] == ["BALANCE_LIMIT"]


def test_on_a_closed_day_nothing_is_kept_so_that_it_can_be_heard_again():
    payment = ask()
    close_today()

    with pytest.raises(DayClosed):
        hear(paid(payment))

    assert (state_of(payment), outcomes()) == (("STARTED", Decimal("0.00")), [])


def test_money_given_back_through_the_gateway_is_a_reversal(supervisor):
    payment = ask("500.00")
    hear(paid(payment))
    payment.refresh_from_db()

    reverse_deposit(deposit_id=payment.deposit_id, reason="refunded", act=Act(supervisor))

    assert state_of(payment) == ("CREDITED", Decimal("0.00"))
    assert lines()[2:] == [
        ("WALLETS", "DEBIT", Decimal("500.00")),
        ("GATEWAY_CLEARING", "CREDIT", Decimal("500.00")),
    ]


def test_asking_again_by_the_same_key_is_one_payment_and_other_facts_are_refused():
    act, wallet = Act(UserFactory(), "k-1"), make_wallet()

    first, again = ask("5.00", wallet=wallet, act=act), ask("5.00", wallet=wallet, act=act)

    assert first == again
    with pytest.raises(KeyReused):
        ask("6.00", wallet=wallet, act=act)
    assert OnlinePayment.objects.count() == 1


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "0.001", "99999999999.00"])
def test_what_is_no_amount_is_not_asked_for(amount):
    with pytest.raises(InvalidRequest):
        ask(amount)

    assert OnlinePayment.objects.count() == 0


def test_into_a_closed_wallet_nothing_is_asked_for():
    with pytest.raises(WalletFrozen):
        ask(wallet=make_wallet(status="CLOSED"))

    assert OnlinePayment.objects.count() == 0


def test_nobody_takes_an_online_payment_at_the_counter(cashier):
    with pytest.raises(InvalidRequest):
        deposit_to_wallet(
            patient_id=PatientFactory().pk,
            amount=Decimal(5),
            payment_method="ONLINE",
            act=Act(cashier),
        )


def test_a_review_says_once_what_was_found(supervisor):
    payment = ask("500.00")
    hear(paid(payment, amount=Decimal("5.00")))
    event = GatewayEvent.objects.get()
    act = Act(supervisor, "k")

    review_gateway_event(event_id=event.pk, evidence=" refunded: rfnd_1 ", act=act)

    assert event.review.evidence == "refunded: rfnd_1"
    assert not GatewayEvent.objects.to_review().exists()
    assert review_gateway_event(event_id=event.pk, evidence="refunded: rfnd_1", act=act).replayed
    with pytest.raises(AlreadyReviewed):
        review_gateway_event(event_id=event.pk, evidence="again", act=Act(supervisor))


def credited_after_all(first):
    """Return a payment that was not credited at first, for the ``first`` reason, and then was."""
    payment = ask("500.00")
    if first == "WALLET_CLOSED":
        set_status(payment.wallet, "CLOSED")
        hear(paid(payment))
        set_status(payment.wallet, "ACTIVE")
    else:
        hear(paid(payment, reference="", gateway_reference="order_1"))
    hear(paid(payment))
    assert outcomes() == [first, "CREDITED"]
    return payment


@pytest.mark.parametrize("first", ["WALLET_CLOSED", "UNKNOWN_PAYMENT"])
def test_what_was_credited_after_all_waits_for_nobody(first, supervisor):
    payment = credited_after_all(first)
    event = GatewayEvent.objects.earliest("pk")

    assert to_review() == []
    with pytest.raises(CreditedMeanwhile):
        review_gateway_event(event_id=event.pk, evidence="given back", act=Act(supervisor))
    assert GatewayReview.objects.count() == 0
    assert state_of(payment) == ("CREDITED", Decimal("500.00"))


def test_what_differs_after_the_credit_waits_however_often_the_credit_is_said():
    payment = ask("500.00")
    hear(paid(payment))

    hear(paid(payment, amount=Decimal("5.00")))
    hear(paid(payment, gateway_reference="order_1"))

    assert to_review() == ["AMOUNT_DIFFERS"]


def test_what_was_credited_needs_no_review_and_a_review_needs_words(supervisor):
    hear(paid(ask()))
    event = GatewayEvent.objects.get()

    with pytest.raises(NotFound):
        review_gateway_event(event_id=event.pk, evidence="fine", act=Act(supervisor))
    with pytest.raises(InvalidRequest):
        review_gateway_event(event_id=event.pk, evidence="  ", act=Act(supervisor))


def record(actor, amount="485.00", fee="15.00", reference="setl_1"):
    return record_gateway_payout(
        gateway="sandbox",
        reference=reference,
        amount=Decimal(amount),
        fee_amount=Decimal(fee),
        act=Act(actor),
    )


def test_a_payout_moves_clearing_to_bank_and_fees_once(supervisor):
    hear(paid(ask("500.00")))

    first, again = record(supervisor), record(supervisor)

    assert (first.clearing_balance, first.replayed, again.replayed) == ("0.00", False, True)
    assert lines()[2:] == [
        ("BANK", "DEBIT", Decimal("485.00")),
        ("GATEWAY_FEES", "DEBIT", Decimal("15.00")),
        ("GATEWAY_CLEARING", "CREDIT", Decimal("500.00")),
    ]
    with pytest.raises(KeyReused):
        record(supervisor, amount="484.00")


def test_more_than_the_gateway_holds_was_not_paid_out(supervisor):
    hear(paid(ask("500.00")))

    with pytest.raises(ClearingHoldsLess):
        record(supervisor, amount="485.01")

    assert (GatewayPayout.objects.count(), JournalEntry.objects.count()) == (0, 1)


def test_a_payout_without_a_fee_has_two_lines(supervisor):
    hear(paid(ask("500.00")))

    record(supervisor, amount="500.00", fee="0.00")

    assert len(lines()) == 4
