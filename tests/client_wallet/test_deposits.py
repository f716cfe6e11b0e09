"""``deposit_to_wallet``: what is answered, stored and posted, and what is refused."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from client_wallet.chain import chain_hash, entry_facts
from client_wallet.errors import BalanceLimit, DayClosed, WalletFrozen
from client_wallet.models import JournalEntry, ReceiptCounter, WalletAccount, WalletDeposit
from client_wallet.services import DepositTaken, deposit_to_wallet
from client_wallet.shifts import till_of
from hospital.core.acts import Act
from hospital.core.errors import InvalidAmount, InvalidRequest, NotFound
from hospital.core.models import IdempotencyKey
from hospital.core.times import wire_time
from tests.client_wallet.desk import close_today, deposit, make_full_wallet
from tests.factories import PatientFactory, make_wallet
from tests.rows import statements_of

pytestmark = pytest.mark.django_db


def lines_of(entry: JournalEntry) -> list[tuple[str, str, Decimal]]:
    lines = entry.postings.order_by("pk").values_list("account_id", "side", "amount")
    return [(account, side, amount) for account, side, amount in lines]


def test_a_deposit_is_answered_stored_and_posted(cashier):
    wallet = make_wallet(holding="10.00")

    answer = deposit_to_wallet(
        patient_id=wallet.patient_id,
        amount=Decimal("1200.5"),
        payment_method="CARD",
        external_reference="slip 7",
        note="for the scan",
        act=Act(cashier),
    )

    taken = WalletDeposit.objects.get(pk=answer.deposit_id)
    assert answer == DepositTaken(
        deposit_id=taken.pk,
        receipt_number=f"DEP-{cashier.pk:04d}-000001",
        patient_id=wallet.patient_id,
        wallet_id=str(wallet.pk),
        amount="1200.50",
        account_balance="1210.50",
        created_at=wire_time(taken.created_at),
        replayed=False,
    )
    assert (
        taken.wallet,
        taken.amount,
        taken.payment_method,
        taken.external_reference,
        taken.note,
        taken.receipt_number,
        taken.taken_by,
        taken.business_date,
        taken.balance_after,
        taken.reversed_by,
    ) == (
        wallet,
        Decimal("1200.50"),
        "CARD",
        "slip 7",
        "for the scan",
        answer.receipt_number,
        cashier,
        timezone.localdate(),
        Decimal("1210.50"),
        None,
    )
    assert (
        taken.entry.kind,
        taken.entry.actor,
        taken.entry.memo,
        taken.entry.posted_at,
        lines_of(taken.entry),
    ) == (
        "DEPOSIT",
        cashier,
        answer.receipt_number,
        taken.created_at,
        [
            ("CARD_CLEARING", "DEBIT", Decimal("1200.50")),
            ("WALLETS", "CREDIT", Decimal("1200.50")),
        ],
    )


@pytest.mark.parametrize(
    ("method", "till"), [("CASH", "CASH-{:04d}"), ("CARD", "CARD_CLEARING"), ("TRANSFER", "BANK")]
)
def test_the_method_says_where_the_money_is(method, till, cashier):
    answer = deposit(PatientFactory(), "5.00", Act(cashier), payment_method=method)

    entry = WalletDeposit.objects.get(pk=answer.deposit_id).entry
    assert lines_of(entry) == [
        (till.format(cashier.pk), "DEBIT", Decimal("5.00")),
        ("WALLETS", "CREDIT", Decimal("5.00")),
    ]


def test_the_first_deposit_opens_the_wallet(cashier):
    patient = PatientFactory()

    answer = deposit(patient, "5.00", Act(cashier))

    wallet = WalletAccount.objects.get(patient=patient)
    assert (answer.wallet_id, answer.account_balance) == (str(wallet.pk), "5.00")
    assert (wallet.account_balance, wallet.status) == (Decimal("5.00"), "ACTIVE")
    assert WalletDeposit.objects.get().payment_method == "CASH"


def test_a_frozen_wallet_takes_deposits(cashier):
    wallet = make_wallet(status="FROZEN")

    assert deposit(wallet.patient, "5.00", Act(cashier)).account_balance == "5.00"


def test_a_deposit_without_a_key_spends_none_and_comes_twice(cashier):
    patient = PatientFactory()

    answers = [deposit(patient, "5.00", Act(cashier)) for _ in range(2)]

    assert [answer.account_balance for answer in answers] == ["5.00", "10.00"]
    assert IdempotencyKey.objects.count() == 0
    assert ReceiptCounter.objects.get().last_number == 2


@pytest.mark.parametrize(
    "amount",
    ["0", "0.00", "-5", "0.001", "5.005", "10000000000", "1E+30", "NaN", "sNaN", "Infinity"],
)
def test_an_amount_that_is_no_money_is_refused(amount, cashier):
    patient = PatientFactory()

    with pytest.raises(InvalidAmount) as refusal:
        deposit(patient, amount, Act(cashier))

    assert (refusal.value.status, list(refusal.value.facts["errors"])) == (400, ["amount"])


@pytest.mark.parametrize("method", ["WALLET", "CHEQUE", "cash", ""])
def test_a_method_that_takes_no_deposit_is_refused(method, cashier):
    patient = PatientFactory()

    with pytest.raises(InvalidRequest) as refusal:
        deposit(patient, "5.00", Act(cashier), payment_method=method)

    assert (refusal.value.status, list(refusal.value.facts["errors"])) == (400, ["payment_method"])


@pytest.mark.parametrize("patient_id", [0, -1, 999_999, 2**63 - 1, 2**63, 10**30])
def test_a_patient_who_does_not_exist_is_refused(patient_id, cashier):
    with pytest.raises(NotFound):
        deposit_to_wallet(patient_id=patient_id, amount=Decimal("5.00"), act=Act(cashier))


def test_a_closed_wallet_takes_no_deposit(cashier):
    wallet = make_wallet(status="CLOSED")

    with pytest.raises(WalletFrozen) as refusal:
        deposit(wallet.patient, "5.00", Act(cashier))

    assert refusal.value.facts == {"wallet_status": "CLOSED"}


def test_a_wallet_holds_no_more_than_a_balance_can_express(cashier):
    wallet = make_full_wallet()

    with pytest.raises(BalanceLimit):
        deposit(wallet.patient, "0.01", Act(cashier))


def test_a_closed_day_takes_no_deposit(cashier):
    patient = PatientFactory()
    close_today()

    with pytest.raises(DayClosed):
        deposit(patient, "5.00", Act(cashier))


def test_the_link_of_a_deposit_is_that_of_every_other_entry(cashier):
    wallet = make_wallet(holding="10.00")
    deposit_to_wallet(
        patient_id=wallet.patient_id,
        amount=Decimal("1200.5"),
        payment_method="CARD",
        note='a "quoted" <memo>',
        act=Act(cashier, "the key"),
    )

    first, second = wallet.postings.select_related("entry").order_by("wallet_sequence")

    columns = ("uid", "kind", "posted_at", "business_date", "actor_id", "memo", "reverses_id")
    facts = entry_facts(**{name: getattr(second.entry, name) for name in columns})
    lines = second.entry.postings.values_list(
        "account_id", "wallet_id", "side", "amount", "wallet_sequence", "balance_after"
    )
    wallet.refresh_from_db()
    assert second.chain_hash == chain_hash(first.chain_hash, facts, lines)
    assert (wallet.chain_head, wallet.last_posted_at) == (
        second.chain_hash,
        second.entry.posted_at,
    )


def test_a_deposit_is_two_statements_in_one_round_trip_and_a_replay_finds_the_first(cashier):
    wallet = make_wallet()
    till_of(Act(cashier), "CASH")  # opens the shift: once, with the first act

    def take() -> DepositTaken:
        return deposit_to_wallet(
            patient_id=wallet.patient_id, amount=Decimal("5.00"), act=Act(cashier, "the key")
        )

    sent = [one for one in statements_of(take) if "SAVEPOINT" not in one]

    assert (len(sent), sent[0].count("EXECUTE")) == (1, 2)
    assert (take().replayed, WalletDeposit.objects.count()) == (True, 1)


def test_a_deposit_is_never_posted_before_the_wallets_last_entry(cashier):
    wallet = make_wallet(holding="10.00")
    ahead = timezone.now() + timedelta(hours=1)
    WalletAccount.objects.filter(pk=wallet.pk).update(last_posted_at=ahead)

    answer = deposit_to_wallet(
        patient_id=wallet.patient_id, amount=Decimal("5.00"), act=Act(cashier)
    )

    assert answer.created_at == wire_time(ahead)
