from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "base.audit"

    def ready(self) -> None:
        from base.audit import guards, receivers
        from base.chatter import labels

        post_migrate.connect(guards.install, sender=self, dispatch_uid="audit.guards")
        post_migrate.connect(receivers.seal_what_is_stored, sender=self, dispatch_uid="audit.seals")
        labels.say(
            events={
                "personal_data_erased": _("personal data erased"),
                "personal_data_exported": _("personal data exported"),
                "access_log_dropped": _("accesses of a month dropped"),
            },
            values={labels.ERASED: _("erased (event %(value)s)")},
        )
