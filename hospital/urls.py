"""Which path leads where."""

from django.contrib import admin
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView

from hospital.core.health import LiveView, ReadyView
from hospital.core.password_page import PasswordPage
from hospital.core.tokens import RefreshView, SignInView
from hospital.core.urls import address
from hospital.core.views import DocsView, UnknownPathView

urlpatterns = [
    path("admin/password_change/", admin.site.admin_view(PasswordPage.as_view())),
    path("admin/reports/", include("invoicing_app.report_urls")),
    path("admin/", admin.site.urls),
    address("api/token", SignInView.as_view(), name="token"),
    address("api/token/refresh", RefreshView.as_view(), name="token-refresh"),
    address("api/schema", SpectacularAPIView.as_view(), name="schema"),
    address("api/docs", DocsView.as_view(url_name="schema"), name="docs"),
    address("health/live", LiveView.as_view(), name="live"),
    address("health/ready", ReadyView.as_view(), name="ready"),
    path("", include("smcapp1.urls")),
    path("", include("client_wallet.urls")),
    path("", include("invoicing_app.urls")),
    re_path(r"^(api|wallets|invoicing_app)(/[\s\S]*)?$", UnknownPathView.as_view()),
]

handler500 = "hospital.core.problems.server_error"
