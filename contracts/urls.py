"""Addresses of the screens of customers and contracts."""

from django.urls import path

from contracts.pages import ContractPage, CustomerPage

urlpatterns = [
    path("customers/", CustomerPage.urls()),
    path("contracts/", ContractPage.urls()),
]
