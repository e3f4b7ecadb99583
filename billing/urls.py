"""Addresses of the screens of invoices, exports and tax rates."""

from django.urls import path

from base.documents.pages import routes
from billing.pages import exports
from billing.pages.invoices import InvoicePage
from billing.pages.tax_rates import TaxRatePage

urlpatterns = [
    path("tax-rates/", TaxRatePage.urls()),
    path("invoices/", InvoicePage.urls()),
    *routes(InvoicePage),
    path("exports/", exports.ExportPage.urls()),
    path("exports/make/", exports.make, name="export_days"),
    path("exports/<int:pk>/file/", exports.download, name="export_file"),
]
