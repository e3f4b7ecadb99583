"""Addresses of the screens of coverage, visits, the plan, its runs, and ledgers on their way in."""

from django.urls import path

from base.ui.routes import routes
from warranty.pages import forecast, imports, ledger_export, runs
from warranty.pages.inspections import InspectionPage
from warranty.pages.plan import PlanPage
from warranty.pages.runs import RunPage
from warranty.pages.terms import TermPage

urlpatterns = [
    path("terms/", routes(TermPage)),
    path("inspections/", routes(InspectionPage)),
    path("plan/", routes(PlanPage)),
    path("forecast/", forecast.show, name="forecast"),
    path("forecast/sums/", forecast.sums, name="forecast_sums"),
    path("forecast/export.xlsx", forecast.export, name="forecast_export"),
    path("runs/today/", runs.today, name="run_today"),
    path("runs/", routes(RunPage)),
    path("imports/", routes(imports.ImportPage, *imports.STEPS)),
    path("contracts/ledger.xlsx", ledger_export.download, name="export_ledger"),
]
