"""Which of the installed models are the product's own."""

from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import models


def our_models() -> Iterator[type[models.Model]]:
    """The models of every app that stands in this tree, in the order in which the apps are installed."""
    for config in apps.get_app_configs():
        if Path(config.path) == Path(settings.BASE_DIR, *config.name.split(".")):
            yield from config.get_models()
