from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChatterConfig(AppConfig):
    name = "base.chatter"

    def ready(self) -> None:
        from base.chatter import labels

        labels.say(
            events={
                "created": _("created"),
                "changed": _("changed"),
                "file_added": _("file added"),
                "file_removed": _("file removed"),
            }
        )
