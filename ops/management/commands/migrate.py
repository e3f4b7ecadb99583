"""Django's own command, which first looks whether the database can be brought up to date."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands.migrate import Command as Migrate

from console.database import refusal


class Command(Migrate):
    def handle(self, *args: Any, **options: Any) -> None:
        if reason := refusal(options["database"]):
            raise CommandError(reason)
        super().handle(*args, **options)
