"""Addresses and links of the desk's pages."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html


def add_url(model: str, **given: Any) -> str:
    """Return the address of an add page with fields filled in."""
    return f"{reverse(f'admin:{model}_add')}?{urlencode(given)}"


def link(url: str, text: Any) -> str:
    return format_html('<a class="text-link" href="{}">{}</a>', url, text)
