from django.apps import AppConfig


class ServiceConfig(AppConfig):
    name = "service"

    def ready(self) -> None:
        from service import documents, hooks, plugs, telling
        from service.checks import plugs as check_plugs
        from service.visits import mails as visit_mails

        telling.plug()
        visit_mails.plug()
        documents.plug()
        hooks.connect()
        plugs.plug()
        check_plugs.plug()
