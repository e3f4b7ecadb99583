"""Addresses of the service desk, and of what a customer answers behind a link."""

from django.urls import path

from base.documents.pages import paper_routes
from base.ui.routes import routes
from contracts.pages import ContractPage
from service.pages import (
    calls,
    checks,
    completion,
    coverage,
    customer,
    day,
    finding_entry,
    inspection_parts,
    month,
    surveys,
    visits,
)
from service.pages.checklists import CheckListPage
from service.pages.commitments import CommitmentPage, DeliveryPage, TemplatePage
from service.pages.consents import AccessPage, ManagerChangePage
from service.pages.findings import FindingPage
from service.pages.penalties import PenaltyPage, PenaltyRulePage
from service.pages.policies import PolicyPage
from service.pages.prices import PRICES
from service.pages.reports import ReportPage
from service.pages.requests import RequestPage
from service.pages.surveys import SurveyPage

urlpatterns = [
    path("requests/coverage/", coverage.hint, name="request_coverage"),
    path("requests/calling/", calls.find, name="request_calling"),
    *PRICES.urls(),
    path("requests/", routes(RequestPage)),
    *visits.urlpatterns,
    path("service/month/", month.show, name="service_month"),
    path("service/month/feed/", month.feed, name="service_feed"),
    path("service/day/", day.show, name="service_day"),
    path("sla/", routes(PolicyPage)),
    path("access/", routes(AccessPage)),
    path("manager-changes/", routes(ManagerChangePage)),
    path("surveys/", routes(SurveyPage)),
    path("satisfaction/", surveys.satisfaction, name="satisfaction"),
    path("commitments/", routes(CommitmentPage)),
    path("commitment-templates/", routes(TemplatePage)),
    path("deliveries/", routes(DeliveryPage)),
    path("penalties/", routes(PenaltyPage)),
    path("penalty-rules/", routes(PenaltyRulePage)),
    path("reports/", routes(ReportPage)),
    *paper_routes(ReportPage),
    *paper_routes(ContractPage, needs="prices.view"),
    path("c/<str:token>/", customer.show_consent, name="customer_consent"),
    path("c/<str:token>/agree/", customer.agree, name="customer_agree"),
    path("c/<str:token>/refuse/", customer.refuse, name="customer_refuse"),
    path("s/<str:token>/", customer.show_survey, name="customer_survey"),
    path("s/<str:token>/vote/", customer.vote, name="customer_vote"),
    path("check-lists/", routes(CheckListPage)),
    path("findings/", routes(FindingPage)),
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
