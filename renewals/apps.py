from django.apps import AppConfig


class RenewalsConfig(AppConfig):
    name = "renewals"

    def ready(self) -> None:
        from contracts import timeline as contract_timeline
        from renewals import invoicing, notifications, plan, receivers, timeline
        from renewals.documents import builders

        invoicing.register()
        notifications.plug()
        plan.plug()
        receivers.connect()
        builders.plug()
        contract_timeline.plug(timeline.pieces)
