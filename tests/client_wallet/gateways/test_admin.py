"""Online payments at the desk: read by those who may, looked into by a supervisor; and payouts."""

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from client_wallet.models import GatewayEvent, GatewayPayout, GatewayReview
from invoicing_app.books.examination import check_books
from tests.admin_pages import open_form, signed_in
from tests.client_wallet.gateways.desk import ask, hear, paid
from tests.client_wallet.portal.pages import words
from tests.factories import UserFactory

PAYMENTS = "/admin/client_wallet/onlinepayment/"
EVENTS = "/admin/client_wallet/gatewayevent/"
PAYOUTS = "/admin/client_wallet/gatewaypayout/"
REVIEW = f"{EVENTS}review/"


def a_wrong_amount() -> GatewayEvent:
    hear(paid(ask("500.00"), amount=Decimal("5.00")))
    return GatewayEvent.objects.get()


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        ("Cashier", [200, 403, 403]),
        ("Supervisor", [200, 200, 200]),
        ("Accountant", [200, 200, 200]),
        ("Auditor", [200, 200, 200]),
        ("Pharmacist", [403, 403, 403]),
    ],
)
def test_who_reads_what(db, role, seen):
    client = signed_in(UserFactory(role=role))

    assert [client.get(path).status_code for path in (PAYMENTS, EVENTS, PAYOUTS)] == seen


def test_a_supervisor_sees_what_differs_and_writes_down_what_was_found(supervisor):
    event = a_wrong_amount()
    client = signed_in(supervisor)
    page = words(client.get(REVIEW))
    assert "Another amount than was asked for" in page
    assert "NGN 500.00 NGN 5.00" in page
    path = f"{EVENTS}{event.pk}/look-into/"
    typed = {"one_time_key": open_form(client, path), "evidence": "refunded as rfnd_1"}

    for _ in range(2):
        assert client.post(path, typed)["Location"] == REVIEW

    assert [(one.evidence, one.decided_by) for one in GatewayReview.objects.all()] == [
        ("refunded as rfnd_1", supervisor)
    ]
    assert "Nothing waits to be looked into" in words(client.get(REVIEW))
    assert "refunded as rfnd_1" in words(client.get(f"{EVENTS}{event.pk}/change/"))


def test_an_auditor_may_not_look_into_it(db):
    event = a_wrong_amount()
    client = signed_in(UserFactory(role="Auditor"))

    assert client.get(f"{EVENTS}{event.pk}/change/").status_code == 200
    assert client.get(f"{EVENTS}{event.pk}/look-into/").status_code == 403


@pytest.mark.parametrize("path", [PAYMENTS, EVENTS, REVIEW])
def test_a_list_asks_the_database_as_often_for_three_rows_as_for_one(
    supervisor, path, django_assert_num_queries, django_assert_max_num_queries
):
    client = signed_in(supervisor)
    a_wrong_amount()
    client.get(path)
    with django_assert_max_num_queries(100) as one:
        client.get(path)
    for _ in range(2):
        hear(paid(ask("500.00"), amount=Decimal("5.00")))

    with django_assert_num_queries(len(one)):
        client.get(path)


def test_a_credited_payment_leads_to_its_deposit(supervisor):
    payment = ask("500.00")
    hear(paid(payment))
    payment.refresh_from_db()

    page = signed_in(supervisor).get(f"{PAYMENTS}{payment.pk}/change/")

    assert (
        f"/admin/client_wallet/walletdeposit/{payment.deposit_id}/change/" in page.content.decode()
    )


def payout(*more: str, by: str) -> str:
    out = StringIO()
    given = ("sandbox", "setl_1", "--amount", "485", "--fee", "15", "--by", by)
    call_command("record_gateway_payout", *given, *more, stdout=out)
    return out.getvalue()


def test_the_command_records_a_payout_once(supervisor):
    hear(paid(ask("500.00")))

    said = [payout("--dry-run", by=supervisor.username)]
    assert GatewayPayout.objects.count() == 0
    said += [payout(by=supervisor.username) for _ in range(2)]

    end = "payout setl_1 of sandbox: 485.00 at the bank, 15.00 fee. The gateway holds 0.00.\n"
    begin = ["Would be recorded", "Recorded", "Was recorded before"]
    assert said == [f"{words}: {end}" for words in begin]
    assert GatewayPayout.objects.get().recorded_by == supervisor


def test_the_command_refuses_whoever_may_not_and_what_cannot_be(supervisor, cashier):
    with pytest.raises(CommandError, match="may not record payouts"):
        payout(by=cashier.username)
    with pytest.raises(CommandError, match="The gateway holds"):
        payout(by=supervisor.username)


def test_the_books_are_sound_with_online_payments_reversals_and_payouts(real_commits):
    supervisor = UserFactory(role="Supervisor")
    hear(paid(ask("500.00")))
    hear(paid(ask("700.00"), payment_reference="pay-2"))
    a_second = ask("20.00")
    hear(paid(a_second, payment_reference="pay-3"))
    hear(paid(a_second, payment_reference="pay-4"))
    payout(by=supervisor.username)

    assert check_books() == []
