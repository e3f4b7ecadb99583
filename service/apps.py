from django.apps import AppConfig


class ServiceConfig(AppConfig):
    name = "service"

    def ready(self) -> None:
        from service import check_plugs, hooks, plugs, telling

        telling.plug()
        hooks.connect()
        plugs.plug()
        check_plugs.plug()
