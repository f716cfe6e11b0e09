"""What the desk shows of withdrawals: where the money is, and what the bank said."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from client_wallet.models import BankAnswer, BankCall, Withdrawal
from tests.admin_pages import page_of, signed_in, text_of
from tests.client_wallet.withdrawals.desk import (
    make_withdrawal,
)
from tests.client_wallet.withdrawals.fake_bank import FakeBank
from tests.client_wallet.withdrawals.pages import LIST, ended, in_review, page
from tests.client_wallet.withdrawals.workers import work_to_the_end, worker_at
from tests.factories import UserFactory
from tests.rows import statements

REVIEW = f"{LIST}review/"


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
