from django.apps import AppConfig
from django.db.models.signals import post_migrate


class WarrantyConfig(AppConfig):
    name = "warranty"

    def ready(self) -> None:
        from contracts.querysets import show_to_engineer
        from warranty import extensions, guards, jobs, plan, receivers
        from warranty.documents import builders
        from warranty.ledger import yardstick
        from warranty.personal import register_places

        yardstick.register()
        register_places()
        post_migrate.connect(guards.install, sender=self, dispatch_uid="warranty.guards")
        plan.register_kinds()
        jobs.register()
        receivers.connect()
        show_to_engineer("plan__inspection__engineer")
        builders.register()
        extensions.register()
