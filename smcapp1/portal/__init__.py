"""Pages of patients: who they are for, and how somebody becomes one who signs in."""

from smcapp1.portal.visitors import PatientPage, VisitorsPage

__all__ = ["PatientPage", "VisitorsPage"]
