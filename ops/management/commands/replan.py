"""`manage.py replan [--contract NO | --all] [--format json]` (docs/rules.md 5, docs/commands.md 11)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from contracts.models import Contract
from ops.management.commands._json import day, here, show
from warranty.planning.writing import plan_contracts


class Command(BaseCommand):
    help = "Bring the plan of contracts that exist to the rules of today: they get the rows of a new kind, once."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--contract", metavar="NO")
        which.add_argument("--all", action="store_true", help="every contract that is or was covered")
        parser.add_argument("--on", type=day, help="the day of planning (default: today)")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, **options: Any) -> None:
        contracts = Contract.objects.filter(terms__isnull=False).distinct()
        if options["contract"]:
            contracts = Contract.objects.of_number(options["contract"])
            if not contracts.exists():
                raise CommandError(f"there is no contract {options['contract']}")
        ids, on = list(contracts.values_list("pk", flat=True)), here(options["on"])
        written = plan_contracts(ids, on=on)
        if options["format"] == "json":
            show(self, {"on": str(on), "contracts": len(ids), "new": written.new, "changed": written.changed})
            return
        self.stdout.write(f"{len(ids)} contracts planned: {written.new} rows new, {written.changed} changed")
