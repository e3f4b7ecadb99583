"""`manage.py load_demo`: months of a made-up company's work, for an empty database only."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from base.accounts.models import User
from base.company.queries import today
from ops.demo.people import PASSWORD, PEOPLE, SO_LONG
from ops.demo.story import tell


class Command(BaseCommand):
    help = "Fill an empty database with the demo; its dates are relative to today."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--logins", action="store_true", help="only print the log-ins")
        parser.add_argument("--quiet", action="store_true", help="do not print them")

    def handle(self, **options: Any) -> None:
        if not options["logins"]:
            if User.objects.exists():
                raise CommandError("the database is not empty")
            with transaction.atomic():
                tell(today(timezone.now() - SO_LONG))
        for username, name, role, _phone in PEOPLE if not options["quiet"] else ():
            self.stdout.write(f"{username:12} {PASSWORD}   {role.label} {name}")
