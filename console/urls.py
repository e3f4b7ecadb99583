"""Addresses of the home page and of the administrator's screens."""

from django.urls import path
from django.views.generic import RedirectView

from base.accounts.access import action
from base.ui.routes import routes
from console.dashboard import views as dashboard
from console.pages import calendar, health, jobs, personal, profile, users
from console.pages.accesses import AccessPage
from console.pages.changes import ChangePage
from console.pages.company import CompanyPage
from console.pages.events import EventPage

_to_company = RedirectView.as_view(pattern_name="company:sheet")

urlpatterns = [
    path("", dashboard.home, name="home"),
    path("home/figures/", dashboard.home_figures, name="home_figures"),
    path("home/panels/", dashboard.home_panels, name="home_panels"),
    path("health-panel/", dashboard.health_panel, name="health_panel"),
    path("health/", health.check, name="health"),
    path("health/page/", health.page, name="health_page"),
    path("profile/", profile.profile, name="profile"),
    path("users/<int:pk>/link/", users.make_link, name="user_link"),
    path("users/", routes(users.UserPage)),
    # There is one company: its list would be one line.
    path("company/", action("company.view")(_to_company), {"pk": 1}, name="company"),
    path("company/", routes(CompanyPage)),
    path("calendar/", calendar.year, name="calendar"),
    path("calendar/<int:year>/", calendar.year, name="calendar_year"),
    path("calendar/import/", calendar.bring_in, name="calendar_import"),
    path("calendar/hours/", calendar.hours, name="calendar_hours"),
    path("calendar/day/", calendar.set_day, name="calendar_day"),
    path("changes/", routes(ChangePage)),
    path("events/", routes(EventPage)),
    path("personal-data/", personal.search, name="personal_data"),
    path("personal-data/export/", personal.export, name="personal_export"),
    path("personal-data/erase/", personal.erase, name="personal_erase"),
    path("accesses/", routes(AccessPage)),
    path("jobs/notice/", jobs.notice, name="job_notice"),
    path("jobs/told/", jobs.told, name="job_told"),
    path("jobs/<int:pk>/progress/", jobs.progress, name="job_progress"),
    path("jobs/<int:pk>/file/", jobs.file, name="job_file"),
    path("jobs/", routes(jobs.JobPage)),
]
