"""Addresses of the desk's pages."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse


def add_url(model: str, **given: Any) -> str:
    """Return the address of an add page with fields filled in."""
    return f"{reverse(f'admin:{model}_add')}?{urlencode(given)}"
