"""Wallets at the desk: movements, freezing, where they pay out to; and transfers between them."""

from decimal import Decimal
from typing import Any

from django.test import Client
from django.urls import reverse

from client_wallet.freezing import freeze_wallet
from client_wallet.models import PayoutAccount, WalletAccount, WalletDeposit
from client_wallet.services import deposit_to_wallet
from client_wallet.transfers import transfer_between_wallets
from hospital.core.acts import Act
from tests.admin_pages import links_of, open_form, page_of, receipt_page, signed_in, text_of
from tests.factories import PatientFactory, UserFactory, make_wallet

WALLETS = "client_wallet_walletaccount"


def test_a_wallets_page_shows_movements_and_pages_back(db):
    wallet = make_wallet(holding="10.00")
    cashier = UserFactory(role="Cashier")
    for _ in range(30):
        deposit_to_wallet(patient_id=wallet.patient_id, amount=Decimal("1000.00"), act=Act(cashier))
    client = signed_in(cashier)
    page = page_of("client_wallet_walletaccount", wallet.pk)

    first, second = client.get(page), client.get(page, {"before": "7"})
    odd = [client.get(page, {"before": wrong}) for wrong in ("x", "", "²", "9" * 30)]

    def sequences(response: Any) -> list[int]:
        return [row[0] for row in response.context["movements"]["rows"]]

    assert sequences(first) == list(range(31, 6, -1))
    assert sequences(second) == [6, 5, 4, 3, 2, 1]
    assert (first.context["older_url"], second.context["older_url"]) == (f"{page}?before=7", None)
    assert "30,010.00" in text_of(first)
    assert [response.status_code for response in odd] == [200] * 4


def test_a_movement_of_a_wallet_leads_to_its_receipt(db):
    deposit = WalletDeposit.objects.get(wallet=make_wallet(holding="500.00"))

    page = signed_in(UserFactory(role="Cashier")).get(
        page_of("client_wallet_walletaccount", deposit.wallet_id)
    )

    assert f'href="{receipt_page(deposit)}">{deposit.receipt_number}</a>' in page.content.decode()


def test_nothing_that_takes_money_out_is_offered_for_a_frozen_wallet(db):
    wallet, client = make_wallet(status="FROZEN"), signed_in(UserFactory(role="Supervisor"))

    links = links_of(client.get(wallet_page(wallet)))

    offered = [wallet_page(wallet, act) in links for act in ("withdraw", "transfer", "unfreeze")]
    assert offered == [False, False, True]


def wallet_page(wallet: WalletAccount, act: str = "") -> str:
    """Return the address of a wallet's page, or of the page of an act on it."""
    name = f"admin:client_wallet_walletaccount_{act}" if act else ""
    return reverse(name, args=[wallet.pk]) if act else page_of(WALLETS, wallet.pk)


def press(client: Client, page: str, **typed: str) -> Any:
    """Fill in the form of a page, and send it."""
    return client.post(page, {**typed, "one_time_key": open_form(client, page)})


def test_a_supervisor_freezes_and_unfreezes_for_a_reason_that_everybody_reads(supervisor, cashier):
    wallet = make_wallet(holding="10.00")
    client, page = signed_in(supervisor), wallet_page(wallet)

    frozen = press(client, wallet_page(wallet, "freeze"), reason="Card stolen")
    seen = client.get(page)
    unfrozen = press(client, wallet_page(wallet, "unfreeze"), reason="Card found")

    assert (frozen.url, unfrozen.url) == (page, page)
    assert [(one.status, one.reason) for one in wallet.status_changes.order_by("pk")] == [
        ("FROZEN", "Card stolen"),
        ("ACTIVE", "Card found"),
    ]
    assert wallet_page(wallet, "unfreeze") in links_of(seen)
    assert wallet_page(wallet, "freeze") not in links_of(seen)
    assert "Card stolen" in text_of(signed_in(cashier).get(page))


def test_a_wallet_is_frozen_once_by_a_form_that_is_sent_twice(supervisor):
    wallet = make_wallet()
    client, page = signed_in(supervisor), wallet_page(wallet, "freeze")
    form = {"reason": "Card stolen", "one_time_key": open_form(client, page)}

    sent = [client.post(page, form) for _ in range(2)]
    other_form = press(client, page, reason="Card stolen")

    assert [response.status_code for response in sent] == [302, 302]
    assert wallet.status_changes.count() == 1
    assert "This wallet is frozen already." in text_of(other_form)


def test_who_may_not_freeze_finds_no_way_to_it(cashier):
    wallet = make_wallet()
    client = signed_in(cashier)

    page, act = client.get(wallet_page(wallet)), client.get(wallet_page(wallet, "freeze"))

    assert wallet_page(wallet, "freeze") not in links_of(page)
    assert act.status_code == 403


def test_a_cashier_saves_the_account_that_a_wallet_pays_out_to(cashier):
    wallet = make_wallet()
    client, page = signed_in(cashier), wallet_page(wallet, "save_payout_account")
    before = text_of(client.get(wallet_page(wallet)))

    press(client, page, bank_code="058", account_number="0123456789", account_name="Ada Obi")
    after = text_of(client.get(wallet_page(wallet)))
    form = client.get(page).context["form"]

    saved = PayoutAccount.objects.get(wallet=wallet)
    assert (saved.bank_code, saved.account_number, saved.account_name, saved.saved_by) == (
        "058",
        "0123456789",
        "Ada Obi",
        cashier,
    )
    assert "no account is saved" in before
    assert "Ada Obi, 0123456789 at 058" in after
    assert (form["bank_code"].value(), form["account_name"].value()) == ("058", "Ada Obi")


def test_an_account_that_is_none_is_refused_beside_its_field(cashier):
    wallet = make_wallet()
    page = wallet_page(wallet, "save_payout_account")

    refused = press(
        signed_in(cashier), page, bank_code="05\t8", account_number="1", account_name="Ada"
    )

    assert refused.context["form"].errors == {"bank_code": ["Write no control characters."]}
    assert not PayoutAccount.objects.exists()


def test_an_auditor_reads_all_of_a_wallet_and_can_do_nothing_with_it(supervisor):
    wallet = make_wallet()
    freeze_wallet(wallet_id=wallet.pk, reason="Card stolen", act=Act(supervisor))
    client = signed_in(UserFactory(role="Auditor"))

    page = client.get(wallet_page(wallet))
    acts = [wallet_page(wallet, act) for act in ("freeze", "unfreeze", "save_payout_account")]

    assert "Card stolen" in text_of(page)
    assert "no account is saved" in text_of(page)
    assert not {*acts} & links_of(page)
    assert [client.get(act).status_code for act in acts] == [403, 403, 403]


def test_a_transfer_is_found_by_either_patient_and_leads_to_both_wallets(cashier):
    sender = make_wallet(holding="10.00", patient=PatientFactory(last_name="Sendington"))
    recipient = make_wallet(patient=PatientFactory(last_name="Receiverson"))
    made = transfer_between_wallets(
        from_wallet_id=sender.pk,
        to_wallet_id=recipient.pk,
        amount=Decimal("4.00"),
        reference_id="rent",
        note="for May",
        act=Act(cashier),
    )
    client, list_page = signed_in(cashier), reverse("admin:client_wallet_transfer_changelist")

    found = [
        client.get(list_page, {"q": asked}).context["cl"].result_list
        for asked in ("Sendington", "Receiverson", "rent", "nothing")
    ]
    transfer_page = page_of("client_wallet_transfer", made.id)
    page = client.get(transfer_page)

    assert [len(rows) for rows in found] == [1, 1, 1, 0]
    assert {wallet_page(sender), wallet_page(recipient)} <= links_of(page)
    assert "for May" in text_of(page)
    for wallet in (sender, recipient):
        assert transfer_page in links_of(client.get(wallet_page(wallet)))
