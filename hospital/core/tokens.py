"""Signing in over REST: JWT pairs, with guessing made slow."""

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed, Throttled, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_simplejwt.exceptions import InvalidToken
from rest_framework_simplejwt.serializers import TokenObtainSerializer, TokenRefreshSerializer
from rest_framework_simplejwt.settings import api_settings as jwt_settings
from rest_framework_simplejwt.tokens import RefreshToken
from rest_framework_simplejwt.utils import get_md5_hash_password
from rest_framework_simplejwt.views import TokenObtainPairView, TokenRefreshView

from hospital.core.lock_out import count_failure, forget_failures, is_locked, seconds_locked
from hospital.core.models import User
from hospital.core.second_factor import (
    WITH_CODE,
    SecondFactorRequired,
    device_accepting,
    has_second_factor,
    is_required_of,
)
from hospital.core.throttling import (
    allowed_per_minute,
    count_request,
    forget_requests,
    seconds_left,
    sign_in_caller,
)

SIGN_IN = "sign-in"
LOCKED = "Too many failed attempts: this name is locked at this address for a while."


def require_unlocked(request: Any, username: str) -> None:
    """:raises Throttled: if this name may not sign in from this address"""
    if is_locked(request, username):
        raise Throttled(seconds_locked(request, username), LOCKED)


class SignInSerializer(TokenObtainSerializer):
    """Name, password, and the code of a second factor from those who have one."""

    otp = serializers.CharField(required=False, max_length=40, write_only=True)
    access = serializers.CharField(read_only=True)
    refresh = serializers.CharField(read_only=True)
    token_class = RefreshToken

    def validate(self, attrs: dict[str, Any]) -> dict[Any, Any]:
        super().validate(attrs)
        user: Any = self.user
        require_unlocked(self.context["request"], user.get_username())  # guesses come in parallel
        with_code = has_second_factor(user)
        if with_code:
            self._require_code(user, attrs.get("otp", ""))
        elif is_required_of(user):
            raise SecondFactorRequired
        refresh: Any = self.get_token(user)
        refresh[WITH_CODE] = with_code
        return {"refresh": str(refresh), "access": str(refresh.access_token)}

    def _require_code(self, user: User, code: str) -> None:
        if not code:
            raise ValidationError({"otp": ["This user signs in with a code, too."]})
        if device_accepting(user, code) is None:
            count_failure(self.context["request"], user.get_username())
            raise AuthenticationFailed("The code is wrong, was used before, or is too old.")


class SignInView(TokenObtainPairView):
    """
    Exchange a username and password for a short access token and a refresh token.

    Attempts are counted per address and username; a success starts the count again, so only
    guessing is slowed down, and locked after a few failures.
    """

    serializer_class = SignInSerializer
    bucket = SIGN_IN

    def post(self, request: Request, *args: object, **kwargs: object) -> Response:
        data = request.data if isinstance(request.data, dict) else {}
        username = str(data.get("username", ""))
        caller = sign_in_caller(request, username)
        if count_request(caller) > allowed_per_minute("login"):
            raise Throttled(seconds_left())
        require_unlocked(request, username)
        response = super().post(request, *args, **kwargs)
        forget_requests(caller)
        forget_failures(request, username)
        return response


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
