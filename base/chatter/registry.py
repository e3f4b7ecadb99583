"""Which of the installed apps and models are the product's own."""

from collections.abc import Iterator
from pathlib import Path

from django.apps import AppConfig, apps
from django.db import models

_INSTALLED = {"site-packages", "dist-packages"}


def our_apps() -> list[AppConfig]:
    """The apps that stand in the product's own tree and not among the installed packages, in their order."""
    return [each for each in apps.get_app_configs() if not _INSTALLED & set(Path(each.path).parts)]


def our_models() -> Iterator[type[models.Model]]:
    """The models of every app of ours, in the order in which the apps are installed."""
    for each in our_apps():
        yield from each.get_models()
