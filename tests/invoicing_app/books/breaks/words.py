"""
The tables, rows and things that the breaks name, and how a row is changed or removed.
"""
# ruff: noqa: S608 - statements of our own, for throw-away databases

ACCOUNT = "client_wallet_ledgeraccount"
ENTRY = "client_wallet_journalentry"
POSTING = "client_wallet_posting"
WALLET = "client_wallet_walletaccount"
CLOSURE = "client_wallet_businessdayclosure"
TOTAL = "client_wallet_businessdaytotal"
REPORT = "invoicing_app_closeddayreport"
DEPOSIT = "client_wallet_walletdeposit"
TRANSFER = "client_wallet_transfer"
STATUS_CHANGE = "client_wallet_walletstatuschange"
PAYMENT = "invoicing_app_depositreceiving"
LINE = "invoicing_app_paymentline"
ITEM = "invoicing_app_billitem"
LINK = "invoicing_app_dispensedstock"
HAND_OUT = "invoicing_app_drughandout"
PORTION = "invoicing_app_handedoutstock"
COUNTER = "client_wallet_receiptcounter"
WITHDRAWAL = "client_wallet_withdrawal"
CALL = "client_wallet_bankcall"
ANSWER = "client_wallet_bankanswer"
BATCH = "smcapp1_stockbatch"
MOVEMENT = "smcapp1_stockmovement"
RESULT = "smcapp1_labresult"
STOCK_COUNT = "smcapp1_stockcount"
COUNT_LINE = "smcapp1_stockcountline"

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
FIRST_CLOSED = f"business_date = (SELECT min(business_date) FROM {CLOSURE})"
LAST_CLOSED = f"business_date = (SELECT max(business_date) FROM {CLOSURE})"


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
A_STOCK = "'dispensed stock ' || id"
A_STOCK_COUNT = "'stock count ' || id"
A_COUNT_LINE = "'stock count line ' || id"
A_BATCH = "'batch ' || id"
ITS_BATCH = "'batch ' || batch_id"
A_MOVEMENT = "'movement ' || id"
A_DAY = "'business day ' || business_date"
ITS_DAY = "'business day ' || closure_id"
A_RESULT = "'lab result ' || id"
