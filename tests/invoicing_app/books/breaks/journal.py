"""Breaks of the journal and the wallets' balances."""
# ruff: noqa: S608 - statements of our own, for throw-away databases

from collections.abc import Mapping, Sequence

from tests.invoicing_app.books.breaks.words import (
    A_DEPOSIT,
    A_POSTING,
    A_WALLET,
    ACCOUNT,
    AN_ENTRY,
    BY_CASH,
    BY_WALLET,
    CLOSURE,
    DEPOSIT,
    ENTRY,
    FIRST_FROZEN,
    ITS_ENTRY,
    ITS_WALLET,
    KEPT,
    LAST_FROZEN,
    OF_A_PAYMENT,
    OF_A_WALLET,
    PAYMENT,
    POSTING,
    SECOND,
    STATUS_CHANGE,
    THE_WALLET,
    WALLET,
    change,
    remove,
)

BREAKS: Mapping[str, Sequence[str]] = {
    "entries-balance": [
        change(POSTING, "amount = amount + 1", SECOND, ITS_ENTRY),
        change(POSTING, "amount = -amount", OF_A_PAYMENT, ITS_ENTRY),
        change(POSTING, "side = 'LEFT'", OF_A_PAYMENT, ITS_ENTRY),
        remove(POSTING, OF_A_PAYMENT, ITS_ENTRY),
        remove(ENTRY, "kind = 'REVERSAL'", AN_ENTRY),
    ],
    "accounts-are-known": [
        remove(
            ACCOUNT,
            "code = (SELECT min(drawer_id) FROM client_wallet_shift)",
            "'account ' || code",
        ),
        change(ACCOUNT, "kind = 'REVENUE'", "code = 'BANK'", "'account BANK'"),
        (
            f"WITH opened AS (INSERT INTO {ACCOUNT} VALUES ('SHADOW', '', 'ASSET'))"
            f" UPDATE {POSTING} SET account_id = 'SHADOW' WHERE account_id = 'BANK'"
            " RETURNING 'account SHADOW'"
        ),
        change(POSTING, "account_id = 'BANK'", SECOND, A_POSTING),
    ],
    "entries-have-documents": [
        remove(DEPOSIT, KEPT, ITS_ENTRY),
        change(
            ENTRY,
            "kind = 'TRANSFER'",
            f"id = (SELECT entry_id FROM {PAYMENT} WHERE {BY_CASH})",
            AN_ENTRY,
        ),
        change(DEPOSIT, "entry_id = entry_id + 1000", KEPT, A_DEPOSIT),
        change(
            PAYMENT,
            f"entry_id = (SELECT entry_id FROM {PAYMENT} WHERE {BY_CASH})",
            BY_WALLET,
            ITS_ENTRY,
        ),
    ],
    "closed-days-stay-closed": [
        (
            f"WITH last AS (SELECT * FROM {ENTRY} ORDER BY id DESC LIMIT 1), closed AS ("
            f" INSERT INTO {CLOSURE} (business_date, closed_at, closed_by_id,"
            " entry_count, entries_hash, previous_seal, seal)"
            " SELECT business_date, posted_at - interval '1 second', actor_id, 0, '', '', ''"
            " FROM last)"
            " SELECT 'journal entry ' || id FROM last"
        ),
    ],
    "wallets-equal-postings": [
        change(WALLET, "account_balance = account_balance + 1", A_WALLET, THE_WALLET),
        remove(WALLET, A_WALLET, THE_WALLET),
    ],
    "wallets-equal-liability": [
        change(WALLET, "account_balance = account_balance - 0.01", A_WALLET, "'account WALLETS'"),
    ],
    "wallets-not-negative": [
        change(WALLET, "account_balance = -1", A_WALLET, THE_WALLET),
        change(POSTING, "balance_after = -1", SECOND, A_POSTING),
    ],
    "running-balances-have-no-gap": [
        (
            f"WITH gone AS (DELETE FROM {POSTING} WHERE {SECOND} RETURNING wallet_id)"
            f" SELECT 'posting ' || id FROM {POSTING} JOIN gone USING (wallet_id)"
            " WHERE wallet_sequence = 3"
        ),
        change(POSTING, "balance_after = balance_after + 1", SECOND, A_POSTING),
        (
            f"UPDATE {ENTRY} entry SET posted_at = posted_at - interval '1 day' FROM {POSTING} line"
            f" WHERE line.entry_id = entry.id AND {SECOND} RETURNING 'posting ' || line.id"
        ),
    ],
    "wallet-rows-hold-the-last-posting": [
        *(
            change(WALLET, wrong, A_WALLET, THE_WALLET)
            for wrong in (
                "account_balance = account_balance + 1",
                "last_sequence = last_sequence + 1",
                "chain_head = ''",
                "last_posted_at = last_posted_at + interval '1 second'",
            )
        ),
    ],
    "wallet-status-is-its-last-change": [
        change(WALLET, "status = 'FROZEN'", f"id = {FIRST_FROZEN}", THE_WALLET),
        change(WALLET, "status = 'ACTIVE'", f"id = {LAST_FROZEN}", THE_WALLET),
        remove(WALLET, f"id = {FIRST_FROZEN}", THE_WALLET),
        remove(STATUS_CHANGE, "status = 'ACTIVE'", ITS_WALLET),
        change(
            STATUS_CHANGE,
            "status = 'CLOSED'",
            f"id = (SELECT max(id) FROM {STATUS_CHANGE})",
            ITS_WALLET,
        ),
    ],
    "hash-chains-hold": [
        *(
            (
                f"UPDATE {ENTRY} entry SET {wrong} FROM {POSTING} line"
                f" WHERE line.entry_id = entry.id AND {SECOND} RETURNING 'posting ' || line.id"
            )
            for wrong in (
                "memo = ''",
                "kind = 'TRANSFER'",
                "actor_id = actor_id + 1",
                "business_date = business_date - 1",
                "posted_at = posted_at + interval '1 microsecond'",
                "uid = gen_random_uuid()",
                "reverses_id = 1",
            )
        ),
        *(
            change(POSTING, wrong, SECOND, A_POSTING)
            for wrong in (
                "amount = amount + 0.01",
                "balance_after = balance_after + 0.01",
                "chain_hash = repeat('0', 64)",
                "account_id = 'BANK'",
            )
        ),
        (
            f"UPDATE {POSTING} other SET account_id = 'CARD_CLEARING' FROM {POSTING} line"
            " WHERE other.entry_id = line.entry_id AND other.id <> line.id"
            f" AND line.{OF_A_WALLET} AND line.wallet_sequence = 2 RETURNING 'posting ' || line.id"
        ),
    ],
}
