"""Withdrawals at the desk: asked for, followed, called off, decided on."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from client_wallet.models import BankAnswer, BankCall, Withdrawal
from client_wallet.withdrawals import save_payout_account
from hospital.core.acts import Act
from tests import rows
from tests.admin_pages import errors, one_time_key, open_form, page_of, said, signed_in, text_of
from tests.client_wallet.desk import set_status
from tests.client_wallet.withdrawals.desk import (
    DESTINATION,
    balance_of,
    journal_of,
    make_withdrawal,
    withdraw,
)
from tests.client_wallet.withdrawals.fake_bank import FakeBank
from tests.client_wallet.withdrawals.workers import work_to_the_end, worker_at
from tests.factories import PatientFactory, UserFactory, make_wallet
from tests.rows import statements

WITHDRAWALS = "client_wallet_withdrawal"
LIST = "/admin/client_wallet/withdrawal/"
ADD = f"{LIST}add/"
REVIEW = f"{LIST}review/"
BANK_PAID = {"decision": "PAID", "evidence": "Line 7 of the statement", "is_sure": "on"}


def page(withdrawal: Withdrawal) -> str:
    return page_of(WITHDRAWALS, withdrawal.pk)


def decide_page(withdrawal: Withdrawal) -> str:
    return reverse("admin:client_wallet_withdrawal_decide", args=[withdrawal.pk])


def call_off_page(withdrawal: Withdrawal) -> str:
    return reverse("admin:client_wallet_withdrawal_call_off", args=[withdrawal.pk])


def form_of(patient: Any) -> str:
    return f"{ADD}?patient={patient.pk}"


def filled(patient: Any, key: str, **other: Any) -> dict[str, Any]:
    return {
        "patient": patient.pk,
        "amount": "60.00",
        "scheduled_for": "",
        **vars(DESTINATION),
        "one_time_key": key,
        **other,
    }


def in_review(asker: Any = None, **more: Any) -> Withdrawal:
    """Return a withdrawal that the bank never answered for."""
    withdrawal = make_withdrawal(act=Act(asker or UserFactory(role="Cashier")), **more)
    bank = FakeBank(submissions=["fail before"], questions=["fail"] * 2)
    work_to_the_end(worker_at(bank, asks=2), bank)
    withdrawal.refresh_from_db()
    assert withdrawal.status == "NEEDS_REVIEW"
    return withdrawal


def ended(fate: str) -> Withdrawal:
    """Return a withdrawal that met this fate at the bank."""
    withdrawal = make_withdrawal()
    bank = FakeBank(submissions=[fate])
    work_to_the_end(worker_at(bank), bank)
    withdrawal.refresh_from_db()
    return withdrawal


def refused(answer: Any) -> dict[str, list[str]]:
    """Return what stands beside the fields of a page that asks before it acts."""
    assert answer.status_code == 200
    return {field: list(words) for field, words in answer.context["form"].errors.items()}


def test_a_cashier_asks_for_a_withdrawal_and_lands_on_it(real_commits):
    cashier, wallet = UserFactory(role="Cashier"), make_wallet(holding="100.00")
    client = signed_in(cashier)

    answer = client.post(ADD, filled(wallet.patient, open_form(client, form_of(wallet.patient))))

    withdrawal = Withdrawal.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, page(withdrawal))
    assert (withdrawal.wallet, withdrawal.amount, withdrawal.status, withdrawal.requested_by) == (
        wallet,
        Decimal("60.00"),
        "SCHEDULED",
        cashier,
    )
    assert (withdrawal.bank_code, withdrawal.account_number, withdrawal.account_name) == (
        "058",
        "1234567890",
        "Ada Obi",
    )
    assert balance_of(wallet) == Decimal("100.00")
    (told,) = said(client, answer["Location"])
    assert told.startswith("NGN 60.00 to Ada Obi, 1234567890 at 058: asked for, due ")
    assert LogEntry.objects.values_list("user_id", "object_id").get() == (
        cashier.pk,
        str(withdrawal.pk),
    )


def test_it_may_be_for_later_by_the_hospitals_clock(real_commits):
    client, wallet = signed_in(UserFactory(role="Cashier")), make_wallet()
    later = (timezone.localtime() + timedelta(days=3)).replace(second=0, microsecond=0)
    key = open_form(client, form_of(wallet.patient))

    client.post(ADD, filled(wallet.patient, key, scheduled_for=later.strftime("%Y-%m-%dT%H:%M")))

    assert Withdrawal.objects.get().scheduled_for == later


def test_the_form_shows_what_the_wallet_holds_and_what_waits_to_be_taken_from_it(db):
    client, wallet = signed_in(UserFactory(role="Cashier")), make_wallet(holding="1500.00")
    first = text_of(client.get(form_of(wallet.patient)))
    withdraw(wallet, "200.00")
    set_status(wallet, "FROZEN")

    second = text_of(client.get(form_of(wallet.patient)))

    assert "Wallet holds NGN 1,500.00 ." in first
    assert "Wallet holds NGN 1,500.00 ; withdrawals of NGN 200.00 wait to be taken from it." in (
        second
    )
    assert "This wallet is frozen: what is due while it is so is not paid." in second


def test_the_saved_account_stands_in_the_form_and_nothing_typed_means_that_one(real_commits):
    client, wallet = signed_in(UserFactory(role="Cashier")), make_wallet()
    save_payout_account(wallet_id=wallet.pk, destination=DESTINATION, act=Act(UserFactory()))
    form = client.get(form_of(wallet.patient)).content.decode()
    empty = {"bank_code": "", "account_number": "", "account_name": ""}

    client.post(ADD, filled(wallet.patient, one_time_key(form), **empty))

    assert [f'value="{value}"' in form for value in vars(DESTINATION).values()] == [True] * 3
    assert Withdrawal.objects.get().account_number == "1234567890"


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"amount": "0"}, "amount", "An amount must be greater than zero."),
        ({"amount": "5.001"}, "amount", "Ensure that there are no more than 2 decimal places."),
        ({"amount": ""}, "amount", "This field is required."),
        ({"scheduled_for": "soon"}, "scheduled_for", "Enter a valid date/time."),
        ({"scheduled_for": "2999-01-01T10:00"}, "scheduled_for", None),
        ({"account_number": ""}, "account_number", "Write 1 to 34 characters."),
        ({"bank_code": "0" * 21}, "bank_code", None),
        ({"account_name": " "}, "account_name", "Write 1 to 140 characters."),
        (
            {"bank_code": "", "account_number": "", "account_name": ""},
            "account_number",
            "There is no account that this withdrawal could be paid to.",
        ),
    ],
)
def test_a_wrong_value_is_shown_beside_its_field_and_nothing_is_kept(
    db, settings, typed, field, words
):
    settings.DEFAULT_PAYOUT_DESTINATION = None
    client, wallet = signed_in(UserFactory(role="Cashier")), make_wallet(holding="100.00")
    key = open_form(client, form_of(wallet.patient))
    before = rows.everything()

    answer = client.post(ADD, {**filled(wallet.patient, key), **typed})

    assert list(errors(answer)) == [field]
    assert words is None or errors(answer)[field] == [words]
    assert one_time_key(answer.content.decode()) == key
    assert rows.everything() == before


def test_a_closed_wallet_is_refused_in_words(db):
    client, wallet = signed_in(UserFactory(role="Cashier")), make_wallet(status="CLOSED")

    answer = client.post(ADD, filled(wallet.patient, open_form(client, form_of(wallet.patient))))

    assert errors(answer) == {"__all__": ["This wallet is closed."]}
    assert Withdrawal.objects.count() == 0


def test_a_double_click_asks_once(real_commits):
    client, wallet = signed_in(UserFactory(role="Cashier")), make_wallet()
    form = filled(wallet.patient, open_form(client, form_of(wallet.patient)))

    first = client.post(ADD, form)
    said(client, first["Location"])
    second = client.post(ADD, form)

    withdrawal = Withdrawal.objects.get()
    assert [first["Location"], second["Location"]] == [page(withdrawal)] * 2
    assert said(client, second["Location"]) == [
        f"{withdrawal} was already asked for by this form; nothing was done again."
    ]
    assert LogEntry.objects.count() == 1


@pytest.mark.parametrize("odd", ["", "x", "999999", "9" * 40, "²"])
def test_without_a_patient_the_way_to_one_is_shown(db, odd):
    answer = signed_in(UserFactory(role="Cashier")).get(ADD, {"patient": odd})

    assert "Whose wallet? Find the patient" in text_of(answer)
    assert 'name="act" value="withdrawal"' in answer.content.decode()
    assert 'name="one_time_key"' not in answer.content.decode()


def test_a_patient_without_a_wallet_has_nothing_to_pay_out(db):
    client, patient = signed_in(UserFactory(role="Cashier")), PatientFactory()

    shown = text_of(client.get(form_of(patient)))
    answer = client.post(ADD, filled(patient, str(uuid4())))

    assert "This patient has no wallet, and so nothing that could be paid out." in shown
    assert "Whose wallet? Find the patient" in text_of(answer)
    assert Withdrawal.objects.count() == 0


@pytest.mark.parametrize(
    ("role", "offered"), [("Cashier", True), ("Supervisor", True), ("Auditor", False)]
)
def test_the_wallets_and_the_patients_pages_lead_to_the_form(db, role, offered):
    client, wallet = signed_in(UserFactory(role=role)), make_wallet()
    of_wallet = reverse("admin:client_wallet_walletaccount_withdraw", args=[wallet.pk])

    pages = [
        client.get(page_of("client_wallet_walletaccount", wallet.pk)).content.decode(),
        client.get(page_of("smcapp1_patientprofile", wallet.patient_id)).content.decode(),
    ]

    assert [of_wallet in pages[0], form_of(wallet.patient) in pages[1]] == [offered] * 2
    if offered:
        assert client.get(of_wallet)["Location"] == form_of(wallet.patient)


def test_the_list_says_the_state_in_words_and_narrows_to_one(db):
    paid, scheduled = ended("pay"), make_withdrawal()
    client = signed_in(UserFactory(role="Auditor"))

    everything, of_paid, odd = [
        client.get(LIST, {"status": status} if status else {})
        for status in ("", "COMPLETED", "ODD")
    ]

    assert [row.pk for row in everything.context["cl"].result_list] == [scheduled.pk, paid.pk]
    assert '<span class="state state-good">Paid</span>' in everything.content.decode()
    assert '<span class="state state-waiting">Scheduled</span>' in everything.content.decode()
    assert [row.pk for row in of_paid.context["cl"].result_list] == [paid.pk]
    assert odd.status_code == 200


def test_a_withdrawal_is_found_by_its_reference_and_by_its_patient(db):
    wanted, _ = make_withdrawal(), make_withdrawal()
    client = signed_in(UserFactory(role="Cashier"))

    found = [
        [row.pk for row in client.get(LIST, {"q": text}).context["cl"].result_list]
        for text in (wanted.bank_reference, wanted.wallet.patient.hospital_number)
    ]

    assert found == [[wanted.pk]] * 2


def test_withdrawals_to_review_are_those_that_wait_the_oldest_first(db):
    first, second = in_review(), in_review()
    make_withdrawal()
    client = signed_in(UserFactory(role="Supervisor"))

    answer = client.get(REVIEW)

    assert [row.pk for row in answer.context["cl"].result_list] == [first.pk, second.pk]
    assert "Waiting for a decision: 2. In transit because of it: NGN 120.00." in text_of(answer)
    assert "The bank was asked 2 times and gave no conclusive answer." in text_of(answer)
    assert f'href="{REVIEW}"' in client.get("/admin/").content.decode()


def test_the_work_list_and_a_page_cost_the_same_with_one_row_and_with_three(db):
    client = signed_in(UserFactory(role="Supervisor"))
    short = in_review()
    few = [cost(client, url) for url in (REVIEW, page(short))]
    in_review()
    long = in_review()
    for number in range(4, 8):
        add_call(long, number)

    assert [cost(client, url) for url in (REVIEW, page(long))] == few


def cost(client: Client, url: str) -> int:
    client.get(url)  # what is looked up once per process
    return statements(lambda: client.get(url))


def add_call(withdrawal: Withdrawal, number: int) -> BankCall:
    now = timezone.now()
    return BankCall.objects.create(
        withdrawal=withdrawal, number=number, kind="FIND", begun_at=now, leased_until=now
    )


MEANINGS = {
    "pay": "Paid The bank has paid. The money has left the hospital.",
    "refuse": "Not paid The bank did not pay. The money is back in the wallet. Why: declined",
}


@pytest.mark.parametrize("fate", MEANINGS)
def test_a_page_says_where_the_money_is(db, fate):
    client = signed_in(UserFactory(role="Auditor"))

    shown = text_of(client.get(page(ended(fate))))

    assert f"NGN 60.00 {MEANINGS[fate]}" in shown


def test_what_was_never_debited_says_so(db):
    withdrawal = make_withdrawal("600.00", holding="100.00")
    bank = FakeBank()
    work_to_the_end(worker_at(bank), bank)

    shown = text_of(signed_in(UserFactory(role="Auditor")).get(page(withdrawal)))

    assert "Not paid Nothing was taken from the wallet. Why: The wallet holds NGN 100.00" in shown
    assert "The bank was not asked anything." in shown


def test_calls_stand_newest_first_with_what_came_back_and_late_ones_are_marked(db):
    withdrawal = in_review()
    BankAnswer.objects.create(
        call=add_call(withdrawal, 4),
        outcome="PAID",
        http_status=200,
        body='<script>alert("paid")</script>',
        answered_at=timezone.now(),
        is_late=True,
    )
    add_call(withdrawal, 5)

    answer = signed_in(UserFactory(role="Supervisor")).get(page(withdrawal))

    assert [
        (told.call.number, told.asked, told.outcome, told.is_late)
        for told in answer.context["calls"]
    ] == [
        (5, "Was it paid?", "No answer was recorded", False),
        (4, "Was it paid?", "Paid", True),
        (3, "Was it paid?", "No conclusive answer", False),
        (2, "Was it paid?", "No conclusive answer", False),
        (1, "Pay", "No conclusive answer", False),
    ]
    html = answer.content.decode()
    assert "&lt;script&gt;alert(&quot;paid&quot;)&lt;/script&gt;" in html
    assert "<script>alert" not in html
    assert text_of(answer).count("Late: the withdrawal had moved on") == 1


def test_calls_are_shown_page_by_page(db):
    withdrawal = in_review()
    for number in range(4, 31):
        add_call(withdrawal, number)
    Withdrawal.objects.filter(pk=withdrawal.pk).update(last_call=30)
    client = signed_in(UserFactory(role="Supervisor"))

    first, second = client.get(page(withdrawal)), client.get(page(withdrawal), {"before": "6"})
    odd = [client.get(page(withdrawal), {"before": one}) for one in ("x", "²", "9" * 18, "9" * 30)]

    numbers = [[told.call.number for told in one.context["calls"]] for one in (first, second)]
    assert numbers == [list(range(30, 5, -1)), [5, 4, 3, 2, 1]]
    assert first.context["older_url"] == f"{page(withdrawal)}?before=6"
    assert second.context["older_url"] is None
    assert [answer.status_code for answer in odd] == [200] * 4


def test_a_call_that_is_being_made_is_under_way(db):
    withdrawal = make_withdrawal()
    worker = worker_at(FakeBank())
    begun = worker._claim(asking_only=False)
    assert begun is not None

    answer = signed_in(UserFactory(role="Supervisor")).get(page(withdrawal))

    assert [told.outcome for told in answer.context["calls"]] == ["Under way"]
    assert "Being paid The money has left the wallet and is in transit." in text_of(answer)


def test_a_cashier_sees_what_became_of_it_but_not_the_banks_answers_or_the_journal(db):
    withdrawal = ended("refuse")
    entry = reverse("admin:client_wallet_journalentry_change", args=[withdrawal.refund_id])

    pages = {
        role: signed_in(UserFactory(role=role)).get(page(withdrawal))
        for role in ("Cashier", "Auditor")
    }

    assert {role: "calls" in answer.context for role, answer in pages.items()} == {
        "Cashier": False,
        "Auditor": True,
    }
    assert {
        role: f'href="{entry}"' in answer.content.decode() for role, answer in pages.items()
    } == {
        "Cashier": False,
        "Auditor": True,
    }
    assert f"Withdrawal returned {withdrawal.refund_id}" in text_of(pages["Cashier"])


def test_a_withdrawals_entries_lead_to_no_receipt(db):
    withdrawal = ended("refuse")
    client = signed_in(UserFactory(role="Supervisor"))

    pages = [
        client.get(page_of("client_wallet_walletaccount", withdrawal.wallet_id)),
        client.get(reverse("admin:client_wallet_journalentry_changelist")),
    ]

    receipts = [
        reverse("admin:receipt", args=[pk]) for pk in (withdrawal.debit_id, withdrawal.refund_id)
    ]
    assert [url in one.content.decode() for one in pages for url in receipts] == [False] * 4


def test_a_scheduled_one_is_called_off_once(real_commits):
    cashier, withdrawal = UserFactory(role="Cashier"), make_withdrawal()
    client = signed_in(cashier)
    assert call_off_page(withdrawal) in client.get(page(withdrawal)).content.decode()
    sent = {"one_time_key": open_form(client, call_off_page(withdrawal))}

    first = client.post(call_off_page(withdrawal), sent)
    second = client.post(call_off_page(withdrawal), sent)

    withdrawal.refresh_from_db()
    assert (withdrawal.status, withdrawal.ended_by) == ("CANCELLED", cashier)
    assert [first["Location"], second["Location"]] == [page(withdrawal)] * 2
    assert said(client, page(withdrawal)) == [
        f"{withdrawal} was called off.",
        f"{withdrawal} was called off. (This form had done it before; nothing was done again.)",
    ]
    assert call_off_page(withdrawal) not in client.get(page(withdrawal)).content.decode()
    assert client.get(call_off_page(withdrawal))["Location"] == page(withdrawal)


def test_one_that_was_begun_meanwhile_is_not_called_off(db):
    client, withdrawal = signed_in(UserFactory(role="Cashier")), make_withdrawal()
    key = open_form(client, call_off_page(withdrawal))
    bank = FakeBank()
    work_to_the_end(worker_at(bank), bank)
    before = rows.everything()

    answer = client.post(call_off_page(withdrawal), {"one_time_key": key})

    assert refused(answer) == {"__all__": ["This withdrawal can no longer be cancelled."]}
    assert rows.everything() == before


@pytest.mark.parametrize(
    ("decision", "status", "held", "last_entry", "words"),
    [
        (
            "PAID",
            "COMPLETED",
            "40.00",
            ("WITHDRAWAL_SETTLED", "WITHDRAWALS_IN_TRANSIT", "BANK"),
            "the bank paid it. Evidence: Line 7",
        ),
        (
            "NOT_PAID",
            "FAILED",
            "100.00",
            ("WITHDRAWAL_RETURNED", "WITHDRAWALS_IN_TRANSIT", "WALLETS"),
            "the money is back in the wallet. Evidence: Line 7",
        ),
    ],
)
def test_a_supervisor_decides_once_and_says_how_it_is_known(
    real_commits, decision, status, held, last_entry, words
):
    withdrawal, boss = in_review(), UserFactory(role="Supervisor")
    client = signed_in(boss)
    assert decide_page(withdrawal) in client.get(page(withdrawal)).content.decode()
    sent = {
        "decision": decision,
        "evidence": "Line 7",
        "is_sure": "on",
        "one_time_key": open_form(client, decide_page(withdrawal)),
    }

    first = client.post(decide_page(withdrawal), sent)
    told = said(client, first["Location"])
    again = client.post(decide_page(withdrawal), sent)

    withdrawal.refresh_from_db()
    assert (withdrawal.status, withdrawal.ended_by, withdrawal.evidence) == (status, boss, "Line 7")
    assert [first["Location"], again["Location"]] == [page(withdrawal)] * 2
    assert (balance_of(withdrawal.wallet), journal_of(withdrawal)[-1]) == (
        Decimal(held),
        last_entry,
    )
    assert told == [f"{withdrawal}: {words}"]
    shown = text_of(client.get(page(withdrawal)))
    assert f"Ended by {boss}" in shown
    assert "Evidence Line 7" in shown
    assert decide_page(withdrawal) not in client.get(page(withdrawal)).content.decode()
    assert client.get(decide_page(withdrawal))["Location"] == page(withdrawal)
    assert LogEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"decision": ""}, "decision", "This field is required."),
        ({"decision": "MAYBE"}, "decision", None),
        ({"evidence": "  "}, "evidence", "This field is required."),
        ({"evidence": "x" * 301}, "evidence", None),
        ({"is_sure": ""}, "is_sure", "Confirm that you have it from the bank."),
    ],
)
def test_a_decision_needs_to_be_whole(db, typed, field, words):
    withdrawal, client = in_review(), signed_in(UserFactory(role="Supervisor"))
    key = open_form(client, decide_page(withdrawal))
    before = rows.everything()

    answer = client.post(decide_page(withdrawal), {**BANK_PAID, "one_time_key": key, **typed})

    assert list(refused(answer)) == [field]
    assert words is None or refused(answer)[field] == [words]
    assert rows.everything() == before


def test_whoever_asked_is_told_why_somebody_else_decides(db):
    asker, other = UserFactory(role="Supervisor"), UserFactory(role="Supervisor")
    withdrawal = in_review(asker)

    own, others = [signed_in(user).get(page(withdrawal)) for user in (asker, other)]

    words = "You asked for this withdrawal yourself: another supervisor decides on it."
    assert [words in text_of(shown) for shown in (own, others)] == [True, False]
    offered = [decide_page(withdrawal) in shown.content.decode() for shown in (own, others)]
    assert offered == [False, True]


def test_whoever_asked_cannot_decide_even_by_the_address(db):
    asker = UserFactory(role="Supervisor")
    withdrawal, client = in_review(asker), signed_in(asker)
    key = open_form(client, decide_page(withdrawal))
    before = rows.everything()

    answer = client.post(decide_page(withdrawal), {**BANK_PAID, "one_time_key": key})

    assert refused(answer) == {"__all__": ["Whoever asked for a withdrawal cannot decide on it."]}
    assert rows.everything() == before


def test_a_decision_that_somebody_else_took_meanwhile_is_not_taken_again(db):
    withdrawal = in_review()
    clients = [signed_in(UserFactory(role="Supervisor")) for _ in range(2)]
    keys = [open_form(client, decide_page(withdrawal)) for client in clients]
    clients[0].post(decide_page(withdrawal), {**BANK_PAID, "one_time_key": keys[0]})
    before = rows.everything()

    answer = clients[1].post(decide_page(withdrawal), {**BANK_PAID, "one_time_key": keys[1]})

    assert refused(answer) == {"__all__": ["This withdrawal is not under review."]}
    assert rows.everything() == before


@pytest.mark.parametrize("role", ["Cashier", "Accountant", "Auditor", "Pharmacist"])
def test_only_a_supervisor_decides(db, role):
    withdrawal, client = in_review(), signed_in(UserFactory(role=role))
    before = rows.everything()

    answers = [
        client.get(decide_page(withdrawal)),
        client.post(decide_page(withdrawal), {**BANK_PAID, "one_time_key": str(uuid4())}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert rows.everything() == before


@pytest.mark.parametrize("odd", ["x", "00000000-0000-0000-0000-000000000000"])
def test_a_withdrawal_that_does_not_exist_is_not_found(db, odd):
    client = signed_in(UserFactory(role="Supervisor"))

    answers = [
        client.get(reverse(f"admin:client_wallet_withdrawal_{act}", args=[odd])).status_code
        for act in ("decide", "call_off")
    ]

    assert answers == [404, 404]
