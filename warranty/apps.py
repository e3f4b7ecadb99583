from django.apps import AppConfig
from django.db.models.signals import post_migrate


class WarrantyConfig(AppConfig):
    name = "warranty"

    def ready(self) -> None:
        from warranty import documents, guards, handlers, hooks, plugs

        post_migrate.connect(guards.install, sender=self, dispatch_uid="warranty.guards")
        handlers.plug()
        hooks.connect()
        documents.plug()
        plugs.plug()
