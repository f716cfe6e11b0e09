"""``export_statement``: the same numbers as the patient's page, for spreadsheets and for paper."""

from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from hospital.core.acts import Act
from tests.client_wallet.desk import deposit, spend
from tests.factories import PatientFactory, UserFactory, make_wallet
from tests.rows import everything

TODAY = timezone.localdate()


@pytest.fixture
def patient(db: None) -> Any:
    """Somebody with a wallet, in which 1,200.50 came and 200.25 went today."""
    patient = PatientFactory(first_name="Ngozi", last_name="<Obi> & Sons")
    make_wallet(patient=patient)
    deposit(patient, "1200.50", Act(UserFactory()))
    spend(patient, "200.25", Act(UserFactory()))
    return patient


def export(wallet: Any, *options: Any, first: Any = TODAY, last: Any = TODAY) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    period = ("--from", str(first), "--to", str(last))
    call_command("export_statement", str(wallet), *period, *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue().strip()


@pytest.mark.parametrize("name", ["wallet", "number"])
def test_a_statement_for_spreadsheets(patient, name):
    before = everything()

    written, said = export({"wallet": patient.wallet.pk, "number": patient.hospital_number}[name])

    receipt = patient.wallet.deposits.get().receipt_number
    assert written.splitlines() == [
        "Day,Movement,Reference,Note,In,Out,Balance",
        f"{TODAY},Opening balance,,,,,0.00",
        f"{TODAY},Deposit,{receipt},,1200.50,,1200.50",
        f"{TODAY},Payment,,,,200.25,1000.25",
        f"{TODAY},Closing balance,,,1200.50,200.25,1000.25",
    ]
    assert said == "2 movements: 0.00 + 1,200.50 - 200.25 = 1,000.25."
    assert everything() == before


def test_a_statement_for_paper_needs_no_other_file(patient, tmp_path: Path):
    file = tmp_path / "statement.html"

    written, _ = export(patient.wallet.pk, "--format", "html", "--output", str(file))

    page = file.read_text()
    assert written == ""
    assert "Ngozi &lt;Obi&gt; &amp; Sons" in page
    for amount in ("1,200.50", "200.25", "1,000.25"):
        assert f"<bdi>{amount}</bdi>" in page
    assert [sign for sign in ("src=", "href=", "url(", "@import") if sign in page] == []
    assert ".statement-file" in page


def test_a_period_without_movements_opens_and_closes_with_the_same(patient):
    yesterday = TODAY - timedelta(days=1)

    written, said = export(patient.wallet.pk, first=yesterday, last=yesterday)

    assert written.splitlines()[1:] == [
        f"{yesterday},Opening balance,,,,,0.00",
        f"{yesterday},Closing balance,,,0.00,0.00,0.00",
    ]
    assert said == "0 movements: 0.00 + 0.00 - 0.00 = 0.00."


@pytest.mark.parametrize(
    ("wallet", "period", "why"),
    [
        ("HN9999999", {}, "There is no wallet 'HN9999999'. Name its id, or a hospital number."),
        ("", {}, "There is no wallet ''. Name its id, or a hospital number."),
        (None, {"last": "2020-01-01"}, "The period ends before it begins."),
        (None, {"last": "2999-01-01"}, "The period ends today at the latest."),
        (None, {"first": "2026-02-30"}, "'2026-02-30' is no day; write one like 2026-01-31"),
    ],
)
def test_trouble_ends_the_command_with_a_sentence(patient, wallet, period, why):
    with pytest.raises(CommandError, match=".*") as trouble:
        export(patient.wallet.pk if wallet is None else wallet, **period)

    assert why in str(trouble.value)


def test_a_file_that_cannot_be_written_is_said(patient, tmp_path: Path):
    with pytest.raises(CommandError, match="cannot be written: No such file or directory"):
        export(patient.wallet.pk, "--output", str(tmp_path / "none" / "statement.csv"))
