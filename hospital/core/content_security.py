"""What a browser may load into our pages, on every answer; docs/sign-in.md says why."""

from collections.abc import Callable, Mapping
from functools import lru_cache

from csp.constants import HEADER, NONE, SELF, UNSAFE_EVAL
from csp.utils import build_policy
from django.http import HttpRequest, HttpResponse

from hospital.core.desk_addresses import desk_address

Additions = Mapping[str, tuple[str, ...]]  # directive → further sources

STRICT = {
    "default-src": [NONE],
    "script-src": [SELF],  # files of ours: no inline script, no eval
    "style-src": [SELF],
    "img-src": [SELF],
    "font-src": [SELF],
    "object-src": [NONE],
    "base-uri": [NONE],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
}
ADMIN: Additions = {
    "script-src": (UNSAFE_EVAL,),  # Alpine.js compiles the expressions in unfold's templates
    "connect-src": (SELF,),  # search fields ask for suggestions
}
DOCS: Additions = {
    "img-src": ("data:",),  # Swagger's icons stand in its style sheet
    "connect-src": (SELF,),  # the schema, and "try it out"
}
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
)


class ContentSecurityMiddleware:
    """
    The strict policy on every answer; the admin adds what unfold needs, a view what it says with
    ``csp_update``.

    Stands before every other middleware, so that redirects, refusals and static files have it too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        additions: Additions = getattr(response, "_csp_update", {})
        if not additions and request.path.startswith(desk_address("index")):
            additions = ADMIN
        named = tuple((directive, tuple(sources)) for directive, sources in additions.items())
        response.headers.setdefault(HEADER, _policy(named))
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response


@lru_cache(maxsize=16)
def _policy(additions: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    return build_policy(STRICT, update=dict(additions))
