"""Signing in over REST: JWT pairs, with guessing made slow."""

from typing import Any

from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_simplejwt.exceptions import InvalidToken
from rest_framework_simplejwt.serializers import TokenRefreshSerializer
from rest_framework_simplejwt.settings import api_settings as jwt_settings
from rest_framework_simplejwt.tokens import RefreshToken
from rest_framework_simplejwt.utils import get_md5_hash_password
from rest_framework_simplejwt.views import TokenObtainPairView, TokenRefreshView

from hospital.core.models import User
from hospital.core.throttling import (
    allowed_per_minute,
    count_request,
    forget_requests,
    seconds_left,
    sign_in_caller,
)

SIGN_IN = "sign-in"


class SignInView(TokenObtainPairView):
    """
    Exchange a username and password for a short access token and a refresh token.

    Attempts are counted per address and username; a success starts the count again, so only
    guessing is slowed down.
    """

    bucket = SIGN_IN

    def post(self, request: Request, *args: object, **kwargs: object) -> Response:
        caller = self._caller(request)
        if count_request(caller) > allowed_per_minute("login"):
            raise Throttled(seconds_left())
        response = super().post(request, *args, **kwargs)
        forget_requests(caller)
        return response

    @staticmethod
    def _caller(request: Request) -> str:
        data = request.data if isinstance(request.data, dict) else {}
        return sign_in_caller(request, str(data.get("username", "")))


class RefreshSerializer(TokenRefreshSerializer):
    """Refuses a refresh token that is older than the user's password."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, str]:
        token = RefreshToken(attrs["refresh"])
        user = User.objects.filter(pk=token.payload.get("user_id", 0)).first()
        claim = token.payload.get(jwt_settings.REVOKE_TOKEN_CLAIM)
        if user is None or claim != get_md5_hash_password(user.password):
            raise InvalidToken("The password was changed since.")
        return super().validate(attrs)


class RefreshView(TokenRefreshView):
    """Exchange a refresh token for a new pair; the old one is spent."""

    serializer_class = RefreshSerializer
    bucket = SIGN_IN
