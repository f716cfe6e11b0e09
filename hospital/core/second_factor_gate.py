"""Where a second factor is wanted, staff do nothing with a session that has not shown one."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.models import Device

from hospital.core.problems import CONTENT_TYPE, problem
from hospital.core.second_factor import SecondFactorRequired, is_required_of

ALWAYS_OPEN = ("admin:core_user_second_factor", "admin:login", "admin:logout", "admin:jsi18n")
SET_IT_UP = "Set up your second factor first; nothing else can be done before."


class SecondFactorMiddleware:
    """Leads such a person to the page that sets it up; a program gets a problem document."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SECOND_FACTOR_REQUIRED and _is_missing(request):
            return _lead_to_it(request)
        return self.get_response(request)


def _is_missing(request: HttpRequest) -> bool:
    has_cookie = settings.SESSION_COOKIE_NAME in request.COOKIES
    if not (has_cookie and SESSION_KEY in request.session and is_required_of(request.user)):
        return False
    if request.path in {reverse(name) for name in ALWAYS_OPEN}:
        return False
    device = Device.from_persistent_id(request.session.get(DEVICE_ID_SESSION_KEY, "/"))
    return device is None or device.user_id != request.user.pk or not device.confirmed


def _lead_to_it(request: HttpRequest) -> HttpResponse:
    if "text/html" not in request.headers.get("Accept", ""):
        refusal = SecondFactorRequired
        body = problem(refusal.code, refusal.title, refusal.status)
        return JsonResponse(body, status=refusal.status, content_type=CONTENT_TYPE)
    messages.warning(request, SET_IT_UP)
    return HttpResponseRedirect(reverse("admin:core_user_second_factor"))
