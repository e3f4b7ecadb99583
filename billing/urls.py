"""Addresses of the screens of invoices, exports and tax rates."""

from django.urls import path

from base.documents.pages import paper_routes
from base.ui.routes import routes
from billing.pages import exports
from billing.pages.charges import ChargePage
from billing.pages.credits import CreditPage
from billing.pages.invoices import InvoicePage
from billing.pages.tax_rates import TaxRatePage

urlpatterns = [
    path("tax-rates/", routes(TaxRatePage)),
    path("charges/", routes(ChargePage)),
    path("invoices/", routes(InvoicePage)),
    *paper_routes(InvoicePage),
    path("credits/", routes(CreditPage)),
    path("exports/", routes(exports.ExportPage)),
    path("exports/make/", exports.make, name="export_days"),
    path("exports/<int:pk>/file/", exports.download, name="export_file"),
]
