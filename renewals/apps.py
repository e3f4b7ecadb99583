from django.apps import AppConfig


class RenewalsConfig(AppConfig):
    name = "renewals"

    def ready(self) -> None:
        from renewals import extensions, invoicing, notifications, plan, receivers, timeline
        from renewals.documents import builders

        invoicing.register()
        notifications.plug()
        plan.plug()
        receivers.connect()
        builders.plug()
        extensions.plug()
        timeline.plug()
