from django.apps import AppConfig


class ServiceConfig(AppConfig):
    name = "service"

    def ready(self) -> None:
        from service import check_plugs, documents, hooks, plugs, telling, visit_mails

        telling.plug()
        visit_mails.plug()
        documents.plug()
        hooks.connect()
        plugs.plug()
        check_plugs.plug()
