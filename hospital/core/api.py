"""What every API view does with a request and an answer."""

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from hospital.core.acts import Act
from hospital.core.parsers import LengthRequired
from hospital.core.permissions import MayAct, Required

MAX_KEY_LENGTH = 200
KEY_FORM = f"1 to {MAX_KEY_LENGTH} printable ASCII characters"

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Makes repeating the request harmless: the first answer again, with status 200 and "
    f"`Idempotent-Replayed: true`. A key is spent by success only. It is {KEY_FORM}.",
)


class ActView(APIView):
    """A view whose ``required`` says which permissions each method needs."""

    permission_classes = (MayAct,)
    required: ClassVar[Required]


def wanted(serializer: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    """Return the request's body as the serializer reads it, or answer 400 with the fields named."""
    if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
        raise LengthRequired  # WSGI knows no end of such a body: it would be taken for an empty one
    read = serializer(data=request.data)
    read.is_valid(raise_exception=True)
    validated: dict[str, Any] = read.validated_data
    return validated


def act_of(request: Request) -> Act:
    """Return who acts, and under which ``Idempotency-Key``; a header that is no key is refused."""
    sent = request.headers.get("Idempotency-Key")
    if sent is None:
        return Act(request.user)
    key = sent.strip()
    # A server may hand over a header that is not ASCII as "": whoever sent a key relies on it.
    if not (0 < len(key) <= MAX_KEY_LENGTH and key.isascii() and key.isprintable()):
        raise ValidationError({"Idempotency-Key": [f"A key is {KEY_FORM}."]})
    return Act(request.user, key)


def created(body: Any, *, replayed: bool = False) -> Response:
    """Answer 201; or, when the key was spent before, the first answer again with 200."""
    if replayed:
        return done(body, replayed=True)
    return Response(body, status=status.HTTP_201_CREATED)


def done(body: Any, *, replayed: bool = False) -> Response:
    """Answer 200 to an act that makes nothing new, and say whether it is the first answer again."""
    return Response(body, headers={"Idempotent-Replayed": "true"} if replayed else None)
