"""Requests are written in UTF-8. Another charset is refused before anything is read by it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse

from hospital.core.problems import CONTENT_TYPE, problem

READ = ("utf-8", "utf8", "us-ascii", "ascii")


class CharsetMiddleware:
    """Answers 400 to a ``Content-Type`` with a charset that is not read here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        charset = (request.content_params or {}).get("charset", READ[0])
        if charset.strip("\"' ").lower() in READ:
            return self.get_response(request)
        body = problem("invalid-request", "The request is not valid.", 400, "Write it in UTF-8.")
        return JsonResponse(body, status=400, content_type=CONTENT_TYPE)
