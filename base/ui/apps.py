from django.apps import AppConfig


class UIConfig(AppConfig):
    name = "base.ui"
