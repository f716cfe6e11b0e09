"""Addresses of the reports, below the admin's."""

from django.contrib import admin
from django.urls import path

from invoicing_app import report_views

app_name = "reports"
urlpatterns = [
    path("", admin.site.admin_view(report_views.reports_page), name="index"),
    path("rows/<slug:slug>/", admin.site.admin_view(report_views.rows_page), name="rows"),
    path("<slug:slug>/", admin.site.admin_view(report_views.report_page), name="report"),
]
