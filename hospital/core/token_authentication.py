"""Who sends a request, by its access token."""

from typing import Any

from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.tokens import Token

from hospital.core.callers import Callers
from hospital.core.second_factor import WITH_CODE, SecondFactorRequired, is_required_of


class TokenAuthentication(JWTAuthentication):
    """Tokens as simplejwt checks them; staff's had without a code are refused where one is due."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user_model = Callers()  # type: ignore[assignment] # what of a model is asked for

    def get_user(self, validated_token: Token) -> Any:
        user = super().get_user(validated_token)
        if is_required_of(user) and not validated_token.get(WITH_CODE):
            raise SecondFactorRequired
        return user
