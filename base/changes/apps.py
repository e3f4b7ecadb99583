from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChangesConfig(AppConfig):
    name = "base.changes"
    verbose_name = _("changes to be agreed")

    def ready(self) -> None:
        from base.changes import notifications

        notifications.register()
