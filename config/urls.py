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
    path("", include("billing.urls")),
    path("health/", health_pages.check, name="health_check"),
    path("settings/health/", health_pages.page, name="health"),
    path("settings/profile/", profile.profile, name="profile"),
    path("settings/users/<int:pk>/link/", users.make_link, name="user_link"),
    path("settings/users/", users.UserPage.urls()),
    # There is one company: its list would be one line.
    path("settings/company/", action("company.view")(_to_company), {"pk": 1}, name="company"),
    path("settings/company/", CompanyPage.urls()),
    path("settings/calendar/", calendar.year, name="calendar"),
    path("settings/calendar/<int:year>/", calendar.year, name="calendar_year"),
    path("settings/calendar/import/", calendar.bring_in, name="calendar_import"),
    path("settings/calendar/hours/", calendar.hours, name="calendar_hours"),
    path("settings/calendar/day/", calendar.set_day, name="calendar_day"),
    path("settings/events/", EventPage.urls()),
]
