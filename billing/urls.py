"""Addresses of the screens of quotes and invoices, and of what the customer sees."""

from django.urls import path

from base.mailroom.record_papers import routes
from billing.pages import customer, exports, leaving, quote_views
from billing.pages.invoices import InvoicePage
from billing.pages.quotes import QuotePage
from billing.pages.tax_rates import TaxRatePage

urlpatterns = [
    path("tax-rates/", TaxRatePage.urls()),
    path("quotes/", QuotePage.urls()),
    path("quotes/<int:pk>/sum/", quote_views.sum_up, name="quote_sum"),
    path("quotes/<int:pk>/mail/", quote_views.preview_mail, name="quote_mail"),
    *routes(QuotePage),
    path("invoices/", InvoicePage.urls()),
    *routes(InvoicePage),
    path("exports/", exports.ExportPage.urls()),
    path("exports/make/", exports.make, name="export_days"),
    path("exports/<int:pk>/file/", exports.download, name="export_file"),
    path("leaving/", leaving.show, name="leaving"),
    path("leaving/<int:pk>/", leaving.preview, name="leaving_preview"),
    path("q/logo/", customer.logo, name="customer_logo"),
    path("q/<str:token>/", customer.show, name="customer_quote"),
    path("q/<str:token>/accept/", customer.say_yes, name="customer_accept"),
    path("q/<str:token>/decline/", customer.say_no, name="customer_decline"),
    path("q/<str:token>/quote.pdf", customer.paper, name="customer_paper"),
]
