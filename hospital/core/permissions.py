"""Who may call a view: the permission it names for the method, before any row is looked up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:  # the views load this module as their default
    from rest_framework.views import APIView

Required = Mapping[str, tuple[str, ...]]  # HTTP method → permissions, any one of which is enough


class Nobody(BasePermission):
    """What a view gets that names no permission: it answers nobody."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return False


class MayAct(BasePermission):
    """Signed in, and holding one of the permissions that the view names for this method."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not request.user.is_authenticated:
            return False
        required: Required = getattr(view, "required", {})
        method = "GET" if request.method == "HEAD" else str(request.method)
        if method not in required:
            # No handler: 405. A handler whose permissions were forgotten is for nobody.
            return method == "OPTIONS" or not hasattr(view, method.lower())
        return any(request.user.has_perm(permission) for permission in required[method])
