"""`manage.py check_integrity [--format json]`: the stored data against the rules (docs/commands.md 9)."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ops.integrity import CHECKS, findings
from ops.management.commands._json import here, show


class Command(BaseCommand):
    help = "Hold the stored data against the rules; exits with 1 if anything is not as it must be."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, **options: Any) -> None:
        found = []
        for finding in findings(on=here(None)):
            found.append(finding._asdict())
            if options["format"] == "text":
                self.stdout.write("{check}: {record}: {problem}".format(**found[-1]))
        if options["format"] == "json":
            show(self, found)
        elif not found:
            self.stdout.write(self.style.SUCCESS(f"Everything is as the rules say ({len(CHECKS)} checks)."))
        if found:
            sys.exit(1)
