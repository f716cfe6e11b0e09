"""Where pages of the admin are that every request is compared with."""

from functools import cache

from django.urls import reverse


@cache
def desk_address(page: str) -> str:
    """Return the path of ``admin:<page>``: a page without arguments, so it never changes."""
    return reverse(f"admin:{page}")
