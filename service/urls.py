"""Addresses of the service desk."""

from django.urls import path

from service.pages import checks, completion, coverage, finding_entry, inspection_parts
from service.pages.checklists import CheckListPage
from service.pages.findings import FindingPage
from service.pages.policies import PolicyPage
from service.pages.requests import RequestPage

urlpatterns = [
    path("requests/coverage/", coverage.hint, name="request_coverage"),
    path("requests/", RequestPage.urls()),
    path("sla/", PolicyPage.urls()),
    path("check-lists/", CheckListPage.urls()),
    path("findings/", FindingPage.urls()),
    path("inspections/completion/", completion.show, name="inspection_completion"),
    path("inspections/<int:pk>/checks/", checks.entry, name="inspection_checks"),
    path("inspections/<int:pk>/checks/begin/", checks.begin, name="inspection_checks_begin"),
    path("inspections/<int:pk>/checks/area/<slug:area>/", checks.save_area, name="inspection_checks_area"),
    path("inspections/<int:pk>/checks/review/<int:finding>/", checks.save_review, name="inspection_review"),
    path("inspections/<int:pk>/checks/finding/", finding_entry.edit, name="inspection_finding_new"),
    path("inspections/<int:pk>/checks/finding/<int:finding>/", finding_entry.edit, name="inspection_finding"),
    path(
        "inspections/<int:pk>/checks/finding/<int:finding>/take-back/",
        finding_entry.take_back,
        name="inspection_finding_take_back",
    ),
    path("inspections/<int:pk>/report/", inspection_parts.report, name="inspection_report"),
]
