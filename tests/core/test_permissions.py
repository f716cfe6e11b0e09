"""What a view lets through."""

import pytest
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate

from hospital.core.api import ActView
from tests.factories import UserFactory


class Forgetful(ActView):
    """Names no permission for POST."""

    required = {"GET": ("smcapp1.view_patientprofile",)}

    def get(self, request):
        return Response()

    def post(self, request):
        return Response()


@pytest.mark.parametrize(
    ("method", "status"), [("get", 200), ("head", 200), ("post", 403), ("put", 405)]
)
def test_a_method_whose_permissions_were_forgotten_is_for_nobody(db, method, status):
    request = getattr(APIRequestFactory(), method)("/")
    force_authenticate(request, UserFactory(is_superuser=True))

    assert Forgetful.as_view()(request).status_code == status
