"""Addresses of the screens of coverage, visits, the plan, its runs, and ledgers on their way in."""

from django.urls import path

from warranty.pages import forecast, ledger_export, runs
from warranty.pages.imports import ImportPage
from warranty.pages.inspections import InspectionPage
from warranty.pages.plan import PlanPage
from warranty.pages.runs import RunPage
from warranty.pages.terms import TermPage

urlpatterns = [
    path("terms/", TermPage.urls()),
    path("inspections/", InspectionPage.urls()),
    path("plan/", PlanPage.urls()),
    path("forecast/", forecast.show, name="forecast"),
    path("forecast/export.xlsx", forecast.export, name="forecast_export"),
    path("runs/today/", runs.today, name="run_today"),
    path("runs/", RunPage.urls()),
    path("imports/", ImportPage.urls()),
    path("contracts/ledger.xlsx", ledger_export.download, name="export_ledger"),
]
