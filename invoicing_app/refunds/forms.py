"""Forms of refunds at the desk: which items of a payment go back, and why."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.db.models import F, Sum
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldBooleanWidget,
)

from client_wallet.models import PaymentMethod
from hospital.core.errors import DomainError, InvalidRequest
from hospital.core.forms import OneTimeKeyForm
from invoicing_app.models import DepositReceiving, PaymentLine
from invoicing_app.refunds.asking import MAX_REASON, RefundIntent, WantedLine
from invoicing_app.refunds.models import Refund, RefundLine
from invoicing_app.refunds.planning import is_drug

_KINDS = [
    (Refund.Kind.RETURN, "Some items"),
    (Refund.Kind.CANCEL, "All of the payment"),
]


class RefundForm(OneTimeKeyForm):
    """What of a payment is refunded; what that comes to is the server's to say."""

    plan_hash = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label="What is refunded", choices=_KINDS, widget=UnfoldAdminRadioSelectWidget
    )
    cash_to = forms.ChoiceField(
        label="What was paid in cash goes back",
        choices=[
            (PaymentMethod.CASH, "In cash"),
            (PaymentMethod.WALLET, "Into the patient’s wallet"),
        ],
        initial=PaymentMethod.CASH,
        widget=UnfoldAdminRadioSelectWidget,
    )
    reason = forms.CharField(
        max_length=MAX_REASON, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2})
    )

    def __init__(
        self,
        payment: DepositReceiving,
        sent: Any = None,
        *,
        instead_of: Refund | None = None,
        **more: Any,
    ) -> None:
        super().__init__(sent, **more)
        self.payment = payment
        self.left = dict(_left(payment, instead_of))
        if instead_of is not None:
            self._begin_with(instead_of)
        else:
            is_whole = all(line.bill_item.quantity == left for line, left in self.left.items())
            self.initial.setdefault("kind", Refund.Kind.CANCEL if is_whole else Refund.Kind.RETURN)
        for line, left in self.left.items():
            self._add(line, left)

    def _begin_with(self, refund: Refund) -> None:
        asked = {"kind": refund.kind, "cash_to": refund.cash_to, "reason": refund.reason}
        self.initial.update(asked)
        for line in refund.lines.filter(version=refund.version):
            self.initial[f"quantity_{line.payment_line_id}"] = line.quantity
            self.initial[f"sellable_{line.payment_line_id}"] = line.sellable

    def _add(self, line: PaymentLine, left: int) -> None:
        """Add what is asked about a line: how many, and of a drug whether it can be sold again."""
        name = line.bill_item.description
        self.fields[f"quantity_{line.pk}"] = forms.IntegerField(
            required=False,
            min_value=0,
            max_value=left,
            widget=UnfoldAdminIntegerFieldWidget(attrs={"aria-label": f"How many of {name}"}),
        )
        if is_drug(line):
            self.fields[f"sellable_{line.pk}"] = forms.BooleanField(
                required=False,
                widget=UnfoldBooleanWidget(attrs={"aria-label": f"{name} can be sold again"}),
            )

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield what the page shows of each item."""
        for line, left in self.left.items():
            yield {
                "item": line.bill_item,
                "left": left,
                "quantity": self[f"quantity_{line.pk}"],
                "sellable": self[f"sellable_{line.pk}"] if is_drug(line) else None,
            }

    def intent(self) -> RefundIntent:
        typed = self.cleaned_data
        return RefundIntent(
            payment_id=self.payment.pk,
            kind=typed["kind"],
            reason=typed["reason"],
            lines=list(self._lines(typed)),
            cash_to=typed["cash_to"],
            plan_hash=typed["plan_hash"],
            key=typed["one_time_key"],
        )

    def _lines(self, typed: Mapping[str, Any]) -> Iterator[WantedLine]:
        is_whole = typed["kind"] == Refund.Kind.CANCEL
        for line, left in self.left.items():
            quantity = left if is_whole else typed[f"quantity_{line.pk}"] or 0
            if quantity:
                sellable = bool(typed.get(f"sellable_{line.pk}"))
                yield WantedLine(line.bill_item_id, quantity, sellable)

    def show_refusal(self, refusal: DomainError) -> None:
        """Say what is wrong with the lines above the form: they are many fields."""
        if isinstance(refusal, InvalidRequest) and refusal.wrong_field == "lines":
            self.add_error(None, refusal.message)
        else:
            super().show_refusal(refusal)


def _left(
    payment: DepositReceiving, instead_of: Refund | None
) -> Iterator[tuple[PaymentLine, int]]:
    """Yield the lines of which something can be refunded, and how many."""
    live = Refund.objects.live().filter(payment=payment)
    if instead_of is not None:
        live = live.exclude(pk=instead_of.pk)
    parts = RefundLine.objects.filter(refund__in=live, version=F("refund__version"))
    gone = dict(parts.values_list("payment_line").annotate(Sum("quantity")))
    for line in payment.lines.select_related("bill_item__department").order_by("pk"):
        left = line.bill_item.quantity - gone.get(line.pk, 0)
        if left > 0:
            yield line, left
