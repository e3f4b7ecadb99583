"""`manage.py export_tax_workbook --from D --to D --template FILE --out DIR` (docs/commands.md 7.1)."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from base.lib.errors import Refused
from billing.enums import InvoiceStatus
from billing.models import Invoice
from billing.rules.bureau import BureauInvoice, Problem, files_of, problems
from billing.tax_workbook import Template, for_bureau, problem_text
from ops.management.commands._json import day, show


class Command(BaseCommand):
    help = "Fill the tax bureau's workbook with the invoices that wait to be issued."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="first", type=day, required=True, help="made on this day or later")
        parser.add_argument("--to", dest="last", type=day, required=True)
        parser.add_argument("--template", type=Path, required=True, help="the bureau's workbook, as downloaded")
        parser.add_argument("--out", type=Path, required=True, help="the folder the files are written to")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, **options: Any) -> None:
        try:
            template = Template(options["template"].read_bytes())
        except OSError as problem:
            raise CommandError(f"{options['template']} cannot be read: {problem.strerror}") from problem
        except Refused as problem:
            raise CommandError(str(problem)) from problem
        rows = Invoice.objects.filter(status=InvoiceStatus.REQUESTED, on__gte=options["first"], on__lte=options["last"])
        good: list[BureauInvoice] = []
        refused: list[dict[str, Any]] = []
        warned: list[dict[str, Any]] = []
        for invoice in rows.order_by("number").prefetch_related("lines"):
            found = for_bureau(invoice)
            told = list(problems(found))
            if reasons := [each for each in told if each[1] != Problem.LONG_REMARK]:
                refused.append(_told(found.serial, reasons))
                continue
            good.append(found)
            if told:
                warned.append(_told(found.serial, told))
        files = self._written(template, good, options)
        document = {
            "version": template.version,
            "files": [path for path, _part in files],
            "invoices": [{"number": each.serial, "file": path} for path, part in files for each in part],
            "refused": refused,
            "warned": warned,
        }
        if options["format"] == "json":
            show(self, document)
            return
        for path, part in files:
            self.stdout.write(f"{path}: {len(part)}")
        for each in [*refused, *warned]:
            for reason in each["reasons"]:
                self.stdout.write(f"{each['number']} {reason['field']}: {reason['problem']}")

    def _written(
        self, template: Template, invoices: list[BureauInvoice], options: dict[str, Any]
    ) -> list[tuple[str, list[BureauInvoice]]]:
        out: Path = options["out"]
        files = []
        for number, part in enumerate(files_of(invoices), 1):
            path = out / f"tax-workbook-{options['first']}-{options['last']}-{number}.xlsx"
            try:
                out.mkdir(parents=True, exist_ok=True)
                path.write_bytes(template.filled(part))
            except OSError as problem:
                raise CommandError(f"{path} cannot be written: {problem.strerror}") from problem
            files.append((str(path), part))
        return files


def _told(number: str, found: list[tuple[str, Problem]]) -> dict[str, Any]:
    return {"number": number, "reasons": [{"field": field, "problem": problem_text(each)} for field, each in found]}
