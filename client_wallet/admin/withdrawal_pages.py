"""What a withdrawal's page shows of its calls, and the pages on which it is decided or ended."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from client_wallet.admin.withdrawal_forms import CallOffForm, DecisionForm
from client_wallet.admin.withdrawal_words import LATE, account, told_call
from client_wallet.models import Withdrawal
from client_wallet.withdrawals import WithdrawalAnswer, cancel_withdrawal, decide_on_withdrawal
from hospital.core.act_pages import ActPage
from hospital.core.acts import Act
from hospital.core.admin import change_url, may
from hospital.core.forms import is_id
from hospital.core.money import with_currency

SEE_CALLS = ("client_wallet.view_bankcall", "client_wallet.view_bankanswer")
CALLS_PER_PAGE = 25


def call_panel(request: HttpRequest, withdrawal: Withdrawal) -> dict[str, Any]:
    """Return a page of calls, the newest first, for those who may read them."""
    if not all(may(request, permission) for permission in SEE_CALLS):
        return {}
    written = request.GET.get("before", "")
    before = int(written) if is_id(written) else None
    calls = withdrawal.calls.select_related("answer").order_by("-number")
    if before is not None:
        calls = calls.filter(number__lt=min(before, withdrawal.last_call + 1))
    shown = list(calls[: CALLS_PER_PAGE + 1])
    has_older = len(shown) > CALLS_PER_PAGE
    shown, now = shown[:CALLS_PER_PAGE], timezone.now()
    return {
        "calls": [told_call(call, withdrawal, now) for call in shown],
        "late": LATE,
        "newest_url": request.path if before else None,
        "older_url": f"{request.path}?before={shown[-1].number}" if has_older else None,
    }


def _facts(withdrawal: Withdrawal) -> tuple[tuple[str, Any], ...]:
    return (
        ("Patient", withdrawal.wallet.patient),
        ("Amount", with_currency(withdrawal.amount)),
        ("To account", account(withdrawal)),
        ("Reference", withdrawal.bank_reference),
        ("Asked for by", withdrawal.requested_by),
    )


def decision_page(withdrawal: Withdrawal) -> ActPage:
    def decide(typed: Mapping[str, Any], act: Act) -> WithdrawalAnswer:
        return decide_on_withdrawal(
            withdrawal_id=withdrawal.pk,
            paid=DecisionForm.says_paid(typed),
            evidence=typed["evidence"],
            act=act,
        )

    def done(typed: Mapping[str, Any]) -> str:
        if DecisionForm.says_paid(typed):
            return f"{withdrawal}: the bank paid it. Evidence: {typed['evidence']}"
        return f"{withdrawal}: the money is back in the wallet. Evidence: {typed['evidence']}"

    return ActPage(
        title="Decide on a withdrawal",
        button="Decide",
        form=DecisionForm,
        call=decide,
        done=done,
        land_on=change_url(withdrawal),
        close=change_url(withdrawal),
        explanation=(
            "Ask the bank for this reference. If it paid, the money has left the hospital; if it "
            "did not and never will, the money goes back to the wallet. Never decide on a guess: "
            "money given back for a payment that was made is lost."
        ),
        facts=(*_facts(withdrawal), ("Why in review", withdrawal.failure_detail)),
        is_final=True,
    )


def call_off_page(withdrawal: Withdrawal) -> ActPage:
    def call_off(typed: Mapping[str, Any], act: Act) -> WithdrawalAnswer:
        return cancel_withdrawal(withdrawal_id=withdrawal.pk, act=act)

    return ActPage(
        title="Call a withdrawal off",
        button="Call off",
        form=CallOffForm,
        call=call_off,
        done=lambda typed: f"{withdrawal} was called off.",
        land_on=change_url(withdrawal),
        close=change_url(withdrawal),
        explanation="Nothing was taken from the wallet yet, and nothing will be.",
        facts=_facts(withdrawal),
        is_final=True,
    )
