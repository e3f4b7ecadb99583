"""Every address of the product."""

from django.urls import include, path
from django.views.generic import RedirectView

from base.accounts.access import action
from config import health_pages
from config.dashboard import views as dashboard
from config.pages import calendar, profile, users
from config.pages.company import CompanyPage
from config.pages.events import EventPage

handler403 = "base.ui.views.errors.not_allowed"
handler404 = "base.ui.views.errors.not_found"
handler500 = "base.ui.views.errors.broken"

_to_company = RedirectView.as_view(pattern_name="company:sheet")

urlpatterns = [
    path("", dashboard.home, name="home"),
    path("health-panel/", dashboard.health_panel, name="health_panel"),
    path("", include("base.ui.urls")),
    path("", include("base.mailroom.urls")),
    path("", include("contracts.urls")),
    path("", include("warranty.urls")),
    path("", include("service.urls")),
    path("", include("billing.urls")),
    path("health/", health_pages.check, name="health"),
    path("health/page/", health_pages.page, name="health_page"),
    path("profile/", profile.profile, name="profile"),
    path("users/<int:pk>/link/", users.make_link, name="user_link"),
    path("users/", users.UserPage.urls()),
    # There is one company: its list would be one line.
    path("company/", action("company.view")(_to_company), {"pk": 1}, name="company"),
    path("company/", CompanyPage.urls()),
    path("calendar/", calendar.year, name="calendar"),
    path("calendar/<int:year>/", calendar.year, name="calendar_year"),
    path("calendar/import/", calendar.bring_in, name="calendar_import"),
    path("calendar/hours/", calendar.hours, name="calendar_hours"),
    path("calendar/day/", calendar.set_day, name="calendar_day"),
    path("events/", EventPage.urls()),
]
