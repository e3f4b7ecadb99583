"""Addresses of the mail screens."""

from django.urls import path

from base.mailroom import views, wordings
from base.mailroom.pages import BouncedPage, MailPage

urlpatterns = [
    path("mails/release/", views.release, name="mail_release"),
    path("mails/hold/", views.hold_all, name="mail_hold"),
    path("mails/texts/", wordings.overview, name="mail_texts"),
    path("mails/texts/<slug:name>/", wordings.edit, name="mail_text"),
    path("mails/texts/<slug:name>/<slug:language>/reset/", wordings.reset, name="mail_text_reset"),
    path("mails/texts/<slug:name>/<slug:language>/preview/", wordings.preview, name="mail_text_preview"),
    path("mails/bounced/", BouncedPage.urls()),
    path("mails/<int:pk>/page/", views.as_page, name="mail_page"),
    path("mails/<int:pk>/documents/<int:document>/", views.document, name="mail_document"),
    path("mails/<int:pk>/papers/<int:place>/", views.paper, name="mail_paper"),
    path("mails/", MailPage.urls()),
]
