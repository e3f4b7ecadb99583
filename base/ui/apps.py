from django.apps import AppConfig


class UIConfig(AppConfig):
    name = "base.ui"

    def ready(self) -> None:
        from base.ui import bulk, jobs
        from base.ui.catalogue import collect

        collect()
        jobs.register()
        bulk.register()
