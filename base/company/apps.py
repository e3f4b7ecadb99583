from django.apps import AppConfig
from django.apps import apps as installed_apps
from django.apps.registry import Apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CompanyConfig(AppConfig):
    name = "base.company"

    def ready(self) -> None:
        from base.chatter import labels
        from base.company import control

        control.register()
        post_migrate.connect(_set_up, sender=self)
        labels.say(
            events={
                "year_imported": _("official days imported"),
                "company_day_set": _("company day set"),
                "windows_set": _("working hours set"),
            },
            values={"holiday": _("holiday"), "workday": _("working day")},
        )


def _set_up(apps: Apps = installed_apps, **rest: object) -> None:
    """After migrating, and after a flush too: a data migration would run only once."""
    from base.company.operations import set_up

    try:
        apps.get_model("company", "Company")
    except LookupError:  # only other apps are migrated so far
        return
    set_up(apps)
