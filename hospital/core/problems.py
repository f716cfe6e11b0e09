"""Errors on the wire: ``application/problem+json`` (RFC 9457), one shape for all of them."""

import logging
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import set_rollback

from hospital.core.desk_addresses import desk_address
from hospital.core.errors import Busy, DomainError
from hospital.core.transactions import refusal_of

CONTENT_TYPE = "application/problem+json"
TYPES = "/problems/"  # what a problem's type begins with; docs/problem-types.md explains each

log = logging.getLogger(__name__)


def problem_response(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Turn an error into its problem document; None for a bug, which becomes a 500."""
    set_rollback()
    if request := context.get("request"):  # a problem is JSON, whatever the view speaks
        request.accepted_renderer, request.accepted_media_type = JSONRenderer(), "application/json"
    if isinstance(error, OperationalError | InterfaceError):
        log.error("The database is away or a lock was not to be had", exc_info=error)
        error = refusal_of(error)
    if isinstance(error, DomainError):
        return _of_refusal(error)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, exceptions.APIException):
        return _of_api_exception(error)
    return None


def problem(code: str, title: str, status: int, detail: str = "", **facts: Any) -> dict[str, Any]:
    """Return the members of a problem document; facts may not hide the standard ones."""
    return {
        **facts,
        "type": f"{TYPES}{code}",
        "title": title,
        "status": status,
        "detail": detail or title,
        "code": code,
    }


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an unexpected error: nothing about it leaves the house; the log has the traceback."""
    if request.path.startswith(desk_address("index")):
        return HttpResponse(render_to_string("500.html"), status=500)
    body = problem("server-error", "Something went wrong on our side.", 500)
    return JsonResponse(body, status=500, content_type=CONTENT_TYPE)


def _of_refusal(error: DomainError) -> Response:
    body = problem(error.code, error.title, error.status, error.detail, **error.facts)
    response = Response(body, status=error.status, content_type=CONTENT_TYPE)
    if isinstance(error, Busy):
        response["Retry-After"] = str(error.retry_after_seconds)
    return response


def _of_api_exception(error: exceptions.APIException) -> Response:
    if isinstance(error, exceptions.ValidationError | exceptions.ParseError):
        body = _of_invalid(error.detail)
    else:
        code = _TITLES.get(error.status_code, (str(error.default_code).replace("_", "-"), ""))[0]
        title = _TITLES.get(error.status_code, ("", str(error.default_detail)))[1]
        body = problem(code, title, error.status_code, _sentence(error.detail) or title)
    response = Response(body, status=error.status_code, content_type=CONTENT_TYPE)
    if wait := getattr(error, "wait", None):
        response["Retry-After"] = str(int(wait) or 1)
    if challenge := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = challenge
    return response


_TITLES = {
    401: ("not-authenticated", "Sign in first."),
    403: ("permission-denied", "You may not do this."),
    404: ("not-found", "There is nothing here by that name."),
    405: ("method-not-allowed", "This address does not know that method."),
    406: ("not-acceptable", "Only JSON is spoken here."),
    413: ("request-too-large", "The request is too large."),
    415: ("unsupported-media-type", "Only JSON is read here."),
    429: ("too-many-requests", "Too many requests; wait a little."),
}


def _of_invalid(detail: Any) -> dict[str, Any]:
    errors = detail if isinstance(detail, dict) else {"non_field_errors": _listed(detail)}
    names = ", ".join(errors)
    return problem(
        "invalid-request", "The request is not valid.", 400, f"Look at: {names}.", errors=errors
    )


def _listed(detail: Any) -> list[Any]:
    return list(detail) if isinstance(detail, list) else [detail]


def _sentence(detail: Any) -> str:
    """Return the detail as one sentence; simplejwt gives a mapping where others give a text."""
    if isinstance(detail, dict):
        return str(detail.get("detail", ""))
    return str(detail)
