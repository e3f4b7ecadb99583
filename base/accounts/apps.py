from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "base.accounts"

    def ready(self) -> None:
        from base.accounts import receivers, rights  # noqa: F401
        from base.chatter import labels

        rights.register()
        labels.say(
            events={
                "password_set": _("password set"),
                "password_chosen": _("password chosen"),
                "password_taken_back": _("password taken back"),
                "password_link_made": _("link for a password made"),
                "unlocked": _("log-in unlocked"),
                "deputy_set": _("deputy set"),
                "todos_passed_on": _("to-dos passed on"),
                "deactivated": _("log-in closed"),
                "reactivated": _("log-in opened again"),
            }
        )
