from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    name = "base.documents"

    def ready(self) -> None:
        from base.chatter import labels
        from base.documents import jobs

        jobs.register()
        labels.say(events={"paper_stored": _("paper stored")})
