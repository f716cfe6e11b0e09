"""Wallets at the desk, with their movements."""

from decimal import Decimal
from typing import Any

from client_wallet.models import WalletDeposit
from client_wallet.services import deposit_to_wallet
from hospital.core.acts import Act
from tests.admin_pages import page_of, receipt_page, signed_in, text_of
from tests.factories import UserFactory, make_wallet


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
