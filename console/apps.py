from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsoleConfig(AppConfig):
    name = "console"

    def ready(self) -> None:
        from base.chatter import labels
        from base.mail import texts
        from console import jobs, notifications

        for kind in notifications.KINDS:
            texts.register(kind)
        labels.say(events={"mail_chosen": _("own mail chosen")})
        jobs.register()
