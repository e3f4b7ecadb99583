"""`manage.py export_invoices --from D --to D --format xlsx|csv --out FILE [--again]` (docs/commands.md 7)."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from base.lib.errors import Refused
from billing.exports import export_invoices, exportable
from ops.management.commands._json import day, here


class Command(BaseCommand):
    help = "Take invoices away as a numbered batch; those exported before are left out."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="first", type=day, required=True)
        parser.add_argument("--to", dest="last", type=day, required=True)
        parser.add_argument("--format", choices=["xlsx", "csv"], required=True)
        parser.add_argument("--out", type=Path, required=True)
        parser.add_argument("--again", action="store_true", help="also those exported before")

    def handle(self, **options: Any) -> None:
        out: Path = options["out"]
        known = out.exists()
        try:
            # Before anything is recorded as taken away.
            out.open("ab").close()
        except OSError as problem:
            raise CommandError(f"{out} cannot be written: {problem.strerror}") from problem
        invoices = exportable(first=options["first"], last=options["last"], again=options["again"])
        try:
            batch = export_invoices(
                invoices=invoices,
                file_format=options["format"],
                by=None,
                at=timezone.now(),
                on=here(None),
                again=options["again"],
            )
        except Refused as problem:
            if not known:
                out.unlink()
            raise CommandError(str(problem)) from problem
        with batch.file.open("rb") as stored:
            out.write_bytes(stored.read())
        self.stderr.write(f"{batch.number}: {batch.rows} invoices -> {out}")
