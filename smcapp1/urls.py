"""Addresses of the hospital's records."""

from hospital.core.urls import address
from smcapp1 import views

urlpatterns = [
    address("api/patients", views.PatientListView.as_view(), name="patients"),
    address("api/patients/<int:pk>", views.PatientView.as_view(), name="patient"),
    address("api/departments", views.DepartmentListView.as_view(), name="departments"),
    address("api/service-items", views.ServiceItemListView.as_view(), name="service-items"),
    address("api/consultations", views.ConsultationListView.as_view(), name="consultations"),
    address("api/stock", views.StockListView.as_view(), name="stock"),
]
