"""Pages of the admin that ask a few things about one row, and then call one service."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from hospital.core.acts import Act
from hospital.core.admin import Repeatable
from hospital.core.errors import DomainError
from hospital.core.forms import ONE_TIME_KEY, OneTimeKeyForm
from hospital.core.transactions import retry_conflicts


@dataclass(frozen=True)
class ActPage:
    """What such a page shows, and what it calls with what was typed."""

    title: str
    button: str
    form: type[OneTimeKeyForm]
    call: Callable[[Mapping[str, Any], Act], Repeatable]  # (what was typed, act)
    done: Callable[[Mapping[str, Any]], str]  # what to say, and to write into the row's history
    land_on: str  # a URL
    close: str  # a URL
    explanation: str = ""
    facts: Sequence[tuple[str, Any]] = ()  # what the act is about: name, value
    initial: Mapping[str, Any] = field(default_factory=dict)
    is_final: bool = False  # a red button
    template: str = "admin/act.html"  # or one that extends it


class AsksBeforeActing:
    """Adds the showing of such pages to a model's admin."""

    def act_page(self, request: HttpRequest, obj: Any, page: ActPage) -> HttpResponse:
        """Show the page; when it is sent, act and go on, or show why not and keep nothing."""
        sent = request.POST if request.method == "POST" else None
        key = {ONE_TIME_KEY: request.GET[ONE_TIME_KEY]} if ONE_TIME_KEY in request.GET else {}
        form = page.form(sent, initial={**page.initial, **key})
        if sent is not None and form.is_valid():
            try:
                retry_conflicts(self._act)(request, obj, page, form)
            except DomainError as refusal:
                form.show_refusal(refusal)
            else:
                return HttpResponseRedirect(page.land_on)
        desk: Any = self
        context = {
            **desk.admin_site.each_context(request),
            "title": page.title,
            "subtitle": str(obj),
            "page": page,
            "form": form,
            "original": obj,
            "opts": desk.opts,
            "media": desk.media + form.media,
        }
        return TemplateResponse(request, page.template, context)

    def _act(self, request: HttpRequest, obj: Any, page: ActPage, form: OneTimeKeyForm) -> None:
        typed = form.cleaned_data
        desk: Any = self
        said = page.done(typed)
        with transaction.atomic():
            answer = page.call(typed, form.act(request.user))
            if not answer.replayed:
                desk.log_change(request, obj, said)
        if answer.replayed:
            again = " (This form had done it before; nothing was done again.)"
            messages.info(request, said + again)
        else:
            messages.success(request, said)
