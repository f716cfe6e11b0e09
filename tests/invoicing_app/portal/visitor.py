"""A patient who visits the own pages, and the forms there in their two steps."""

import re
from html import unescape
from typing import Any

from django.test import Client

from tests.admin_pages import one_time_key, signed_in
from tests.api import make_patient_user


def make_visitor() -> tuple[Any, Client]:
    """Return a new patient's profile, and the client that the patient is signed in with."""
    user = make_patient_user()
    return user.patient, signed_in(user)


def read(client: Client, address: str) -> str:
    """Return a page's words in one line, without its marks."""
    response = client.get(address)
    assert response.status_code == 200, response
    return words_of(response)


def words_of(response: Any) -> str:
    html = re.sub(r"<head>.*?</head>|<form[^>]*action=.*?</form>", "", _text(response), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def hidden_fields(response: Any) -> dict[str, str]:
    """Return what the form on a page sends that nobody types."""
    tags = re.findall(r'<input type="hidden"[^>]*>', _text(response))
    pairs = [
        (re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in tags
    ]
    return {name[1]: value[1] for name, value in pairs if name and value}


def go_on(client: Client, address: str, **typed: str) -> Any:
    """Fill the form in and send it; return what is to be confirmed."""
    key = one_time_key(_text(client.get(address)))
    return client.post(address, {"one_time_key": key, **typed})


def confirm(client: Client, address: str, step: Any) -> Any:
    """Press the last button."""
    return client.post(address, {**hidden_fields(step), "confirmed": "yes"})


def _text(response: Any) -> str:
    text: str = response.content.decode()
    return text
