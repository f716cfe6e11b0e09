from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.db import IntegrityError

from client_wallet.models import PaymentMethod, WalletAccount, WalletDeposit
from hospital.core.progress import untracked
from invoicing_app.books import check_books
from invoicing_app.models import BillItem, DepositReceiving
from invoicing_app.payment_services import PaymentIntent, PaymentProcessingService
from invoicing_app.synthea import importing
from invoicing_app.synthea.export import read_export
from invoicing_app.synthea.importing import IMPORTER, Added, import_export, importer
from invoicing_app.synthea.paying import pay_consultation, pay_imported
from smcapp1.models import Consultation, PatientProfile
from tests.factories import UserFactory, make_wallet
from tests.invoicing_app.synthea_files import run, stopping_at, write_export
from tests.races import run_together

pytestmark = pytest.mark.usefixtures("real_commits")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_export(tmp_path / "export")


def test_payments_rotate_the_methods_and_the_books_are_sound(folder):
    said = run(folder, "--pay")
    again = run(folder, "--pay")

    paid = list(DepositReceiving.objects.order_by("pk").values_list("payment_method", "total_due"))
    assert paid == [
        ("CASH", Decimal("921.49")),
        ("CARD", Decimal("294.68")),
        ("TRANSFER", Decimal("80.00")),
        ("WALLET", Decimal("80.07")),
    ]
    assert said.splitlines()[-2:] == [
        "Paid 4 consultations, NGN 1,376.24: CASH 1, CARD 1, TRANSFER 1, WALLET 1.",
        "Revenue in the journal 1,376.24, paid items 1,376.24; 0 findings in the books.",
    ]
    assert again.splitlines()[-2] == "Nothing was paid."
    assert {one.taken_by.username for one in DepositReceiving.objects.all()} == {IMPORTER}
    assert WalletAccount.objects.get().account_balance == Decimal("0.00")


def test_what_the_desk_took_already_is_not_paid_again(folder):
    run(folder)
    visit = Consultation.objects.get(external_id="e1")
    PaymentProcessingService(UserFactory(role="Cashier")).process_transaction(
        PaymentIntent(visit.pk, PaymentMethod.CARD, "CONSULTATION", Decimal("77.49"))
    )

    run(folder, "--pay")

    payments = visit.payments.order_by("pk")
    assert list(payments.values_list("payment_method", "total_due")) == [
        ("CARD", Decimal("77.49")),
        ("CASH", Decimal("844.00")),
    ]


def test_a_refused_payment_is_reported_and_the_others_are_paid(folder):
    run(folder)
    make_wallet(patient=PatientProfile.objects.get(external_id="p2"), status="FROZEN")

    with pytest.raises(CommandError, match="Refused: consultation [0-9]+: This wallet is frozen"):
        run(folder, "--pay")

    assert (DepositReceiving.objects.count(), WalletDeposit.objects.count()) == (3, 0)


def test_interrupted_payments_go_on_where_they_stopped(folder):
    run(folder)

    with pytest.raises(KeyboardInterrupt):
        pay_imported(track=stopping_at("Paying", 2))
    paid_before = DepositReceiving.objects.count()
    said = run(folder, "--pay")

    assert paid_before == 2
    assert "CASH 0, CARD 0, TRANSFER 1, WALLET 1." in said
    assert "0 findings in the books." in said


# At once


def import_twice_at_once(folder):
    export = read_export(folder, lab_price=Decimal("25.00"), track=untracked)
    act = partial(import_export, export, track=untracked)
    return run_together(act, act, pause_before='INSERT INTO "smcapp1_patientprofile"')


@pytest.mark.race
def test_two_imports_at_once_add_the_rows_once(folder):
    importer()

    results = import_twice_at_once(folder)

    assert results == [Added(2, 4, 10), Added(0, 0, 0)]
    assert BillItem.objects.count() == 10


@pytest.mark.race
def test_two_imports_at_once_meet_where_neither_excludes_the_other(folder, monkeypatch):
    importer()
    monkeypatch.setattr(importing, "hold_job", lambda name: None)

    results = import_twice_at_once(folder)

    assert Added(2, 4, 10) in results
    assert any(isinstance(result, IntegrityError) for result in results)


@pytest.mark.race
@pytest.mark.parametrize("method", ["CASH", "WALLET"])
def test_a_consultation_that_two_runs_pay_at_once_is_paid_once(folder, method):
    run(folder)
    visit = Consultation.objects.get(external_id="e3")
    act = partial(pay_consultation, visit.pk, method, importer())

    results = run_together(act, act, pause_before="INSERT INTO client_wallet_receiptcounter")

    assert results == [Decimal("80.00"), Decimal("0.00")]
    assert (visit.payments.count(), check_books()) == (1, [])
