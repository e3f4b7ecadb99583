from django.apps import AppConfig


class ServiceConfig(AppConfig):
    name = "service"

    def ready(self) -> None:
        from service import extensions, notifications, receivers
        from service.checks import extensions as check_extensions
        from service.documents import builders
        from service.personal import register_places
        from service.promises import notifications as consent_mails
        from service.promises import surveys
        from service.visits import notifications as visit_mails

        register_places()
        notifications.register()
        visit_mails.register()
        consent_mails.register_occasions()
        surveys.register_occasion()
        builders.register()
        receivers.connect()
        extensions.register()
        check_extensions.register()
