"""Addresses of the screens of coverage, visits, the plan, its runs, and ledgers on their way in."""

from django.urls import path

from warranty.pages.inspections import InspectionPage
from warranty.pages.plan import PlanPage
from warranty.pages.terms import TermPage

urlpatterns = [
    path("terms/", TermPage.urls()),
    path("inspections/", InspectionPage.urls()),
    path("plan/", PlanPage.urls()),
]
