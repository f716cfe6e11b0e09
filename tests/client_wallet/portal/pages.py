"""How a patient uses a page with a form: fill it in, read it again, press the button."""

import re
from html import unescape
from typing import Any

from django.test import Client

from tests.admin_pages import open_form


def fill_in(client: Client, path: str, *, key: str = "", **typed: str) -> Any:
    """Send the form once: the answer is what is read before anything is done, or the refusal."""
    return client.post(path, {"one_time_key": key or open_form(client, path), **typed})


def confirm(client: Client, path: str, *, key: str = "", **typed: str) -> Any:
    """Fill the form in, and press the button of the page that is shown then."""
    key = key or open_form(client, path)
    fill_in(client, path, key=key, **typed)
    return client.post(path, {"one_time_key": key, **typed, "confirmed": "yes"})


def facts(page: Any) -> dict[str, str]:
    """Return what is read before it is done."""
    found = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page.content.decode())
    return {unescape(name): unescape(value) for name, value in found}


def errors(page: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = page.context["form"].errors
    return {field: list(words) for field, words in found.items()}


def said(page: Any) -> list[str]:
    return [str(message) for message in page.context["messages"]]


def words(page: Any) -> str:
    """Return what stands on the page, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.content.decode())).split())


def rows(page: Any) -> list[list[str]]:
    """Return the cells of the page's table, row by row, without its head."""
    (body,) = re.findall(r"<tbody>(.*?)</tbody>", page.content.decode(), re.DOTALL)
    return [
        [
            " ".join(unescape(re.sub(r"<[^>]+>", " ", cell)).split())
            for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL)
        ]
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    ]
