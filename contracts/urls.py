"""Addresses of the screens of customers and contracts."""

from django.urls import path

from contracts.pages import ContractPage, CustomerPage, parts

urlpatterns = [
    path("customers/", CustomerPage.urls()),
    path("customers/<int:pk>/<slug:kind>/new/", parts.edit, name="customer_part_new"),
    path("customers/<int:pk>/<slug:kind>/<int:part>/", parts.edit, name="customer_part"),
    path("contracts/", ContractPage.urls()),
]
