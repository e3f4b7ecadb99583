"""Addresses of the mail screens."""

from django.urls import path

from base.mail.pages import release, texts, views
from base.mail.pages.mails import BouncedPage, MailPage
from base.ui.routes import routes

urlpatterns = [
    path("mails/release/", release.release, name="mail_release"),
    path("mails/hold/", release.hold_all, name="mail_hold"),
    path("mails/texts/", texts.overview, name="mail_texts"),
    path("mails/texts/<slug:name>/", texts.edit, name="mail_text"),
    path("mails/texts/<slug:name>/<slug:language>/reset/", texts.reset, name="mail_text_reset"),
    path("mails/texts/<slug:name>/<slug:language>/preview/", texts.preview, name="mail_text_preview"),
    path("mails/bounced/", routes(BouncedPage)),
    path("mails/<int:pk>/page/", views.as_page, name="mail_page"),
    path("mails/<int:pk>/documents/<int:document>/", views.document, name="mail_document"),
    path("mails/<int:pk>/papers/<int:place>/", views.paper, name="mail_paper"),
    path("mails/", routes(MailPage)),
]
