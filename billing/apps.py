from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "billing"

    def ready(self) -> None:
        from billing import jobs, notifications, receivers, work
        from billing.documents import builders
        from billing.personal import register_places

        register_places()
        notifications.register()
        receivers.connect()
        builders.register()
        jobs.register()
        work.register()
