"""Every address of the product."""

from django.urls import include, path
from django.views.generic import RedirectView

from base.accounts.access import ANYONE, action

handler403 = "base.ui.views.errors.not_allowed"
handler404 = "base.ui.views.errors.not_found"
handler500 = "base.ui.views.errors.broken"

urlpatterns = [
    path("", action(ANYONE)(RedirectView.as_view(pattern_name="contracts:list")), name="home"),
    path("", include("base.ui.urls")),
    path("", include("contracts.urls")),
    path("", include("warranty.urls")),
    path("", include("billing.urls")),
]
