"""How a test uses the admin: open a page, fill in its form, press the button, read what it says."""

import re
from html import unescape
from typing import Any

from django.test import Client
from django.urls import reverse

DEPOSITS = "client_wallet_walletdeposit"
PAYMENTS = "invoicing_app_depositreceiving"
CONSULTATIONS = "smcapp1_consultation"


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def add_page(model: str) -> str:
    return reverse(f"admin:{model}_add")


def page_of(model: str, pk: Any) -> str:
    return reverse(f"admin:{model}_change", args=[pk])


def receipt_page(document: Any) -> str:
    """Return the page on which a deposit or payment ends: its receipt."""
    return reverse("admin:receipt", args=[document.entry_id])


def one_time_key(html: str) -> str:
    """Return the hidden key of the form on a page."""
    tag = re.search(r'<input type="hidden" name="one_time_key"[^>]*>', html)
    assert tag is not None
    value = re.search(r'value="([^"]*)"', tag.group())
    assert value is not None
    return value.group(1)


def open_form(client: Client, url: str) -> str:
    """Open a page with a form and return its key."""
    response = client.get(url)
    assert response.status_code == 200
    return one_time_key(response.content.decode())


def errors(response: Any) -> dict[str, list[str]]:
    """Return what stands beside the fields of a form that was shown again."""
    assert response.status_code == 200
    form = response.context["adminform"].form
    return {field: list(said) for field, said in form.errors.items()}


def said(client: Client, url: str) -> list[str]:
    """Return the messages that the next page shows."""
    return [str(message) for message in client.get(url).context["messages"]]


def text_of(response: Any) -> str:
    """Return the words of a page, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", response.content.decode())).split())


def links_of(response: Any) -> set[str]:
    """Return the admin pages that a page links to, those of its menu included."""
    html = unescape(response.content.decode()) if response.status_code == 200 else ""
    found = re.findall(r'href="(/admin/[^"#?]*)"', html)
    return set(found)
