"""Addresses of the service desk."""

from django.urls import path

from service.pages import coverage
from service.pages.policies import PolicyPage
from service.pages.requests import RequestPage

urlpatterns = [
    path("requests/coverage/", coverage.hint, name="request_coverage"),
    path("requests/", RequestPage.urls()),
    path("sla/", PolicyPage.urls()),
]
