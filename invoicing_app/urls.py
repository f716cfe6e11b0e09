"""Addresses of bills and payments."""

from django.urls import path, re_path

from hospital.core.urls import address
from invoicing_app import drug_views, receipt_views, views
from invoicing_app.payers.urls import urlpatterns as payer_urls
from invoicing_app.portal.bills import BillPage, BillsPage
from invoicing_app.portal.money import MoneyPage
from invoicing_app.portal.overview import OverviewPage
from invoicing_app.portal.paying import PayBillPage
from invoicing_app.portal.receipts import ReceiptPage, ReceiptsPage
from invoicing_app.refunds.urls import urlpatterns as refund_urls
from invoicing_app.waivers.urls import urlpatterns as waiver_urls

urlpatterns = [
    address(
        "invoicing_app/consultations/<int:consultation_id>/bill",
        views.BillView.as_view(),
        name="bill",
    ),
    address(
        "invoicing_app/consultations/<int:consultation_id>/running-bill",
        views.RunningBillView.as_view(),
        name="running-bill",
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
    address(
        "api/bill-items/<int:bill_item_id>/hand-out",
        drug_views.HandOutView.as_view(),
        name="hand-out",
    ),
    address(
        "api/stock/batches/<int:batch_id>/recall", drug_views.RecallView.as_view(), name="recall"
    ),
    address(
        "api/stock/batches/<int:batch_id>/recall/csv",
        drug_views.RecallFileView.as_view(),
        name="recall-file",
    ),
    *payer_urls,
    *waiver_urls,
    *refund_urls,
    re_path(r"^r/(?P<token>[\s\S]*)$", receipt_views.check_receipt, name="receipt-check"),
    address("api/lab-results", views.LabResultListView.as_view(), name="lab-results"),
    path("portal/", OverviewPage.as_view(), name="portal"),
    path("portal/bills/", BillsPage.as_view(), name="portal-bills"),
    path("portal/bills/<int:consultation_id>/", BillPage.as_view(), name="portal-bill"),
    path("portal/bills/<int:consultation_id>/pay/", PayBillPage.as_view(), name="portal-pay-bill"),
    path("portal/receipts/", ReceiptsPage.as_view(), name="portal-receipts"),
    path("portal/receipts/<uuid:entry_uid>/", ReceiptPage.as_view(), name="portal-receipt"),
    path("portal/money/<uuid:transaction_id>/", MoneyPage.as_view(), name="portal-money"),
]
