"""Addresses of the screens of customers and contracts."""

from django.urls import path

from base.ui.routes import routes
from contracts.pages import ContractPage, CustomerPage, parts

urlpatterns = [
    path("customers/", routes(CustomerPage)),
    path("customers/<int:pk>/<slug:kind>/new/", parts.edit, name="customer_part_new"),
    path("customers/<int:pk>/<slug:kind>/<int:part>/", parts.edit, name="customer_part"),
    path("contracts/", routes(ContractPage)),
]
