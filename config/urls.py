"""Every address of the product."""

from django.urls import include, path

handler403 = "base.ui.views.errors.not_allowed"
handler404 = "base.ui.views.errors.not_found"
handler500 = "base.ui.views.errors.broken"

urlpatterns = [
    path("", include("console.urls")),
    path("", include("base.ui.urls")),
    path("", include("base.mail.urls")),
    path("", include("contracts.urls")),
    path("", include("warranty.urls")),
    path("", include("service.urls")),
    path("", include("billing.urls")),
    path("", include("renewals.urls")),
]
