"""Addresses of the screens of quotes, of what leaves next, and of what the customer sees."""

from django.urls import path

from base.documents.pages import paper_routes
from base.ui.routes import routes
from renewals.pages import customer, outbox, quote_views
from renewals.pages.quotes import QuotePage

urlpatterns = [
    path("quotes/", routes(QuotePage)),
    path("quotes/<int:pk>/sum/", quote_views.sum_up, name="quote_sum"),
    path("quotes/<int:pk>/mail/", quote_views.preview_mail, name="quote_mail"),
    *paper_routes(QuotePage),
    path("leaving/", outbox.show, name="leaving"),
    path("leaving/<int:pk>/", outbox.preview, name="leaving_preview"),
    path("q/logo/", customer.logo, name="customer_logo"),
    path("q/<str:token>/", customer.show, name="customer_quote"),
    path("q/<str:token>/accept/", customer.say_yes, name="customer_accept"),
    path("q/<str:token>/decline/", customer.say_no, name="customer_decline"),
    path("q/<str:token>/quote.pdf", customer.paper, name="customer_paper"),
]
