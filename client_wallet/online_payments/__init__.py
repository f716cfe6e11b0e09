"""Adding money through a gateway: asked for, credited once the gateway says it arrived."""

from client_wallet.online_payments.asking import (
    OnlinePaymentAsked,
    ask_for_online_payment,
    order_of,
    start_at_gateway,
)
from client_wallet.online_payments.crediting import Heard, credit_online_payment
from client_wallet.online_payments.payouts import PayoutRecorded, record_gateway_payout
from client_wallet.online_payments.reviewing import EventReviewed, review_gateway_event
from client_wallet.online_payments.settling import GATEWAY_USER, settle_due_payments

__all__ = [
    "GATEWAY_USER",
    "EventReviewed",
    "Heard",
    "OnlinePaymentAsked",
    "PayoutRecorded",
    "ask_for_online_payment",
    "credit_online_payment",
    "order_of",
    "record_gateway_payout",
    "review_gateway_event",
    "settle_due_payments",
    "start_at_gateway",
]
