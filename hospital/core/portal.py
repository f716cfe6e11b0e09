"""What the patients' pages share: how a form is confirmed before it acts, and acts once."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.views import View

from hospital.core.errors import DomainError
from hospital.core.forms import ONE_TIME_KEY, AmountFormField, OneTimeKeyForm
from hospital.core.transactions import retry_conflicts

CONFIRMED = "confirmed"  # the name of the button that does it
CHANGE = "change"  # and of the one that leads back to the form as it was filled in

Facts = Sequence[tuple[str, Any]]  # what a person reads before pressing: name, value


class PortalForm(OneTimeKeyForm):
    """A form of the patients' pages; its scripts only help, it works without them."""

    class Media:
        js = ("core/one_time_key.js", "core/send_once.js")
        extend = False


class PortalAmount(AmountFormField):
    """An amount as people write it, in CURRENCY, with at most two places."""

    widget = forms.TextInput

    def __init__(self, **more: Any) -> None:
        super().__init__(max_digits=14, decimal_places=2, **more)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "decimal", "autocomplete": "off"}


@dataclass(frozen=True)
class Done:
    """What an act led to: where to go on, what to say there, whether it had been done before."""

    land_on: str  # a URL
    words: str
    replayed: bool = False


class ActPage(ABC, View):
    """
    A form that acts once: however often it is sent, by the back button, a reload, a double click.

    A subclass says which form, and what is done. A refusal stands beside its field, what was typed
    stays, and nothing is kept.
    """

    template_name = "portal/act.html"
    title: ClassVar[str]
    button: ClassVar[str]  # of the last step, saying what is done: "Transfer"
    form_class: ClassVar[type[OneTimeKeyForm]]

    def get_form(self, data: Any = None) -> OneTimeKeyForm:
        key = self.request.GET.get(ONE_TIME_KEY)
        initial = {**self.initial(), **({ONE_TIME_KEY: key} if key else {})}
        return self.form_class(data, initial=initial)

    def initial(self) -> Mapping[str, Any]:
        return {}

    @abstractmethod
    def act(self, form: OneTimeKeyForm) -> Done:
        """Call the service. It raises ``DomainError`` where it refuses."""

    def step_before(self, form: OneTimeKeyForm) -> HttpResponse | None:
        """Return the page that comes before the act, if it has not been seen."""
        return None

    def context(self) -> dict[str, Any]:
        """Return what both steps show besides."""
        return {}

    def get(self, request: HttpRequest, **named: Any) -> HttpResponse:
        return self.ask(self.get_form())

    def post(self, request: HttpRequest, **named: Any) -> HttpResponse:
        form = self.get_form(request.POST)
        if not form.is_valid():
            return self.ask(form)
        try:
            if before := self.step_before(form):
                return before
            done = retry_conflicts(self.act)(form)
        except DomainError as refusal:
            form.show_refusal(refusal)
            return self.ask(form)
        again = " It had been done before; nothing was done again." if done.replayed else ""
        messages.success(request, done.words + again)
        return HttpResponseRedirect(done.land_on)

    def ask(self, form: OneTimeKeyForm) -> HttpResponse:
        return self.show(self.template_name, form)

    def show(self, template: str, form: OneTimeKeyForm, **more: Any) -> HttpResponse:
        context = {"title": self.title, "button": self.button, "form": form}
        return TemplateResponse(self.request, template, {**context, **self.context(), **more})


class ConfirmedActPage(ActPage):
    """
    A form that moves money: filled in, read again as a whole, then sent. One key for all steps.
    """

    confirm_template_name = "portal/confirm.html"

    @abstractmethod
    def confirm_facts(self, form: OneTimeKeyForm) -> Facts:
        """
        Return what is read before it is done.

        :raises DomainError: if it cannot be done; it is shown beside its field
        """

    def step_before(self, form: OneTimeKeyForm) -> HttpResponse | None:
        if CHANGE in self.request.POST:
            return self.ask(form)
        if CONFIRMED in self.request.POST:
            return None
        return self.show(self.confirm_template_name, form, facts=self.confirm_facts(form))
