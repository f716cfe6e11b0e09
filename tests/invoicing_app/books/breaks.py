"""
For each check the ways to break the books behind the application's back.

Each is one statement for the databases' owner, after all triggers and constraints were taken away,
and returns the thing that the check must name.
"""
# ruff: noqa: S608 - statements of our own, for throw-away databases

from collections.abc import Mapping, Sequence

ACCOUNT = "client_wallet_ledgeraccount"
ENTRY = "client_wallet_journalentry"
POSTING = "client_wallet_posting"
WALLET = "client_wallet_walletaccount"
DEPOSIT = "client_wallet_walletdeposit"
TRANSFER = "client_wallet_transfer"
STATUS_CHANGE = "client_wallet_walletstatuschange"
PAYMENT = "invoicing_app_depositreceiving"
LINE = "invoicing_app_paymentline"
ITEM = "invoicing_app_billitem"
LINK = "invoicing_app_dispensedstock"
HAND_OUT = "invoicing_app_drughandout"
COUNTER = "client_wallet_receiptcounter"
WITHDRAWAL = "client_wallet_withdrawal"
CALL = "client_wallet_bankcall"
ANSWER = "client_wallet_bankanswer"
BATCH = "smcapp1_stockbatch"
MOVEMENT = "smcapp1_stockmovement"
RESULT = "smcapp1_labresult"

OF_A_PAYMENT = f"entry_id = (SELECT max(entry_id) FROM {PAYMENT} WHERE payment_method = 'WALLET')"
OF_A_WALLET = f"wallet_id = (SELECT wallet_id FROM {POSTING} WHERE wallet_sequence = 4)"
SECOND = f"{OF_A_WALLET} AND wallet_sequence = 2"
A_WALLET = f"id = (SELECT wallet_id FROM {POSTING} WHERE wallet_sequence = 4)"
KEPT = f"id = (SELECT min(id) FROM {DEPOSIT} WHERE reversal_id IS NULL)"
UNDONE = f"id = (SELECT min(id) FROM {DEPOSIT} WHERE reversal_id IS NOT NULL)"
REVERSING = f"entry_id = (SELECT min(id) FROM {ENTRY} WHERE kind = 'REVERSAL')"
BY_CASH = f"id = (SELECT min(id) FROM {PAYMENT} WHERE payment_method = 'CASH')"
BY_WALLET = f"id = (SELECT min(id) FROM {PAYMENT} WHERE payment_method = 'WALLET')"

FIRST_FROZEN = f"(SELECT wallet_id FROM {STATUS_CHANGE} ORDER BY id LIMIT 1)"
LAST_FROZEN = f"(SELECT wallet_id FROM {STATUS_CHANGE} ORDER BY id DESC LIMIT 1)"


PAID_OUT = "status = 'COMPLETED'"
RETURNED = "status = 'FAILED'"
UNKNOWN = "status = 'UNKNOWN'"


def first_item(kind: str, status: str) -> str:
    return (
        f"id = (SELECT min(item.id) FROM {ITEM} item"
        f" JOIN smcapp1_department department ON department.id = item.department_id"
        f" WHERE department.kind = '{kind}' AND item.status = '{status}')"
    )


PAID = first_item("PROCEDURE", "PAID")
PAID_DRUG = first_item("PHARMACY", "PAID")
UNPAID_DRUG = first_item("PHARMACY", "UNPAID")
PAID_TEST = first_item("LABORATORY", "PAID")
UNPAID_TEST = first_item("LABORATORY", "UNPAID")


def change(table: str, wrong: str, where: str, thing: str) -> str:
    return f"UPDATE {table} SET {wrong} WHERE {where} RETURNING {thing}"


def remove(table: str, where: str, thing: str) -> str:
    return f"DELETE FROM {table} WHERE {where} RETURNING {thing}"


AN_ENTRY = "'journal entry ' || id"
ITS_ENTRY = "'journal entry ' || entry_id"
A_POSTING = "'posting ' || id"
THE_WALLET = "'wallet ' || id"
A_DEPOSIT = "'deposit ' || id"
A_TRANSFER = "'transfer ' || id"
ITS_TRANSFER = f"(SELECT 'transfer ' || id FROM {TRANSFER})"
ITS_WALLET = "'wallet ' || wallet_id"
A_PAYMENT = "'payment ' || id"
AN_ITEM = "'bill item ' || id"
A_LINE = "'bill item ' || bill_item_id"
A_WITHDRAWAL = "'withdrawal ' || id"
ITS_WITHDRAWAL = "'withdrawal ' || withdrawal_id"
IN_TRANSIT = "'account WITHDRAWALS_IN_TRANSIT'"
A_RECEIPT = "'receipt ' || receipt_number"
A_HAND_OUT = "'hand-out ' || id"
A_BATCH = "'batch ' || id"
ITS_BATCH = "'batch ' || batch_id"
A_MOVEMENT = "'movement ' || id"
A_RESULT = "'lab result ' || id"

BREAKS: Mapping[str, Sequence[str]] = {
    "entries-balance": [
        change(POSTING, "amount = amount + 1", SECOND, ITS_ENTRY),
        change(POSTING, "amount = -amount", OF_A_PAYMENT, ITS_ENTRY),
        change(POSTING, "side = 'LEFT'", OF_A_PAYMENT, ITS_ENTRY),
        remove(POSTING, OF_A_PAYMENT, ITS_ENTRY),
        remove(ENTRY, "kind = 'REVERSAL'", AN_ENTRY),
    ],
    "accounts-are-known": [
        remove(ACCOUNT, "code = 'CASH'", "'account CASH'"),
        change(ACCOUNT, "kind = 'REVENUE'", "code = 'CASH'", "'account CASH'"),
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
            " INSERT INTO client_wallet_businessdayclosure (business_date, closed_at, closed_by_id)"
            " SELECT business_date, posted_at - interval '1 second', actor_id FROM last)"
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
    "deposits-match-entries": [
        *(
            change(DEPOSIT, wrong, KEPT, A_DEPOSIT)
            for wrong in (
                "amount = amount + 1",
                "payment_method = 'CARD'",
                "wallet_id = gen_random_uuid()",
                "balance_after = balance_after + 1",
                "business_date = business_date - 1",
                "taken_by_id = taken_by_id + 1",
                "created_at = created_at + interval '1 second'",
                "receipt_number = 'DEP-0000-000000'",
                "entry_id = entry_id + 1000",
            )
        ),
    ],
    "reversals-mirror-deposits": [
        change(POSTING, "account_id = 'BANK'", f"{REVERSING} AND wallet_id IS NULL", ITS_ENTRY),
        change(POSTING, "amount = amount + 1", REVERSING, ITS_ENTRY),
        change(ENTRY, "reverses_id = NULL", "kind = 'REVERSAL'", AN_ENTRY),
        change(
            ENTRY,
            f"reverses_id = (SELECT entry_id FROM {DEPOSIT} WHERE {UNDONE})",
            f"id = (SELECT entry_id FROM {DEPOSIT} WHERE {KEPT})",
            AN_ENTRY,
        ),
        *(
            change(DEPOSIT, wrong, UNDONE, A_DEPOSIT)
            for wrong in (
                "reversed_by_id = taken_by_id",
                "reversed_at = reversed_at + interval '1 second'",
                "entry_id = entry_id + 1000",
                "reversal_id = entry_id",
            )
        ),
    ],
    "payments-match-entries": [
        *(
            change(PAYMENT, wrong, BY_WALLET, A_PAYMENT)
            for wrong in (
                "total_due = total_due + 1",
                "payment_method = 'CASH'",
                "wallet_id = NULL",
                "business_date = business_date - 1",
                "taken_by_id = taken_by_id + 1",
                "created_at = created_at + interval '1 second'",
                "receipt_number = 'PAY-0000-000000'",
                "entry_id = entry_id + 1000",
                "consultation_id = (SELECT min(id) FROM smcapp1_consultation)",
            )
        ),
    ],
    "transfers-match-entries": [
        *(
            change(TRANSFER, wrong, "true", A_TRANSFER)
            for wrong in (
                "id = gen_random_uuid()",
                "from_wallet_id = to_wallet_id",
                "to_wallet_id = from_wallet_id",
                "amount = amount + 1",
                "requested_by_id = requested_by_id + 1",
                "created_at = created_at + interval '1 second'",
                "entry_id = entry_id + 1000",
            )
        ),
        *(
            change(
                POSTING,
                wrong,
                f"entry_id = (SELECT entry_id FROM {TRANSFER}) AND side = '{side}'",
                ITS_TRANSFER,
            )
            for side in ("DEBIT", "CREDIT")
            for wrong in (
                "amount = amount + 1",
                "account_id = 'BANK'",
                "wallet_id = gen_random_uuid()",
            )
        ),
    ],
    "paid-items-have-one-line": [
        change(ITEM, "status = 'UNPAID', receipt_number = ''", PAID, AN_ITEM),
        change(ITEM, "status = 'PAID', receipt_number = '1'", UNPAID_DRUG, AN_ITEM),
        change(ITEM, "receipt_number = '1'", UNPAID_DRUG, AN_ITEM),
        change(ITEM, "receipt_number = '1'", PAID, AN_ITEM),
        change(ITEM, "line_total = line_total + 1", PAID, AN_ITEM),
        change(ITEM, "consultation_id = consultation_id + 1", PAID, AN_ITEM),
        change(LINE, "amount = amount + 1", f"bill_item_{PAID}", A_LINE),
        change(
            PAYMENT,
            "department = 'OTHER'",
            BY_CASH,
            f"""
        (SELECT 'bill item ' || min(bill_item_id) FROM {LINE} WHERE payment_id = {PAYMENT}.id)""",
        ),
        remove(LINE, f"bill_item_{PAID}", A_LINE),
        remove(ITEM, PAID, AN_ITEM),
        (
            f"INSERT INTO {LINE} (payment_id, bill_item_id, amount)"
            f" SELECT payment_id, bill_item_id, amount FROM {LINE} LIMIT 1 RETURNING {A_LINE}"
        ),
    ],
    "payments-equal-lines": [
        change(LINE, "amount = amount + 1", f"bill_item_{PAID}", "'payment ' || payment_id"),
        remove(LINE, f"bill_item_{PAID}", "'payment ' || payment_id"),
        change(PAYMENT, "total_due = total_due + 1", BY_CASH, A_PAYMENT),
        (
            f"UPDATE {POSTING} SET account_id = 'REVENUE-LABORATORY' WHERE {OF_A_PAYMENT}"
            " AND side = 'CREDIT'"
            f" RETURNING (SELECT 'payment ' || id FROM {PAYMENT} WHERE {BY_WALLET})"
        ),
    ],
    "revenue-equals-paid-items": [
        change(ITEM, "line_total = line_total + 1", PAID, "'department PROCEDURE'"),
        change(ITEM, "status = 'REFUNDED'", PAID_TEST, "'department LABORATORY'"),
        change(LINE, "amount = amount - 1", f"bill_item_{PAID_DRUG}", "'department PHARMACY'"),
        change(
            POSTING,
            "amount = amount + 1",
            f"{OF_A_PAYMENT} AND account_id = 'REVENUE-PROCEDURE'",
            "'department ALL'",
        ),
        change(
            POSTING,
            "account_id = 'REVENUE-NOWHERE'",
            f"{OF_A_PAYMENT} AND account_id = 'REVENUE-PROCEDURE'",
            "'department NOWHERE'",
        ),
    ],
    "receipt-numbers-unique": [
        change(
            DEPOSIT,
            f"receipt_number = (SELECT receipt_number FROM {PAYMENT} WHERE {BY_CASH})",
            KEPT,
            A_RECEIPT,
        ),
    ],
    "receipt-numbers-have-no-gap": [
        change(
            COUNTER,
            "last_number = last_number + 1",
            "series = 'PAY'",
            "'counter PAY of user ' || cashier_id",
        ),
        remove(DEPOSIT, "receipt_number LIKE '%2'", A_RECEIPT),
        change(PAYMENT, "taken_by_id = 1000", BY_CASH, A_RECEIPT),
        *(
            change(PAYMENT, f"receipt_number = {wrong}", BY_CASH, A_RECEIPT)
            for wrong in (
                "replace(receipt_number, 'PAY', 'DEP')",
                "replace(receipt_number, '-00', '-000')",
                "'PAY-1'",
                "receipt_number || '9'",
            )
        ),
    ],
    "stock-equals-movements": [
        change(BATCH, "quantity_on_hand = quantity_on_hand + 1", "true", A_BATCH),
        change(MOVEMENT, "quantity = quantity + 1", "kind = 'DISPENSED'", ITS_BATCH),
        (
            f"WITH sold AS (UPDATE {BATCH} SET quantity_on_hand = quantity_on_hand - 1000)"
            f" UPDATE {MOVEMENT} SET quantity = quantity + 1000"
            f" WHERE id = (SELECT max(id) FROM {MOVEMENT}) RETURNING {ITS_BATCH}"
        ),
        remove(BATCH, "true", A_BATCH),
    ],
    "stock-runs-without-gap": [
        change(MOVEMENT, "quantity_after = quantity_after + 1", "kind = 'DISPENSED'", A_MOVEMENT),
        (
            f"WITH gone AS (DELETE FROM {MOVEMENT} WHERE kind = 'RECEIVED' RETURNING id, batch_id)"
            f" SELECT 'movement ' || min(later.id) FROM {MOVEMENT} later JOIN gone USING (batch_id)"
            " WHERE later.id > gone.id"
        ),
    ],
    "dispensed-equals-paid-drugs": [
        remove(LINK, f"bill_item_{PAID_DRUG}", A_LINE),
        remove(LINK, f"bill_item_{PAID_DRUG}", "'movement ' || movement_id"),
        change(
            LINK,
            f"bill_item_id = (SELECT id FROM {ITEM} WHERE {UNPAID_DRUG})",
            f"bill_item_{PAID_DRUG}",
            A_LINE,
        ),
        change(ITEM, "quantity = quantity + 1", PAID_DRUG, AN_ITEM),
        change(ITEM, "service_item_id = service_item_id + 1", PAID_DRUG, AN_ITEM),
        change(ITEM, "status = 'UNPAID'", PAID_DRUG, AN_ITEM),
        (
            f"UPDATE {MOVEMENT} moved SET kind = 'WRITTEN_OFF' FROM {LINK} link"
            f" WHERE link.movement_id = moved.id AND bill_item_{PAID_DRUG} RETURNING {A_LINE}"
        ),
    ],
    "handed-out-was-paid": [
        change(HAND_OUT, "quantity = quantity + 1000", "true", A_LINE),
        change(
            HAND_OUT,
            f"bill_item_id = (SELECT id FROM {ITEM} WHERE {UNPAID_DRUG})",
            "true",
            A_LINE,
        ),
        change(HAND_OUT, f"bill_item_id = (SELECT id FROM {ITEM} WHERE {PAID})", "true", A_LINE),
        change(HAND_OUT, "bill_item_id = 1000000", "true", A_LINE),
        (
            f"INSERT INTO {HAND_OUT} (bill_item_id, quantity, handed_out_by_id, handed_out_at)"
            f" SELECT bill_item_id, quantity, handed_out_by_id, handed_out_at FROM {HAND_OUT}"
            f" RETURNING {A_LINE}"
        ),
    ],
    "handed-out-was-dispensed": [
        change(
            LINK,
            "hand_out_id = NULL",
            "hand_out_id IS NOT NULL",
            f"(SELECT 'hand-out ' || min(id) FROM {HAND_OUT})",
        ),
        change(HAND_OUT, "quantity = quantity - 1", "true", A_HAND_OUT),
        change(HAND_OUT, "bill_item_id = bill_item_id + 1", "true", A_HAND_OUT),
        remove(HAND_OUT, "true", A_HAND_OUT),
        change(
            LINK,
            f"hand_out_id = (SELECT min(id) FROM {HAND_OUT})",
            "hand_out_id IS NULL",
            "'hand-out ' || hand_out_id",
        ),
    ],
    "lab-results-equal-paid-tests": [
        remove(
            RESULT,
            "true",
            f"(SELECT 'bill item ' || id FROM {ITEM} WHERE lab_result_id = {RESULT}.id)",
        ),
        change(ITEM, "lab_result_id = NULL", PAID_TEST, AN_ITEM),
        change(ITEM, "status = 'REFUNDED'", PAID_TEST, AN_ITEM),
        change(ITEM, "status = 'PAID'", UNPAID_TEST, AN_ITEM),
        change(ITEM, "service_item_id = 1000", PAID_TEST, AN_ITEM),
        (
            f"UPDATE {ITEM} SET status = 'PAID', lab_result_id ="
            f" (SELECT lab_result_id FROM {ITEM} WHERE {PAID_TEST})"
            f" WHERE {UNPAID_TEST} RETURNING 'lab result ' || lab_result_id"
        ),
        (
            "INSERT INTO smcapp1_labresult (consultation_id, test_id, status, result, requested_at)"
            " SELECT consultation_id, test_id, status, result, requested_at FROM smcapp1_labresult"
            f" LIMIT 1 RETURNING {A_RESULT}"
        ),
    ],
    "in-transit-equals-withdrawals": [
        change(WITHDRAWAL, "amount = amount + 1", UNKNOWN, IN_TRANSIT),
        change(WITHDRAWAL, "status = 'CANCELLED'", UNKNOWN, IN_TRANSIT),
        change(
            POSTING,
            "amount = amount - 0.01",
            f"entry_id = (SELECT refund_id FROM {WITHDRAWAL} WHERE {RETURNED})",
            IN_TRANSIT,
        ),
    ],
    "status-tells-where-the-money-is": [
        change(WITHDRAWAL, "refund_id = debit_id", PAID_OUT, A_WITHDRAWAL),
        change(WITHDRAWAL, "settlement_id = NULL", PAID_OUT, A_WITHDRAWAL),
        change(WITHDRAWAL, "debit_id = NULL", PAID_OUT, A_WITHDRAWAL),
        change(WITHDRAWAL, "refund_id = NULL", RETURNED, A_WITHDRAWAL),
        change(WITHDRAWAL, "settlement_id = refund_id", RETURNED, A_WITHDRAWAL),
        change(WITHDRAWAL, "debit_id = NULL", UNKNOWN, A_WITHDRAWAL),
        change(WITHDRAWAL, "refund_id = debit_id", UNKNOWN, A_WITHDRAWAL),
        change(WITHDRAWAL, "status = 'SCHEDULED'", UNKNOWN, A_WITHDRAWAL),
        change(WITHDRAWAL, "status = 'PAID'", UNKNOWN, A_WITHDRAWAL),
    ],
    "withdrawals-match-entries": [
        *(
            change(WITHDRAWAL, wrong, PAID_OUT, A_WITHDRAWAL)
            for wrong in (
                "amount = amount + 1",
                "wallet_id = gen_random_uuid()",
                "bank_reference = 'WD-1'",
                "settlement_id = debit_id",
                "settlement_id = settlement_id + 1000",
            )
        ),
        change(WITHDRAWAL, "refund_id = debit_id", RETURNED, A_WITHDRAWAL),
        change(WITHDRAWAL, "wallet_id = gen_random_uuid()", UNKNOWN, A_WITHDRAWAL),
        *(
            (
                f"UPDATE {POSTING} line SET {wrong} FROM {WITHDRAWAL} withdrawal"
                f" WHERE line.entry_id = withdrawal.refund_id AND line.{where}"
                " RETURNING 'withdrawal ' || withdrawal.id"
            )
            for wrong, where in (
                ("account_id = 'BANK'", "side = 'DEBIT'"),
                ("account_id = 'CASH', wallet_id = NULL", "side = 'CREDIT'"),
            )
        ),
    ],
    "calls-are-counted": [
        change(WITHDRAWAL, "last_call = last_call + 1", UNKNOWN, A_WITHDRAWAL),
        change(WITHDRAWAL, "attempts = attempts + 1", UNKNOWN, A_WITHDRAWAL),
        change(CALL, "number = number + 1", "kind = 'FIND'", ITS_WITHDRAWAL),
        change(CALL, "kind = 'SUBMIT'", "kind = 'FIND'", ITS_WITHDRAWAL),
        remove(CALL, "kind = 'FIND'", ITS_WITHDRAWAL),
        (
            f"UPDATE {ANSWER} answer SET outcome = 'INCONCLUSIVE' FROM {CALL} call"
            " WHERE call.id = answer.call_id AND answer.outcome = 'PAID'"
            " RETURNING 'withdrawal ' || call.withdrawal_id"
        ),
    ],
}
