"""Addresses of the screens of quotes and invoices, and of what the customer sees."""

from django.urls import path

from billing.pages import papers, quote_views
from billing.pages.invoices import InvoicePage
from billing.pages.quotes import QuotePage

urlpatterns = [
    path("quotes/", QuotePage.urls()),
    path("quotes/<int:pk>/sum/", quote_views.sum_up, name="quote_sum"),
    path("quotes/<int:pk>/mail/", quote_views.preview_mail, name="quote_mail"),
    *papers.routes(QuotePage),
    path("invoices/", InvoicePage.urls()),
    *papers.routes(InvoicePage),
]
