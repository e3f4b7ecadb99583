from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "billing"

    def ready(self) -> None:
        from billing import documents, handlers, hooks, mails, plugs, timeline

        mails.plug()
        handlers.plug()
        hooks.connect()
        documents.plug()
        plugs.plug()
        timeline.plug()
