from django.apps import AppConfig


class RenewalsConfig(AppConfig):
    name = "renewals"

    def ready(self) -> None:
        from contracts import timeline as contract_timeline
        from renewals import invoicing, notifications, plan, queries, receivers, sending, timeline
        from renewals.documents import builders
        from renewals.enums import TERM_ORIGIN
        from renewals.personal import register_places
        from warranty import agreements

        register_places()
        invoicing.register()
        agreements.register(origin=TERM_ORIGIN, offered=queries.quoted)
        notifications.register()
        sending.register_occasions()
        plan.register_kinds()
        receivers.connect()
        builders.register()
        contract_timeline.register_source(timeline.pieces)
