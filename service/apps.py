from django.apps import AppConfig


class ServiceConfig(AppConfig):
    name = "service"

    def ready(self) -> None:
        from service import documents, hooks, plugs, telling

        telling.plug()
        hooks.connect()
        documents.plug()
        plugs.plug()
