"""Refunds at the desk: asked for from a payment, decided on, paid out."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.paginator import InfinitePaginator

from client_wallet.admin.entries import ENTRY, with_entry_links
from client_wallet.receipt_links import HasReceipt
from client_wallet.receipt_prints import receipt_url
from hospital.core.act_pages import ActPage, AsksBeforeActing
from hospital.core.admin import (
    ReadOnlyAdmin,
    ReadOnlyInline,
    change_url,
    may,
    money_cell,
    money_column,
    named_column,
)
from hospital.core.errors import DomainError
from hospital.core.named_lists import HasNamedLists, NamedList
from hospital.core.transactions import retry_conflicts
from invoicing_app.admin.refund_pages import (
    approval_page,
    goes_to,
    pay_out_page,
    rejection_page,
    withdrawal_page,
)
from invoicing_app.models import DepositReceiving
from invoicing_app.refunds.answers import RefundAnswer
from invoicing_app.refunds.asking import require_whole_intent
from invoicing_app.refunds.errors import PlanChanged
from invoicing_app.refunds.forms import RefundForm
from invoicing_app.refunds.models import Refund, RefundLine, RefundTender
from invoicing_app.refunds.planning import Plan, plan_refund
from invoicing_app.refunds.requesting import ask_refund, edit_refund, is_drawer_short
from smcapp1.admin import patient_search

ASK = "invoicing_app.ask_refund"
APPROVE = "invoicing_app.approve_refund"
PAY_OUT = "invoicing_app.pay_out_refund"
SEE = "invoicing_app.view_refund"
YOURS = "You asked for this refund yourself: somebody else decides on it."


class _PartInline(ReadOnlyInline):
    """Parts of the refund as it is asked for now."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        parts: QuerySet[Any] = super().get_queryset(request)
        return parts.filter(version=F("refund__version"))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, SEE)  # a refund shows its parts


class RefundLineInline(_PartInline):
    """The items that go back."""

    model = RefundLine
    fields = ("item", "refunded", "of_the_payer", "again")
    readonly_fields = fields
    verbose_name_plural = "items"

    def get_queryset(self, request: HttpRequest) -> QuerySet[RefundLine]:
        return super().get_queryset(request).select_related("payment_line__bill_item__department")

    def item(self, line: RefundLine) -> str:
        return f"{line.quantity} × {line.payment_line.bill_item.description}"

    @display(description="amount")  # type: ignore[untyped-decorator] # unfold has no types
    def refunded(self, line: RefundLine) -> str:
        return money_cell(line.amount)

    @display(description="payer's part")  # type: ignore[untyped-decorator] # unfold has no types
    def of_the_payer(self, line: RefundLine) -> str:
        return money_cell(line.payer_amount)

    @display(description="if handed out")  # type: ignore[untyped-decorator] # unfold has no types
    def again(self, line: RefundLine) -> str:
        is_drug = line.payment_line.bill_item.department.kind == "PHARMACY"
        return ("back on the shelf" if line.sellable else "written off") if is_drug else ""


class RefundTenderInline(_PartInline):
    """Where the money goes."""

    model = RefundTender
    fields = (money_column("amount", "amount"), "paid_by", "goes")
    readonly_fields = fields
    verbose_name_plural = "where it goes"

    def get_queryset(self, request: HttpRequest) -> QuerySet[RefundTender]:
        return super().get_queryset(request).select_related("tender")

    @display(description="was paid by")  # type: ignore[untyped-decorator] # unfold has no types
    def paid_by(self, part: RefundTender) -> str:
        return part.get_payment_method_display()

    @display(description="goes")  # type: ignore[untyped-decorator] # unfold has no types
    def goes(self, part: RefundTender) -> str:
        return goes_to(part.goes_to, part.tender.external_reference)


@display(description="patient")  # type: ignore[untyped-decorator] # unfold has no types
def patient(refund: Refund) -> str:
    person = refund.payment.consultation.patient
    return format_html('<a class="text-link" href="{}">{}</a>', change_url(person), person)


@display(description="refund", ordering="pk")  # type: ignore[untyped-decorator] # no types
def number(refund: Refund) -> str:
    return str(refund)


@display(description="payment")  # type: ignore[untyped-decorator] # unfold has no types
def of_payment(refund: Refund) -> str:
    payment = refund.payment
    link = '<a class="text-link" href="{}">{}</a>'
    return format_html(link, change_url(payment), payment.receipt_number)


AMOUNT = money_column("amount", "amount")
_WAITING = (number, patient, of_payment, "kind", AMOUNT, "reason", "requested_by", "requested_at")


@admin.register(Refund)
class RefundAdmin(HasReceipt, HasNamedLists, AsksBeforeActing, ReadOnlyAdmin):
    """What is asked for, decided on and paid out; the payment's page leads here."""

    inlines = (RefundLineInline, RefundTenderInline)
    change_form_before_template = "invoicing_app/refund.html"
    list_before_template = "admin/list_said.html"
    list_display = (
        number,
        patient,
        of_payment,
        "kind",
        AMOUNT,
        "status",
        "requested_by",
        "paid_by",
    )
    list_display_links = (number,)
    list_filter = ("status", "kind", "business_date")
    paginator = InfinitePaginator
    search_fields = (
        "receipt_number",
        "payment__receipt_number",
        *patient_search("payment__consultation__patient"),
    )
    search_help_text = "Receipt number, or patient's number, name or phone"
    named_lists = (
        NamedList(
            slug="waiting",
            title="Refunds to decide on",
            rows=lambda refunds: refunds.filter(status=Refund.Status.REQUESTED),
            columns=_WAITING,
            ordering=("pk",),
            said=lambda refunds: f"Waiting for a decision: {refunds.count():,}.",
            empty="No refund waits for a decision",
        ),
        NamedList(
            slug="to_pay_out",
            title="Refunds to pay out",
            rows=lambda refunds: refunds.filter(status=Refund.Status.APPROVED),
            columns=(*_WAITING[:-1], "decided_by"),
            ordering=("pk",),
            said=lambda refunds: f"Approved, and not paid out: {refunds.count():,}.",
            empty="No refund waits to be paid out",
        ),
    )
    fields = (
        "status",
        patient,
        of_payment,
        "kind",
        AMOUNT,
        money_column("payer_amount", "a payer owes less by"),
        money_column("rounding", "rounding"),
        "reason",
        named_column("requested_by", "asked for by"),
        "requested_at",
    )
    decision = (named_column("decided_by", "decided by"), "decided_at", "decision_note")
    paid_out = ("receipt_number", named_column("paid_by", "paid out by"), "paid_at", ENTRY)
    actions_detail = ("approve", "pay_out", "edit", "reject", "withdraw", "open_receipt")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        urls: list[URLPattern] = super().get_urls()
        return [
            path("ask/<int:payment_id>/", view(self.ask_view), name="invoicing_app_refund_ask"),
            path("<int:refund_id>/paid/", view(self.paid_view), name="invoicing_app_refund_paid"),
            *urls,
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Refund]:
        refunds: QuerySet[Refund] = super().get_queryset(request)
        return refunds.select_related(
            "payment__consultation__patient", "requested_by", "decided_by", "paid_by"
        )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        shown = list(self.fields)
        if obj is not None and obj.decided_by_id is not None:
            shown += self.decision
        if obj is not None and obj.status == Refund.Status.PAID:
            shown += self.paid_out
        return with_entry_links(request, shown)

    def page_context(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        context = super().page_context(request, object_id)
        refund: Any = self.get_object(request, object_id) if object_id else None
        waits = refund is not None and refund.status == Refund.Status.REQUESTED
        is_own = waits and refund.requested_by_id == request.user.pk
        return context | {"why_not": YOURS if is_own and may(request, APPROVE) else ""}

    def ask_view(self, request: HttpRequest, payment_id: int) -> HttpResponse:
        """Ask for a refund of a payment, in two steps: what, and then the plan."""
        if not may(request, ASK):
            raise PermissionDenied
        payment = _payment(payment_id)
        return self._ask(request, payment, partial(RefundForm, payment), ask_refund)

    def paid_view(self, request: HttpRequest, refund_id: int) -> HttpResponse:
        """Lead from a refund that was just paid out to its receipt."""
        refund: Refund = self.found(request, str(refund_id))
        return HttpResponseRedirect(receipt_url(refund))

    def _ask(
        self,
        request: HttpRequest,
        payment: DepositReceiving,
        form_of: Callable[..., RefundForm],
        service: Callable[..., RefundAnswer],
        refund: Refund | None = None,
    ) -> HttpResponse:
        form = form_of(request.POST if request.method == "POST" else None)
        plan: Plan | None = None
        if request.method == "POST" and form.is_valid():
            intent = form.intent()
            try:
                if intent.plan_hash:
                    answer = retry_conflicts(service)(intent=intent, actor=request.user)
                    self._say(request, answer)
                    return HttpResponseRedirect(change_url(Refund(pk=answer.id)))
                require_whole_intent(intent)
                plan = plan_refund(intent, payment, instead_of=refund)
            except PlanChanged as refusal:
                form.show_refusal(refusal)
                plan = plan_refund(intent, payment, instead_of=refund)
            except DomainError as refusal:
                form.show_refusal(refusal)
        context = {
            **self.admin_site.each_context(request),
            "title": "Ask for a refund" if refund is None else "Change a refund",
            "subtitle": str(refund or payment),
            "payment": payment,
            "form": form,
            "plan": plan,
            "plan_hash": plan.plan_hash if plan else "",
            "goes": [
                (one.amount, goes_to(one.goes_to, one.tender.external_reference))
                for one in (plan.tenders if plan else ())
            ],
            "is_short": plan is not None and is_drawer_short(plan, request.user),
            "close": change_url(refund or payment),
            "original": refund or payment,
            "opts": self.opts,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "invoicing_app/refund_ask.html", context)

    def _say(self, request: HttpRequest, answer: RefundAnswer) -> None:
        refund = Refund.objects.get(pk=answer.id)
        self.message_user(
            request, f"{refund} was asked for; somebody else approves it.", messages.SUCCESS
        )
        if not answer.replayed:
            self.log_change(request, refund, f"Asked for {refund.amount}: {refund.reason}")

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Approve",
        url_path="approve",
        permissions=(APPROVE,),
        icon="check",
        variant=ActionVariant.PRIMARY,
    )
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._page(request, object_id, approval_page, Refund.Status.REQUESTED)

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Pay out",
        url_path="pay-out",
        permissions=(PAY_OUT,),
        icon="payments",
        variant=ActionVariant.PRIMARY,
    )
    def pay_out(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._page(request, object_id, pay_out_page, Refund.Status.APPROVED)

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Change", url_path="edit", permissions=(ASK,), icon="edit"
    )
    def edit(self, request: HttpRequest, object_id: str) -> HttpResponse:
        refund: Refund = self.found(request, object_id)
        payment = refund.payment
        form_of = partial(RefundForm, payment, instead_of=refund)
        service = partial(edit_refund, refund_id=refund.pk)
        return self._ask(request, payment, form_of, service, refund)

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Reject",
        url_path="reject",
        permissions=(APPROVE,),
        icon="block",
        variant=ActionVariant.DANGER,
    )
    def reject(self, request: HttpRequest, object_id: str) -> HttpResponse:
        refund: Refund = self.found(request, object_id)
        return self.reason_page(request, refund, rejection_page(refund))

    @action(  # type: ignore[untyped-decorator] # unfold has no types
        description="Withdraw",
        url_path="withdraw",
        permissions=(ASK,),
        icon="event_busy",
        variant=ActionVariant.DANGER,
    )
    def withdraw(self, request: HttpRequest, object_id: str) -> HttpResponse:
        waiting = (Refund.Status.REQUESTED, Refund.Status.APPROVED)
        return self._page(request, object_id, withdrawal_page, *waiting)

    def _page(
        self,
        request: HttpRequest,
        object_id: str,
        page_of: Callable[[Refund], ActPage],
        *statuses: Refund.Status,
    ) -> HttpResponse:
        refund: Refund = self.found(request, object_id)
        if request.method != "POST" and refund.status not in statuses:
            return HttpResponseRedirect(change_url(refund))
        return self.act_page(request, refund, page_of(refund))

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
        refund = self.get_object(request, object_id)
        if refund is None:
            return []
        status = refund.status
        waits = status in (Refund.Status.REQUESTED, Refund.Status.APPROVED)
        is_own = refund.requested_by_id == request.user.pk
        open_now = {
            "approve": status == Refund.Status.REQUESTED and not is_own,
            "pay-out": status == Refund.Status.APPROVED,
            "edit": waits and is_own,
            "reject": waits and not is_own,
            "withdraw": waits and is_own,
            "receipt": refund.entry_id is not None,
        }
        actions: list[Any] = super().get_actions_detail(request, object_id)
        return [one for one in actions if open_now[one.path]]


def _payment(payment_id: int) -> DepositReceiving:
    payments = DepositReceiving.objects.select_related("consultation__patient")
    payment = payments.filter(pk=payment_id).first()
    if payment is None:
        raise Http404
    return payment
