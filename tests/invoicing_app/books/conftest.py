"""Sound books that a test may break, and that are sound again for the next."""

import os
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone

from client_wallet.closing import close_days
from client_wallet.freezing import freeze_wallet, unfreeze_wallet
from client_wallet.online_payments import record_gateway_payout
from client_wallet.services import reverse_deposit
from client_wallet.shifts import accept_variance, receive_cash, recount_shift, reject_cash
from client_wallet.transfers import transfer_between_wallets
from hospital.core.acts import Act
from invoicing_app.hand_outs import hand_out_drugs
from invoicing_app.payers.short_payments import (
    approve_write_off,
    ask_write_off,
    bill_patient_for_claim,
    reject_write_off,
)
from tests import databases
from tests.client_wallet.desk import on_day
from tests.client_wallet.gateways.desk import ask, hear, paid
from tests.client_wallet.shifts.desk import coins, count, give, open_with, shift_of
from tests.client_wallet.shifts.desk import take as deposit_of
from tests.client_wallet.withdrawals.desk import make_withdrawal
from tests.client_wallet.withdrawals.fake_bank import FakeBank
from tests.client_wallet.withdrawals.workers import worker_at
from tests.factories import (
    PatientFactory,
    UserFactory,
    make_bill,
    make_drug,
    make_item,
    make_wallet,
)
from tests.invoicing_app.books.desk import take_deposit
from tests.invoicing_app.desk import items_of, pay, void
from tests.invoicing_app.payers.desk import make_claim, make_payer, remit, send
from tests.invoicing_app.refunds.kinds import refunds_of_every_kind
from tests.invoicing_app.stock.drugs import hand_out, paid_drug
from tests.invoicing_app.tenders.desk import bill_of, pay_by
from tests.invoicing_app.waivers.desk import approve, reject, take_back
from tests.invoicing_app.waivers.desk import ask as waive
from tests.smcapp1.stock_counts.counting import approve as count_approved
from tests.smcapp1.stock_counts.counting import count_of, counted, pharmacist, shelf

TAKE_AWAY_ALL_GUARDS = """
DO $$
DECLARE
    guard record;
BEGIN
    FOR guard IN SELECT conrelid::regclass AS home, conname FROM pg_constraint
                  WHERE connamespace = 'public'::regnamespace AND contype IN ('f', 'c', 'u')
                  ORDER BY contype
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', guard.home, guard.conname);
    END LOOP;
    FOR guard IN SELECT DISTINCT tgrelid::regclass AS home FROM pg_trigger WHERE NOT tgisinternal
    LOOP
        EXECUTE format('ALTER TABLE %s DISABLE TRIGGER USER', guard.home);
    END LOOP;
END $$;
"""
KEEP_A_COPY = """
DO $$
DECLARE
    held record;
BEGIN
    CREATE SCHEMA copy;
    FOR held IN SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'
    LOOP
        EXECUTE format('CREATE TABLE copy.%1$I AS TABLE public.%1$I', held.name);
    END LOOP;
END $$;
"""
RESTORE_THE_COPY = """
DO $$
DECLARE
    held record;
BEGIN
    FOR held IN SELECT tablename AS name FROM pg_tables WHERE schemaname = 'copy'
    LOOP
        EXECUTE format('DELETE FROM public.%I', held.name);
        EXECUTE format('INSERT INTO public.%1$I SELECT * FROM copy.%1$I', held.name);
    END LOOP;
END $$;
"""


def sound_books() -> None:
    """
    Bills paid by each method, in part and void; deposits, one reversed; a transfer; wallets frozen
    and unfrozen; two days closed before, of which the first has entries.
    """
    cashier, supervisor = UserFactory(role="Cashier"), UserFactory(role="Supervisor")
    drug, test, surgery = make_drug(holding=50), make_item("LABORATORY"), make_item("PROCEDURE")
    patient = PatientFactory()
    wallet = make_wallet(patient=patient, holding="500.00")
    with on_day(timezone.localdate() - timedelta(days=2)):
        take_deposit(patient, UserFactory(role="Cashier"), "7.00")
    deposits = [take_deposit(patient, cashier, amount) for amount in ("100.00", "20.00", "3.00")]
    reverse_deposit(deposit_id=deposits[1], reason="Counted twice", act=Act(supervisor))

    paid = make_bill((drug, 3), test, surgery)
    pay(paid, cashier, "CASH", "1000.00")
    hand_out_drugs(
        consultation_id=paid.pk,
        bill_item_ids=[items_of(paid)[0].pk],
        act=Act(UserFactory(role="Pharmacist")),
    )
    drugs_handed_out_in_part(supervisor)
    pay(make_bill((drug, 1), surgery, patient=wallet.patient), cashier, "WALLET")
    partly = make_bill((drug, 2), test, surgery)
    pay(partly, cashier, "CARD", "100.00", department="PROCEDURE")
    pay(make_bill(test), cashier, "TRANSFER", "100.00")
    void(items_of(make_bill(surgery))[0], cashier)
    tenders_of_each_kind(cashier)
    waivers_of_each_kind(cashier, supervisor)
    claims_of_each_kind(supervisor)
    refunds_of_every_kind()
    withdrawals_of_each_kind()
    online_payments_of_each_kind(supervisor)
    one, other = make_wallet(holding="50.00"), make_wallet(holding="10.00")
    transfer_between_wallets(
        from_wallet_id=one.pk,
        to_wallet_id=other.pk,
        amount=Decimal("20.00"),
        reference_id="rent",
        act=Act(cashier),
    )
    freeze_wallet(wallet_id=one.pk, reason="Card stolen", act=Act(supervisor))
    unfreeze_wallet(wallet_id=one.pk, reason="Card found", act=Act(supervisor))
    freeze_wallet(wallet_id=other.pk, reason="Card stolen", act=Act(supervisor))
    shifts_of_each_kind(supervisor)
    today = timezone.localdate()
    close_days(through=today - timedelta(days=1), today=today, act=Act(supervisor))


def drugs_handed_out_in_part(supervisor: Any) -> None:
    """Of one a part is owed; two batches were counted, one with a difference; one is counted."""
    hand_out(paid_drug(5), 2)
    more, same, other = shelf(10, 20, 30)
    count_approved(counted({more: 12, same: 20}, pharmacist()), supervisor)
    count_of([other], pharmacist())


def tenders_of_each_kind(cashier: Any) -> None:
    """One by several methods, rounded up; one rounded down; one of nothing, all being waived."""
    wallet = make_wallet(holding="30.00")
    with override_settings(CASH_SMALLEST_COIN=Decimal("0.05")):
        pay_by(
            bill_of("99.98", wallet.patient),
            cashier,
            ("WALLET", "30.00"),
            ("CARD", "10.00"),
            ("CASH", "70.00"),
        )
        pay(bill_of("99.97"), cashier, "CASH", "100.00")
    forgiven = bill_of("40.00")
    waive(forgiven, cashier, "40.00", department="RADIOLOGY")
    pay(forgiven, cashier, "CASH")


def claims_of_each_kind(supervisor: Any) -> None:
    """
    One is paid in part, one billed to the patient, of one a part is written off after another was
    not, one waits, and one was never sent.
    """
    payer = make_payer(PROCEDURE="80")
    paid_by_payer, billed, written_off, _ = (make_claim(payer) for _ in range(4))
    send(payer)
    make_claim(payer)
    remit(payer, (paid_by_payer, "70.00"))
    accountant = Act(UserFactory(role="Accountant"))
    bill_patient_for_claim(
        claim_id=billed.pk, amount=Decimal("30.00"), reason="Not covered", act=accountant
    )
    asked: dict[str, Any] = {
        "claim_id": written_off.pk,
        "amount": Decimal("20.00"),
        "reason": "Too late",
    }
    refused = ask_write_off(**asked, act=accountant)
    reject_write_off(
        claim_id=written_off.pk, write_off_id=refused.id, reason="Ask them", act=Act(supervisor)
    )
    again = ask_write_off(**asked, act=accountant)
    approve_write_off(claim_id=written_off.pk, write_off_id=again.id, act=Act(supervisor))


def waivers_of_each_kind(cashier: Any, supervisor: Any) -> None:
    """
    Of items, some void by now, and of a department, paid since; one taken back, one of another's
    asking, one rejected, one asked for.
    """
    scan, test = make_item("RADIOLOGY", "8000.00"), make_item("LABORATORY")
    settled, open_bill = make_bill((test, 2), test), make_bill(scan, test, test)
    waive(settled, cashier, percent=Decimal("10"), department="LABORATORY")
    pay(settled, cashier, "CASH", "270.00")
    waive(open_bill, cashier, "150.00", department="LABORATORY")
    void(items_of(open_bill)[1], cashier)
    approve(waive(open_bill, cashier, "6000.00", department="RADIOLOGY"), supervisor)
    take_back(waive(open_bill, cashier, "3.00", department="LABORATORY"), cashier)
    waive(open_bill, supervisor, "2.00", bill_item_id=items_of(open_bill)[2].pk)
    other = make_bill(scan)
    reject(waive(other, cashier, "6000.00", department="RADIOLOGY"), supervisor)
    waive(other, cashier, "6000.00", department="RADIOLOGY")


def withdrawals_of_each_kind() -> None:
    """One is paid, one is refused, of one nobody knows, one is not due."""
    bank = FakeBank(submissions=["pay", "refuse", "hang before"], questions=["fail"])
    worker = worker_at(bank)
    for _ in range(3):
        make_withdrawal("60.00", holding="100.00")
        worker.step()
    worker.step()
    make_withdrawal(scheduled_for=timezone.now() + timedelta(days=1))


def shifts_of_each_kind(supervisor: Any) -> None:
    """
    One with a float, closed by its count; one counted twice, then accepted; cash in transit, some
    received by the safe, the bank and a cashier, and some rejected.
    """
    one, other, third = (UserFactory(role="Cashier") for _ in range(3))
    open_with(one, "100.00")
    deposit_of(one, "50.00")
    received, rejected, to_bank = give(one, "10.00"), give(one, "20.00"), give(one, "5.00", "BANK")
    passed_on = give(one, "30.00", "CASHIER", cashier_id=other.pk)
    receive_cash(hand_over_id=received.hand_over_id, act=Act(supervisor))
    receive_cash(hand_over_id=to_bank.hand_over_id, act=Act(supervisor))
    receive_cash(hand_over_id=passed_on.hand_over_id, act=Act(other))
    reject_cash(hand_over_id=rejected.hand_over_id, reason="Torn notes", act=Act(supervisor))
    count(shift_of(one), "104.00", card_slip_total=Decimal("0.00"))
    deposit_of(third, "2000.00")
    counted = shift_of(third)
    count(counted, "1000.00")
    recount_shift(shift_id=counted.pk, counts=coins("1400.00"), act=Act(third))
    accept_variance(shift_id=counted.pk, reason="Robbed", act=Act(supervisor))


def online_payments_of_each_kind(supervisor: Any) -> None:
    """One is credited and paid out in part, one is given back, one differs, one is not paid."""
    payment, returned = ask("500.00"), ask("70.00")
    hear(paid(payment))
    hear(paid(returned, payment_reference="pay-2"))
    returned.refresh_from_db()
    reverse_deposit(deposit_id=returned.deposit_id, reason="Given back", act=Act(supervisor))
    hear(paid(ask("20.00"), amount=Decimal("2.00"), payment_reference="pay-3"))
    ask("30.00")
    record_gateway_payout(
        gateway="sandbox",
        reference="setl_1",
        amount=Decimal("290.00"),
        fee_amount=Decimal("10.00"),
        act=Act(supervisor),
    )


@pytest.fixture(scope="session")
def unguarded(template_database: str, django_db_blocker: Any) -> Iterator[str]:
    """Sound books without any trigger or constraint, and a copy to restore them from."""
    name = f"{template_database}_books_{os.environ.get('PYTEST_XDIST_WORKER', 'gw')}"
    with django_db_blocker.unblock():
        databases.clone(name)
        with databases.pointing_at(name):
            sound_books()
        with databases.owner_cursor(name) as owner:
            owner.execute(TAKE_AWAY_ALL_GUARDS)
            owner.execute(KEEP_A_COPY)
        yield name
        databases.drop(name)


@pytest.fixture
def owner(unguarded: str, django_db_blocker: Any) -> Iterator[Any]:
    """Who can do to the books what no application can. They are sound again after the test."""
    with (
        django_db_blocker.unblock(),
        databases.pointing_at(unguarded),
        databases.owner_cursor(unguarded) as cursor,
    ):
        yield cursor
        cursor.execute(RESTORE_THE_COPY)
