"""Addresses of refunds."""

from hospital.core.urls import address
from invoicing_app.refunds import views

_ONE = "invoicing_app/refunds/<int:refund_id>"

urlpatterns = [
    address("invoicing_app/refunds", views.RefundsView.as_view(), name="refunds"),
    address("invoicing_app/refunds/plan", views.RefundPlanView.as_view(), name="plan-refund"),
    address(_ONE, views.RefundView.as_view(), name="refund"),
    address(f"{_ONE}/approve", views.ApproveRefundView.as_view(), name="approve-refund"),
    address(f"{_ONE}/reject", views.RejectRefundView.as_view(), name="reject-refund"),
    address(f"{_ONE}/withdraw", views.WithdrawRefundView.as_view(), name="withdraw-refund"),
    address(f"{_ONE}/pay-out", views.PayOutRefundView.as_view(), name="pay-out-refund"),
]
