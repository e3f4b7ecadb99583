from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed_apps
from django.apps.registry import Apps
from django.db.models.signals import post_migrate


class CompanyConfig(AppConfig):
    name = "base.company"

    def ready(self) -> None:
        post_migrate.connect(_set_up, sender=self)


def _set_up(apps: Apps = installed_apps, **_: Any) -> None:
    """After migrating, and after a flush too: a data migration would run only once."""
    from base.company.operations import set_up

    try:
        apps.get_model("company", "Company")
    except LookupError:  # only other apps are migrated so far
        return
    set_up(apps)
