"""Addresses of waivers."""

from hospital.core.urls import address
from invoicing_app.waivers import views

_ONE = "invoicing_app/waivers/<int:waiver_id>"

urlpatterns = [
    address("invoicing_app/waivers", views.WaiversView.as_view(), name="waivers"),
    address(_ONE, views.WaiverView.as_view(), name="waiver"),
    address(f"{_ONE}/approve", views.ApproveWaiverView.as_view(), name="approve-waiver"),
    address(f"{_ONE}/reject", views.RejectWaiverView.as_view(), name="reject-waiver"),
    address(f"{_ONE}/withdraw", views.WithdrawWaiverView.as_view(), name="withdraw-waiver"),
    address(f"{_ONE}/take-back", views.TakeBackWaiverView.as_view(), name="take-back-waiver"),
    address("api/waiver-reasons", views.WaiverReasonsView.as_view(), name="waiver-reasons"),
]
