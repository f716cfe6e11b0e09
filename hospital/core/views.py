"""Pages that belong to no app."""

from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


@extend_schema(exclude=True)
class UnknownPathView(APIView):
    """Any address of the API that leads nowhere: a JSON 404, whatever the method."""

    permission_classes = (AllowAny,)
    authentication_classes = ()

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        raise NotFound

    def get(self, request: Request, path: str = "") -> Response:
        raise NotFound  # the schema and DRF want a method to exist


def front_door(request: HttpRequest) -> HttpResponseRedirect:
    """Lead a visitor to the desk."""
    return redirect("admin:index")
