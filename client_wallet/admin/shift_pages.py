"""The pages on which a shift's drawer is counted, and a difference accepted."""

from collections.abc import Mapping
from typing import Any

from client_wallet.admin.shift_forms import AcceptForm, CountForm
from client_wallet.admin.shift_words import compared, person
from client_wallet.models import Shift
from client_wallet.shifts import accept_variance, count_shift, recount_shift
from hospital.core.act_pages import ActPage
from hospital.core.acts import Act
from hospital.core.admin import Repeatable, change_url

COUNT_TEMPLATE = "client_wallet/shifts/count.html"
BLIND = (
    "Count what lies in the drawer, piece by piece. What should be in it is shown after the count. "
    "All that you count leaves the drawer for the safe, where somebody else receives it."
)


def close_page(shift: Shift) -> ActPage:
    """Return the page on which an open shift is counted, and closed if the count is accepted."""

    def close(typed: Mapping[str, Any], act: Act) -> Repeatable:
        return count_shift(shift_id=shift.pk, act=act, **_counted(typed))

    return ActPage(
        title="Count the drawer and close the shift",
        button="This is what I counted",
        form=CountForm,
        call=close,
        done=lambda typed: f"The drawer of {shift} was counted.",
        land_on=change_url(shift),
        close=change_url(shift),
        explanation=BLIND,
        facts=(("Cashier", person(shift.cashier)),),
        template=COUNT_TEMPLATE,
    )


def recount_page(shift: Shift) -> ActPage:
    """Return the page on which a shift is counted again, because its count differed too much."""

    def recount(typed: Mapping[str, Any], act: Act) -> Repeatable:
        return recount_shift(shift_id=shift.pk, act=act, **_counted(typed))

    return ActPage(
        title="Count the drawer again",
        button="This is what I counted",
        form=CountForm,
        call=recount,
        done=lambda typed: f"The drawer of {shift} was counted again.",
        land_on=change_url(shift),
        close=change_url(shift),
        explanation="The earlier counts stay; the last one is what the shift comes to.",
        facts=(("Cashier", person(shift.cashier)),),
        template=COUNT_TEMPLATE,
    )


def acceptance_page(shift: Shift) -> ActPage:
    """Return the page on which a supervisor accepts what a count differs by."""

    def accept(typed: Mapping[str, Any], act: Act) -> Repeatable:
        return accept_variance(shift_id=shift.pk, reason=typed["reason"], act=act)

    count = shift.counts.order_by("number").last()
    return ActPage(
        title="Accept a difference",
        button="Accept it and close the shift",
        form=AcceptForm,
        call=accept,
        done=lambda typed: f"The difference of {shift} was accepted: {typed['reason']}",
        land_on=change_url(shift),
        close=change_url(shift),
        explanation=(
            "The difference is posted to cash over and short, and the shift is closed. If it may "
            "be a mistake in counting, have the drawer counted again first."
        ),
        facts=(
            ("Cashier", person(shift.cashier)),
            *((one.name, one.said) for one in (compared(count) if count else ())),
        ),
        is_final=True,
    )


def _counted(typed: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "counts": CountForm.counts(typed),
        "card_slip_total": typed["card_slip_total"],
        "transfer_slip_total": typed["transfer_slip_total"],
    }
