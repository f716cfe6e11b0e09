"""Addresses of the front page, patients' accounts and the hospital's records."""

from django.urls import path

from hospital.core.urls import address
from smcapp1 import stock_count_views, views
from smcapp1.portal.account import AccountPage, EndSessionPage, PasswordPage
from smcapp1.portal.resetting import ResetPage
from smcapp1.portal.signing_in import FrontPage, SignInPage, SignOutPage

urlpatterns = [
    path("", FrontPage.as_view(), name="front-door"),
    path("accounts/login/", SignInPage.as_view(), name="portal-login"),
    path("accounts/logout/", SignOutPage.as_view(), name="portal-logout"),
    path("accounts/reset/", ResetPage.as_view(), name="portal-reset"),
    path("portal/account/", AccountPage.as_view(), name="portal-account"),
    path("portal/account/password/", PasswordPage.as_view(), name="portal-password"),
    path(
        "portal/account/sessions/<int:session_id>/end/",
        EndSessionPage.as_view(),
        name="portal-end-session",
    ),
    address("api/patients", views.PatientListView.as_view(), name="patients"),
    address("api/patients/<int:pk>", views.PatientView.as_view(), name="patient"),
    address("api/departments", views.DepartmentListView.as_view(), name="departments"),
    address("api/service-items", views.ServiceItemListView.as_view(), name="service-items"),
    address("api/consultations", views.ConsultationListView.as_view(), name="consultations"),
    address("api/stock", views.StockListView.as_view(), name="stock"),
    address("api/stock-counts", stock_count_views.StockCountsView.as_view(), name="stock-counts"),
    address(
        "api/stock-counts/<int:count_id>",
        stock_count_views.StockCountView.as_view(),
        name="stock-count",
    ),
    address(
        "api/stock-counts/<int:count_id>/submit",
        stock_count_views.SubmitStockCountView.as_view(),
        name="submit-stock-count",
    ),
    address(
        "api/stock-counts/<int:count_id>/explain",
        stock_count_views.ExplainStockCountView.as_view(),
        name="explain-stock-count",
    ),
    address(
        "api/stock-counts/<int:count_id>/approve",
        stock_count_views.ApproveStockCountView.as_view(),
        name="approve-stock-count",
    ),
    address(
        "api/stock-counts/<int:count_id>/reject",
        stock_count_views.RejectStockCountView.as_view(),
        name="reject-stock-count",
    ),
]
