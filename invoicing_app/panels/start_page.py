"""The admin's first page: what each person's work begins with, by what they may do."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from hospital.core.admin import may
from invoicing_app.panels.dashboard import dashboard
from invoicing_app.panels.receipts import receipt_lines
from invoicing_app.panels.shifts import shift_panel
from invoicing_app.takings import newest_receipts, takings_of

RECEIPTS_SHOWN = 10
MONEY = ("client_wallet.take_deposit", "invoicing_app.take_payment")


@dataclass(frozen=True)
class Way:
    """A way from the first page to where work is done, for who holds the permission."""

    title: str
    explanation: str
    page: str  # of the admin
    permission: str


ACTS = (
    Way(
        "Take payment",
        "For a visit's bill, by any method.",
        "invoicing_app_depositreceiving_add",
        "invoicing_app.take_payment",
    ),
    Way(
        "Take deposit",
        "Into a patient's wallet.",
        "client_wallet_walletdeposit_add",
        "client_wallet.take_deposit",
    ),
    Way(
        "Register patient",
        "Somebody who has no hospital number yet.",
        "smcapp1_patientprofile_add",
        "smcapp1.add_patientprofile",
    ),
)
WORK = (
    Way(
        "Drugs to hand out",
        "Paid for, waiting at the pharmacy.",
        "invoicing_app_drughandout_waiting",
        "invoicing_app.hand_out_drugs",
    ),
    Way(
        "Receive stock",
        "A delivery: batch, expiry, cost and quantity.",
        "smcapp1_stockbatch_add",
        "smcapp1.add_stockbatch",
    ),
    Way(
        "Stock by drug",
        "What is on the shelf, and what it is worth.",
        "smcapp1_serviceitem_stock",
        "smcapp1.add_stockbatch",
    ),
    Way(
        "Near expiry",
        "Batches to be used, or written off, soon.",
        "smcapp1_stockbatch_near_expiry",
        "smcapp1.add_stockbatch",
    ),
    Way(
        "Low stock",
        "Drugs to be ordered again.",
        "smcapp1_serviceitem_low_stock",
        "smcapp1.add_stockbatch",
    ),
    Way(
        "Tests waiting",
        "Paid for, without a released result.",
        "smcapp1_labresult_waiting",
        "smcapp1.change_labresult",
    ),
    Way(
        "Withdrawals to review",
        "Sent to the bank, which never said what became of them.",
        "client_wallet_withdrawal_review",
        "client_wallet.review_withdrawal",
    ),
    Way(
        "Deposits",
        "Of everybody, the newest first; the page of one reverses it.",
        "client_wallet_walletdeposit_changelist",
        "client_wallet.reverse_deposit",
    ),
    Way(
        "Items and prices",
        "The catalogue, price lists, and what changes when.",
        "smcapp1_serviceitem_changelist",
        "smcapp1.change_serviceitem",
    ),
    Way(
        "Payments",
        "Every bill that was paid, and its receipt.",
        "invoicing_app_depositreceiving_changelist",
        "client_wallet.view_journalentry",
    ),
    Way(
        "Deposits",
        "Every deposit, and those that were reversed.",
        "client_wallet_walletdeposit_changelist",
        "client_wallet.view_journalentry",
    ),
    Way(
        "Journal",
        "Every entry with both its sides.",
        "client_wallet_journalentry_changelist",
        "client_wallet.view_journalentry",
    ),
    Way(
        "Wallets",
        "What the hospital holds for each patient.",
        "client_wallet_walletaccount_changelist",
        "client_wallet.view_journalentry",
    ),
)


def start_page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add to the first page's context what the signed-in person begins their work with."""
    context |= {
        "acts": list(_ways(request, ACTS)),
        "work": list(_ways(request, WORK)),
        "may_find": may(request, "smcapp1.view_patientprofile"),
        **shift_panel(request),
    }
    if any(may(request, permission) for permission in MONEY):
        context |= _own_day(request)
    if may(request, "client_wallet.view_journalentry"):
        context["dashboard"] = dashboard(timezone.localdate())
    return context


def _ways(request: HttpRequest, ways: tuple[Way, ...]) -> Iterator[dict[str, str]]:
    """Yield the ways that are open to the signed-in person, each page once."""
    shown = set()
    for way in ways:
        if may(request, way.permission) and way.page not in shown:
            shown.add(way.page)
            url = reverse(f"admin:{way.page}")
            yield {"title": way.title, "explanation": way.explanation, "url": url}


def _own_day(request: HttpRequest) -> dict[str, Any]:
    receipts = newest_receipts(request.user, RECEIPTS_SHOWN)
    return {
        "takings": takings_of(request.user, timezone.localdate()),
        "receipts": receipt_lines(receipts),
    }
