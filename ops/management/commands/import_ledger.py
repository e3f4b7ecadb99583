"""`manage.py import_ledger FILE [--on DATE] [--dry-run] [--take SHEET] [--leave SHEET] [--format json]`.

See docs/ledger.md and docs/commands.md 3.
"""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from base.lib.errors import Refused
from contracts.ledger.reader import Ledger, read_ledger
from ops.management.commands._json import day, here, show
from warranty.imports import keep_loaded, last_of, missing_since, remembered, remembered_people
from warranty.ledger.compare import Comparison, compare
from warranty.ledger.load import load


class Command(BaseCommand):
    help = "Load an Excel ledger of contracts; bad rows are listed, good ones go in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--on", type=day, help="the day of import (default: today)")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
        parser.add_argument("--format", choices=["text", "json"], default="text")
        parser.add_argument("--take", metavar="SHEET", action="append", default=[], help="read this hidden sheet too")
        parser.add_argument("--leave", metavar="SHEET", action="append", default=[], help="leave this sheet out")

    def handle(self, **options: Any) -> None:
        on = here(options["on"])
        mapping, people = remembered(None), remembered_people(None)
        chosen = dict.fromkeys(options["take"], True) | dict.fromkeys(options["leave"], False)
        try:
            ledger = read_ledger(options["file"], on=on, mapping=mapping, chosen=chosen)
        except (Refused, OSError) as problem:
            raise CommandError(str(problem)) from problem
        if not ledger.tables:
            sheets = ", ".join(f"{name} ({each.rows})" for name, each in ledger.skipped.items())
            raise CommandError(
                "No sheet of this file looks like a ledger of contracts." + (f" Left out: {sheets}" if sheets else "")
            )
        at = timezone.now()
        gone = missing_since(last_of(None, before=at), ledger)
        if options["dry_run"]:
            result = compare(ledger, people=people)
        else:
            result = load(ledger, people=people, by=None, at=at, on=on)
            keep_loaded(
                file=Path(options["file"]),
                ledger=ledger,
                result=result,
                mapping=mapping,
                sheets=chosen,
                people=people,
                at=at,
            )
        document = as_document(result, ledger, gone)
        if options["format"] == "json":
            show(self, document)
        else:
            self._tell(document)
        if document["skipped"]:
            sys.exit(1)

    def _tell(self, document: dict[str, Any]) -> None:
        for name, value in document.items():
            self.stdout.write(f"{name}: {value if isinstance(value, int) else len(value)}")
        for each in document["rejected"]:
            self.stdout.write("  {sheet} {row} {field}: {problem} ({value})".format(**each))
        for number in document["gone"]:
            self.stdout.write(f"  {number} stood in the last ledger, and is not in this one")
        for each in document["skipped"]:
            self.stderr.write("  {rows} rows of sheet {sheet} were not imported".format(**each))


def as_document(result: Comparison, ledger: Ledger, gone: list[str]) -> dict[str, Any]:
    """The result as scripts read it."""
    return {
        "created": len(result.new),
        "updated": len(result.changed),
        "unchanged": len(result.unchanged),
        "rejected": [each.as_dict() for each in result.rejected],
        "warnings": [each.as_dict() for each in result.warnings],
        "conflicts": [
            {"sheet": each.row.sheet, "row": each.row.row, "contract": each.row.number, "fields": differs}
            for each, differs in result.conflicts
        ],
        "skipped": [
            {"sheet": sheet, "rows": each.rows} for sheet, each in ledger.skipped.items() if not each.on_purpose
        ],
        "gone": gone,
    }
