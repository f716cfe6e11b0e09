"""Addresses of payers, covers and claims."""

from hospital.core.urls import address
from invoicing_app.payers import views

_CLAIM = "invoicing_app/claims/<int:claim_id>"
_BATCH = "invoicing_app/claim-batches/<int:batch_id>"

urlpatterns = [
    address("api/payers", views.PayersView.as_view(), name="payers"),
    address(
        "api/payers/<int:payer_id>/change", views.ChangePayerView.as_view(), name="change-payer"
    ),
    address("api/payers/<int:payer_id>/covers", views.SetCoverView.as_view(), name="set-cover"),
    address(
        "api/patients/<int:patient_id>/covers",
        views.PatientCoversView.as_view(),
        name="patient-covers",
    ),
    address(
        "api/patients/<int:patient_id>/covers/<int:cover_id>/end",
        views.EndPatientCoverView.as_view(),
        name="end-patient-cover",
    ),
    address("invoicing_app/claims", views.ClaimListView.as_view(), name="claims"),
    address(_CLAIM, views.ClaimView.as_view(), name="claim"),
    address(f"{_CLAIM}/bill-patient", views.BillPatientView.as_view(), name="bill-patient"),
    address(f"{_CLAIM}/write-off", views.AskWriteOffView.as_view(), name="ask-write-off"),
    address(
        f"{_CLAIM}/write-off/approve",
        views.ApproveWriteOffView.as_view(),
        name="approve-write-off",
    ),
    address(
        f"{_CLAIM}/write-off/reject", views.RejectWriteOffView.as_view(), name="reject-write-off"
    ),
    address("invoicing_app/claim-batches", views.ClaimBatchesView.as_view(), name="claim-batches"),
    address(_BATCH, views.ClaimBatchView.as_view(), name="claim-batch"),
    address(f"{_BATCH}/csv", views.ClaimBatchFileView.as_view(), name="claim-batch-file"),
    address("invoicing_app/remittances", views.RemittancesView.as_view(), name="remittances"),
    address("invoicing_app/receivables", views.ReceivablesView.as_view(), name="receivables"),
]
