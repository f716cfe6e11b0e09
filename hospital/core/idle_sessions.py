"""Sessions end on the server: a while after their last use, and some hours after signing in."""

from collections.abc import Callable, Mapping
from time import time
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.http import url_has_allowed_host_and_scheme

from hospital.core.desk_addresses import desk_address
from hospital.core.problems import CONTENT_TYPE, problem

BEGAN, USED = "signed_in_at", "last_used_at"  # seconds since 1970, kept in the session
NOTED_EVERY = 30  # seconds: not every request writes
NOT_DONE = "What you had just sent was not done. Sign in, and send it again."


class IdleSessionMiddleware:
    """
    Ends a session that was not used for a while, whoever holds a copy of its cookie.

    A page asked for afterwards leads to the sign-in page, which says why, and from there back. A
    form sent afterwards does nothing, and its sender is told so. A request without a session's
    cookie, which is every one with a token, costs nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        has_cookie = settings.SESSION_COOKIE_NAME in request.COOKIES
        if has_cookie and SESSION_KEY in request.session:
            _end_if_due(request)
        response = _answer_too_late(request) or self.get_response(request)
        if has_cookie and SESSION_KEY in request.session:
            _note_use(request.session)
        return response


def _end_if_due(request: HttpRequest) -> None:
    why = _why_it_ends(request.session, request.user)
    if why and request.path != desk_address("login"):
        messages.warning(request, why)
    if why:
        logout(request)


def is_over(session: Mapping[str, Any], user: Any) -> bool:
    """Return whether a session of this user, by what is kept in it, has come to its end."""
    return bool(_why_it_ends(session, user))


def _why_it_ends(session: Any, user: Any) -> str:
    """Return in a sentence why the session is over, "" if it is not."""
    now = time()
    staff = getattr(user, "is_staff", False)
    idle_minutes = settings.STAFF_IDLE_MINUTES if staff else settings.PATIENT_IDLE_MINUTES
    if now - session.get(USED, now) >= idle_minutes * 60:
        return f"You were signed out: nothing was done here for {idle_minutes} minutes."
    if now - session.get(BEGAN, now) >= settings.SESSION_COOKIE_AGE:
        return f"You were signed out: you had signed in {settings.SESSION_HOURS} hours ago."
    return ""


def begin_session(request: HttpRequest, **signal: Any) -> None:
    """Let the session's times begin with signing in."""
    request.session[BEGAN] = request.session[USED] = time()


def _note_use(session: Any) -> None:
    now = time()
    session.setdefault(BEGAN, now)
    if now - session.get(USED, 0) >= NOTED_EVERY:
        session[USED] = now


def _answer_too_late(request: HttpRequest) -> HttpResponse | None:
    """Answer what the admin would answer with its sign-in page, though nobody would see that."""
    sign_in = desk_address("login")
    at_the_desk = request.path.startswith(desk_address("index")) and request.path != sign_in
    if not at_the_desk or request.user.is_authenticated:
        return None
    back = redirect_to_login(_page_before(request), sign_in)
    if request.headers.get("Sec-Fetch-Dest") == "empty":  # asked by a script of a page
        body = problem("not-authenticated", "Sign in first.", 401)
        headers = {"HX-Redirect": back.url}
        return JsonResponse(body, status=401, content_type=CONTENT_TYPE, headers=headers)
    if request.method != "POST" or request.path == desk_address("logout"):
        return None
    messages.warning(request, NOT_DONE)
    return back


def _page_before(request: HttpRequest) -> str:
    """Return the path of the page that sent this request, the first page if it is not known."""
    page = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}):
        return desk_address("index")
    parts = urlsplit(page)
    return parts._replace(scheme="", netloc="", fragment="").geturl()
