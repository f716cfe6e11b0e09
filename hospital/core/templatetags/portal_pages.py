"""The menu of the patients' pages, and the hospital's name."""

from typing import Any

from django import template
from django.conf import settings
from django.urls import NoReverseMatch, reverse

register = template.Library()

SIGNED_IN = (  # name of the address, title
    ("portal", "Overview"),
    ("portal-bills", "Bills"),
    ("portal-add-money", "Add money"),
    ("portal-transfer", "Transfer"),
    ("portal-withdraw", "Withdraw"),
    ("portal-history", "History"),
    ("portal-account", "Account"),
)
SIGNED_OUT = (("portal-login", "Log in"), ("portal-signup", "Sign up"))


@register.simple_tag
def hospital_name() -> str:
    return str(settings.HOSPITAL_NAME)


@register.inclusion_tag("portal/menu.html", takes_context=True)
def portal_menu(context: dict[str, Any]) -> dict[str, Any]:
    """Return the pages of whoever looks at this one."""
    request = context["request"]
    is_signed_in = request.user.is_authenticated
    pages = [
        {"title": title, "url": url, "is_current": request.path == url}
        for name, title in (SIGNED_IN if is_signed_in else SIGNED_OUT)
        if (url := _url(name))
    ]
    log_out_url = _url("portal-logout") if is_signed_in else ""
    return {"request": request, "pages": pages, "log_out_url": log_out_url, **_token(context)}


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _token(context: dict[str, Any]) -> dict[str, Any]:
    return {"csrf_token": context["csrf_token"]} if "csrf_token" in context else {}
