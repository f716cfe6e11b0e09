"""Pages that belong to no app."""

from csp.decorators import csp_update
from django.utils.decorators import method_decorator
from drf_spectacular.contrib.rest_framework_simplejwt import SimpleJWTScheme
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from hospital.core.content_security import DOCS


@extend_schema(exclude=True)
class UnknownPathView(APIView):
    """Any address of the API that leads nowhere: a JSON 404, whatever the method."""

    permission_classes = (AllowAny,)
    authentication_classes = ()

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        raise NotFound

    def get(self, request: Request, path: str = "") -> Response:
        raise NotFound  # the schema and DRF want a method to exist


@method_decorator(csp_update(dict(DOCS)), name="dispatch")
class DocsView(SpectacularSwaggerSplitView):
    """The API's description to read and try; its script is a file, as the policy wants it."""

    template_name = "api_docs.html"


class TokenScheme(SimpleJWTScheme):  # type: ignore[no-untyped-call] # registers itself
    """Describes our tokens as simplejwt's, which they are."""

    target_class = "hospital.core.token_authentication.TokenAuthentication"
