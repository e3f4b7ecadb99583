"""Addresses of the service desk."""

from django.urls import path

from service.pages import calls, coverage, day, month, visits
from service.pages.policies import PolicyPage
from service.pages.prices import PRICES
from service.pages.requests import RequestPage

urlpatterns = [
    path("requests/coverage/", coverage.hint, name="request_coverage"),
    path("requests/calling/", calls.find, name="request_calling"),
    *PRICES.urls(),
    path("requests/", RequestPage.urls()),
    *visits.urlpatterns,
    path("service/month/", month.show, name="service_month"),
    path("service/month/feed/", month.feed, name="service_feed"),
    path("service/day/", day.show, name="service_day"),
    path("sla/", PolicyPage.urls()),
]
