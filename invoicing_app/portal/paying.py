"""A patient pays a department's share of a bill, or all of it, from the own wallet."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from client_wallet.models import JournalEntry, PaymentMethod, WalletAccount
from hospital.core.forms import ONE_TIME_KEY
from hospital.core.locale_formats import local_moment, local_money
from hospital.core.money import ZERO
from hospital.core.portal import ConfirmedActPage, Done, Facts
from hospital.core.rehearsals import rehearse
from invoicing_app.forms import department_choices
from invoicing_app.payment_services import (
    PaymentCalculationService,
    PaymentIntent,
    PaymentProcessingService,
)
from invoicing_app.portal.bills import OwnBill
from invoicing_app.portal.forms import PayBillForm
from smcapp1.portal import PatientPage


class PayBillPage(PatientPage, OwnBill, ConfirmedActPage):
    """What is read before the last press is what the payment would answer, from a rehearsal."""

    permission = "invoicing_app.pay_own_bill"
    title = "Pay from your wallet"
    button = "Pay"
    template_name = "invoicing_app/portal/pay.html"
    form_class = PayBillForm

    def get(self, request: HttpRequest, **named: Any) -> HttpResponse:
        if not PaymentCalculationService.bill(self.visit.pk).unpaid:
            return HttpResponseRedirect(reverse("portal-bill", args=[self.visit.pk]))
        return super().get(request, **named)

    def get_form(self, data: Any = None) -> PayBillForm:
        form: Any = super().get_form(data)
        form.offer(PaymentCalculationService.bill(self.visit.pk))
        return form  # type: ignore[no-any-return] # it is of form_class

    def initial(self) -> dict[str, Any]:
        asked = self.request.GET.get("department")
        return {"department": asked} if asked in dict(department_choices()) else {}

    def context(self) -> dict[str, Any]:
        bill = PaymentCalculationService.bill(self.visit.pk)
        held = self._held()
        return {"visit": self.visit, "held": held, "short": max(bill.total_due - held, ZERO)}

    def confirm_facts(self, form: Any) -> Facts:
        would = rehearse(lambda: self._service.process_transaction(self._intent(form)))
        total, left = Decimal(would.total_due), Decimal(would.wallet_balance or ZERO)
        form.show_total(total)
        return [
            ("Visit", local_moment(self.visit.opened_at)),
            ("Pays for", dict(department_choices())[would.department]),
            ("Taken from your wallet", local_money(total)),
            ("Your wallet holds now", local_money(left + total)),
            ("Your wallet holds after it", local_money(left)),
        ]

    def act(self, form: Any) -> Done:
        # A bill that grew beyond what was read is not paid: less than that was tendered then.
        intent = self._intent(form, amount_paid=form.total(), key=form.cleaned_data[ONE_TIME_KEY])
        paid = self._service.process_transaction(intent)
        entry = JournalEntry.objects.filter(payment=paid.payment_id).first()
        return Done(
            land_on=reverse("portal-receipt", args=[entry.uid])
            if entry
            else reverse("portal-bill", args=[self.visit.pk]),
            words=f"{local_money(Decimal(paid.total_due))} was paid from your wallet.",
            replayed=paid.replayed,
        )

    @property
    def _service(self) -> PaymentProcessingService:
        return PaymentProcessingService(actor=self.request.user)

    def _intent(self, form: Any, **more: Any) -> PaymentIntent:
        return PaymentIntent(
            consultation_id=self.visit.pk,
            payment_method=PaymentMethod.WALLET,
            department=form.cleaned_data["department"],
            **more,
        )

    def _held(self) -> Decimal:
        wallet = WalletAccount.objects.filter(patient=self.patient).first()
        return wallet.account_balance if wallet else ZERO
