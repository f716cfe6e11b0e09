"""Breaks of online payments, what gateways said of them, and payouts."""
# ruff: noqa: S608 - statements of our own, for throw-away databases

from collections.abc import Mapping, Sequence

from tests.invoicing_app.books.breaks.words import POSTING, change

PAYMENT = "client_wallet_onlinepayment"
EVENT = "client_wallet_gatewayevent"
PAYOUT = "client_wallet_gatewaypayout"
DEPOSIT = "client_wallet_walletdeposit"
CREDITED = "status = 'CREDITED'"
A_PAYMENT = "'online payment ' || id"
CLEARED = "account_id = 'GATEWAY_CLEARING' AND side = 'DEBIT'"
CLEARING = "'account GATEWAY_CLEARING'"

BREAKS: Mapping[str, Sequence[str]] = {
    "online-payments-match-deposits": [
        *(
            change(PAYMENT, wrong, CREDITED, A_PAYMENT)
            for wrong in (
                "amount = amount + 1",
                "wallet_id = gen_random_uuid()",
                "status = 'FAILED'",
                "deposit_id = NULL",
                "deposit_id = deposit_id + 1000",
            )
        ),
        change(
            DEPOSIT,
            "payment_method = 'ONLINE'",
            f"id = (SELECT min(id) FROM {DEPOSIT} WHERE payment_method = 'CASH')",
            "'deposit ' || id",
        ),
    ],
    "credited-on-the-gateways-word": [
        *(
            change(EVENT, wrong, "outcome = 'CREDITED'", "'online payment ' || payment_id")
            for wrong in (
                "state = 'FAILED'",
                "outcome = 'NOTED'",
                "amount = amount - 1",
                "currency = 'USD'",
            )
        ),
    ],
    "clearing-equals-credited-less-paid-out": [
        change(POSTING, "amount = amount + 1", CLEARED, CLEARING),
        change(PAYOUT, "fee_amount = fee_amount + 1", "true", CLEARING),
        change(DEPOSIT, "reversal_id = NULL", "payment_method = 'ONLINE'", CLEARING),
    ],
    "payouts-match-entries": [
        *(
            change(PAYOUT, wrong, "true", "'gateway payout ' || id")
            for wrong in (
                "amount = amount + 1",
                "fee_amount = 0",
                "reference = 'setl_2'",
                "entry_id = entry_id + 1000",
            )
        ),
    ],
}
