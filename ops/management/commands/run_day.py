"""`manage.py run_day [--on DATE] [--only KIND] [--dry-run] [--format json]` (docs/rules.md 5, docs/commands.md 4)."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from base.audit.sealing import seal
from ops.management.commands._json import day, here, show
from warranty.planning.kinds import names_of
from warranty.planning.run import run_day


class Command(BaseCommand):
    help = "Carry out everything the plan has due; exits with 1 if anything failed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", type=day, help="the day to run (default: today)")
        parser.add_argument("--only", choices=names_of(lambda kind: True), default="", metavar="KIND")
        parser.add_argument("--dry-run", action="store_true", help="do it all and undo it")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, **options: Any) -> None:
        at = timezone.now()
        result = run_day(on=here(options["on"]), by=None, at=at, only=options["only"], dry_run=options["dry_run"])
        seal(at=at)
        if options["format"] == "json":
            show(self, {"on": str(result.on), "actions": result.actions, "failures": result.failures})
        else:
            self.stdout.write(f"{result.on}")
            for kind, counts in result.actions.items():
                self.stdout.write(f"  {kind}: " + ", ".join(f"{n} {what}" for what, n in counts.items()))
            for failure in result.failures:
                self.stderr.write("  {contract} {kind}: {problem}".format(**failure))
        if result.failures:
            sys.exit(1)
