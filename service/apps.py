from django.apps import AppConfig


class ServiceConfig(AppConfig):
    name = "service"

    def ready(self) -> None:
        from service import extensions, notifications, receivers
        from service.checks import extensions as check_extensions
        from service.documents import builders
        from service.visits import notifications as visit_mails

        notifications.plug()
        visit_mails.plug()
        builders.plug()
        receivers.connect()
        extensions.register()
        check_extensions.register()
