"""`manage.py replan [--contract NO | --all] [--format json]` (docs/rules.md 5, docs/commands.md 11)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from base.company.clock import now
from contracts.models import Contract
from ops.integrity.renewals import lost
from ops.management.commands._json import day, here, show
from renewals.reopening import settle_renewals
from warranty.planning.writing import CHUNK, plan_contracts


class Command(BaseCommand):
    help = (
        "Bring the plan of contracts that exist to the rules of today: rows of a new kind, and renewals that were lost."
    )

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
        # Renewals that an earlier version lost open again.
        gone = list(lost(on).filter(contract__in=contracts.values("pk")).values_list("contract", flat=True))
        chunks = [gone[start : start + CHUNK] for start in range(0, len(gone), CHUNK)]
        changed = written.changed + sum(settle_renewals(each, by=None, at=now(), on=on) for each in chunks)
        if options["format"] == "json":
            show(self, {"on": str(on), "contracts": len(ids), "new": written.new, "changed": changed})
            return
        self.stdout.write(f"{len(ids)} contracts planned: {written.new} rows new, {changed} changed")
