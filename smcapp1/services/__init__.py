"""Acts on the hospital's records, one module per kind of act."""

from smcapp1.services.accounts import (
    OnlineAccount,
    change_password,
    claim_patient,
    reset_password,
    sign_up_patient,
)
from smcapp1.services.codes import CodeIssued, issue_patient_code
from smcapp1.services.consultations import Opened, lock_consultation, open_consultation
from smcapp1.services.lab_results import (
    Released,
    cancel_tests,
    enter_result,
    release_result,
    require_not_started,
)
from smcapp1.services.patients import Registered, change_patient, register_patient
from smcapp1.services.prices import require_no_past_day, set_price, set_prices
from smcapp1.services.stock import (
    Delivery,
    Need,
    Received,
    Taken,
    receive_deliveries,
    receive_stock,
    take_stock,
)
from smcapp1.services.stock_counts import (
    Counted,
    approve_stock_count,
    explain_stock_count,
    open_stock_count,
    reject_stock_count,
    submit_stock_count,
)
from smcapp1.services.stock_returns import StockReturn, StockReturned, return_stock
from smcapp1.services.write_offs import WrittenOff, write_off_stock

__all__ = [
    "CodeIssued",
    "Counted",
    "Delivery",
    "Need",
    "OnlineAccount",
    "Opened",
    "Received",
    "Registered",
    "Released",
    "StockReturn",
    "StockReturned",
    "Taken",
    "WrittenOff",
    "approve_stock_count",
    "cancel_tests",
    "change_password",
    "change_patient",
    "claim_patient",
    "enter_result",
    "explain_stock_count",
    "issue_patient_code",
    "lock_consultation",
    "open_consultation",
    "open_stock_count",
    "receive_deliveries",
    "receive_stock",
    "register_patient",
    "reject_stock_count",
    "release_result",
    "require_no_past_day",
    "require_not_started",
    "reset_password",
    "return_stock",
    "set_price",
    "set_prices",
    "sign_up_patient",
    "submit_stock_count",
    "take_stock",
    "write_off_stock",
]
