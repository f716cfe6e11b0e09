"""The pages on which a patient adds money through the gateway, and sees what became of it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from csp.decorators import csp_update
from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from client_wallet.errors import NoGateway
from client_wallet.gateways import Gateway, Order, Started, configured_gateway
from client_wallet.models import GatewayEvent, OnlinePayment
from client_wallet.online_payments import ask_for_online_payment, order_of, start_at_gateway
from client_wallet.portal.own_wallet import OwnWalletPage
from hospital.core.errors import Busy
from hospital.core.forms import OneTimeKeyForm, is_id
from hospital.core.locale_formats import local_money
from hospital.core.portal import ConfirmedActPage, Done, Facts, PortalAmount, PortalForm
from hospital.core.throttling import count_request

PER_PAGE = 10
LAST_PAGE = 1000
STARTS_A_MINUTE = 10  # each calls the gateway

_MEANINGS: Mapping[str, str] = {
    OnlinePayment.Status.STARTED: "The payment service has not been reached yet. Nothing was paid.",
    OnlinePayment.Status.PENDING: "We wait for word of the payment. If you have paid, that takes "
    "seconds, sometimes some minutes: look at this page again.",
    OnlinePayment.Status.CREDITED: "The money is in your wallet.",
    OnlinePayment.Status.FAILED: "The payment service says that nothing was paid. If it was after "
    "all, the money still comes into your wallet as soon as we hear of it.",
}


_LOOKED_INTO = (
    "What you paid differs from what you asked for, or your wallet could not take it: it was not "
    "added. The hospital is looking into it. Please do not pay again; ask at the cash desk."
)


class AddMoneyForm(PortalForm):
    """How much is to be added."""

    amount = PortalAmount()


class AddMoneyPage(OwnWalletPage, ConfirmedActPage):
    """Asks how much, and leads to the gateway; below, what was asked for before."""

    permission = "client_wallet.add_onlinepayment"
    template_name = "client_wallet/portal/add_money.html"
    title = "Add money"
    button = "Go to the payment"
    form_class = AddMoneyForm

    def context(self) -> dict[str, Any]:
        shown = _payments_to_show(self.request, self.patient.pk)
        return {"wallet": self.wallet, "is_offered": bool(settings.GATEWAY), **shown}

    def confirm_facts(self, form: OneTimeKeyForm) -> Facts:
        _gateway()
        return (
            ("Added to your wallet", local_money(form.cleaned_data["amount"])),
            ("How", "Card or bank, on the page of the payment service"),
        )

    def act(self, form: OneTimeKeyForm) -> Done:
        gateway = _gateway()
        if count_request(f"add-money:{self.request.user.pk}") > STARTS_A_MINUTE:
            raise Busy("That was often in one minute. Nothing was done; please wait a little.")
        asked = ask_for_online_payment(
            patient_id=self.patient.pk,
            amount=form.cleaned_data["amount"],
            gateway=gateway.name,
            act=form.act(self.request.user),
        )
        payment = OnlinePayment.objects.get(pk=asked.id)
        start_at_gateway(payment.pk, gateway, _order(self.request, payment))
        page = reverse("portal-online-payment", args=[payment.pk])
        return Done(page, "The payment service expects you.", asked.replayed)


class OnlinePaymentPage(OwnWalletPage):
    """One payment of the patient's own: the way to pay it, or what became of it."""

    def get(self, request: HttpRequest, payment_id: UUID) -> HttpResponseBase:
        own = OnlinePayment.objects.filter(wallet__patient=self.patient)
        payment = get_object_or_404(own.select_related("deposit__entry"), pk=payment_id)
        is_looked_into = _is_a_persons_matter(payment)
        fields = {} if is_looked_into else _checkout_form(request, payment)
        context = {
            "title": "Adding money",
            "payment": payment,
            "state": "Looked into" if is_looked_into else payment.get_status_display(),
            "meaning": _LOOKED_INTO if is_looked_into else _MEANINGS[payment.status],
            "checkout_fields": fields.items(),
            "can_be_paid": bool(payment.checkout_url)
            and payment.status == "PENDING"
            and not is_looked_into,
        }
        page = TemplateResponse(request, "client_wallet/portal/online_payment.html", context)
        return _may_post_to(payment.checkout_url, page, request) if fields else page


@method_decorator(csrf_exempt, name="dispatch")  # a gateway sends people back by POST; it is unread
class BackFromGateway(View):
    """Leads whoever comes back to the payment's page. What the browser brings is not believed."""

    def get(self, request: HttpRequest, payment_id: UUID) -> HttpResponse:
        return HttpResponseRedirect(reverse("portal-online-payment", args=[payment_id]))

    post = get


def _is_a_persons_matter(payment: OnlinePayment) -> bool:
    """Return whether something was paid and not credited."""
    if payment.status == OnlinePayment.Status.CREDITED:
        return False
    return payment.events.filter(outcome__in=GatewayEvent.NOT_CREDITED).exists()


def _gateway() -> Gateway:
    gateway = configured_gateway()
    if gateway is None:
        raise NoGateway
    return gateway


def _order(request: HttpRequest, payment: OnlinePayment) -> Order:
    back = reverse("portal-back-from-gateway", args=[payment.pk])
    webhook = reverse("gateway-webhook", args=[payment.gateway])
    return order_of(
        payment, return_url=_public(request, back), webhook_url=_public(request, webhook)
    )


def _public(request: HttpRequest, path: str) -> str:
    """Return an address below PUBLIC_URL, or else the host that was asked, one of ALLOWED_HOSTS."""
    if settings.PUBLIC_URL:
        return f"{settings.PUBLIC_URL}{path}"
    return request.build_absolute_uri(path)


def _checkout_form(request: HttpRequest, payment: OnlinePayment) -> Mapping[str, str]:
    """Return what is posted to the checkout; {} where a link leads there, or nothing does."""
    gateway = configured_gateway()
    if payment.status != "PENDING" or gateway is None or gateway.name != payment.gateway:
        return {}
    started = Started(payment.gateway_reference, payment.checkout_url)
    return gateway.checkout_form(_order(request, payment), started)


def _may_post_to(url: str, page: HttpResponse, request: HttpRequest) -> HttpResponseBase:
    """Let this one page send a form to the gateway's origin."""
    parts = urlsplit(url)
    allowed = csp_update({"form-action": (f"{parts.scheme}://{parts.netloc}",)})
    return allowed(lambda request: page)(request)


def _payments_to_show(request: HttpRequest, patient_id: int) -> dict[str, Any]:
    written = request.GET.get("page", "1")
    number = int(written) if is_id(written) else 0
    if not 1 <= number <= LAST_PAGE:
        raise Http404
    own = OnlinePayment.objects.filter(wallet__patient=patient_id).order_by("-created_at", "-pk")
    first = (number - 1) * PER_PAGE
    found = list(own[first : first + PER_PAGE + 1])
    return {
        "payments": found[:PER_PAGE],
        "newer_url": f"?page={number - 1}" if number > 1 else None,
        "older_url": f"?page={number + 1}" if len(found) > PER_PAGE else None,
    }
