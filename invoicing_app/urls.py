"""Addresses of bills and payments."""

from django.urls import re_path

from hospital.core.urls import address
from invoicing_app import receipt_views, views

urlpatterns = [
    address(
        "invoicing_app/consultations/<int:consultation_id>/bill",
        views.BillView.as_view(),
        name="bill",
    ),
    address("invoicing_app/payments/create", views.create_payment, name="create_payment"),
    address("invoicing_app/payments", views.PaymentListView.as_view(), name="payments"),
    address("invoicing_app/payments/<int:payment_id>", views.PaymentView.as_view(), name="payment"),
    address(
        "api/consultations/<int:consultation_id>/items",
        views.OrderItemsView.as_view(),
        name="order-items",
    ),
    address(
        "api/bill-items/<int:bill_item_id>/void", views.VoidItemView.as_view(), name="void-item"
    ),
    re_path(r"^r/(?P<token>[\s\S]*)$", receipt_views.check_receipt, name="receipt-check"),
    address("api/lab-results", views.LabResultListView.as_view(), name="lab-results"),
]
