"""`manage.py forecast --from D --to D [--contract NO] [--format json]` (docs/rules.md 5, docs/commands.md 5)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from contracts.models import Contract
from ops.management.commands._json import day, here, show
from warranty.planning.forecast import Expected, forecast


class Command(BaseCommand):
    help = "What will happen by itself between two days."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="first", type=day, required=True)
        parser.add_argument("--to", dest="last", type=day, required=True)
        parser.add_argument("--contract", metavar="NO")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, **options: Any) -> None:
        contracts = Contract.objects.all()
        if options["contract"]:
            contracts = contracts.of_number(options["contract"])
            if not contracts.exists():
                raise CommandError(f"there is no contract {options['contract']}")
        rows = [
            as_document(row)
            for row in forecast(contracts, first=options["first"], last=options["last"], today=here(None))
        ]
        if options["format"] == "json":
            show(self, rows)
            return
        for row in sorted(rows, key=lambda row: row["due_on"]):
            self.stdout.write("{due_on}  {contract}  {kind} {step}  {amount}".format(**row))


def as_document(row: Expected) -> dict[str, Any]:
    return {
        "contract": row.contract,
        "kind": row.kind,
        "step": row.step,
        "due_on": str(row.due_on),
        "term": [str(row.term.first_day), str(row.term.last_day)] if row.term else None,
        "window": [str(row.window.first_day), str(row.window.last_day)] if row.window else None,
        "amount": str(row.amount.amount) if row.amount else None,
        "currency": row.amount.currency.code if row.amount else None,
        "projected": row.projected,
    }
