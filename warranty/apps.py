from django.apps import AppConfig
from django.db.models.signals import post_migrate


class WarrantyConfig(AppConfig):
    name = "warranty"

    def ready(self) -> None:
        from warranty import extensions, guards, plan, receivers
        from warranty.documents import builders

        post_migrate.connect(guards.install, sender=self, dispatch_uid="warranty.guards")
        plan.plug()
        receivers.connect()
        builders.plug()
        extensions.register()
