"""`manage.py pages [PAGE] [--format json]`: every page with its columns, filters, forms, moves and parts."""

from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ops.management.commands._json import show
from ops.stories.declaration import all_pages


class Command(BaseCommand):
    help = "What there is to see and to do, page by page, as it is declared."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("page", nargs="?", default="", help="only this one, such as contracts")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *, page: str, format: str, **_options: object) -> None:  # noqa: A002 (the option's own name)
        found = all_pages()
        if page and page not in {each["page"] for each in found}:
            raise CommandError(
                f"there is no page {page}; there are: {', '.join(filter(None, (each['page'] for each in found)))}"
            )
        chosen = [each for each in found if page in ("", each["page"])]
        if format == "json":
            show(self, chosen)
            return
        for each in chosen:
            self._tell(each)

    def _tell(self, page: Mapping[str, Any]) -> None:
        self.stdout.write(f"{page['page']}  {page['title']}")
        for kind in ("columns", "filters"):
            self.stdout.write(f"  {kind}: " + ", ".join(each["name"] for each in page[kind]))
        for kind in ("create", "edit"):
            if page[kind]:
                self.stdout.write(f"  {kind}: " + _inputs(page[kind]))
        for kind in ("moves", "bulk", "parts"):
            for each in page[kind]:
                self.stdout.write(f"  {kind}: {each['name']} ({each['right']}) {_inputs(each['fields'])}".rstrip())


def _inputs(fields: list[dict[str, Any]]) -> str:
    """The fields of a form; required ones have a star."""
    return ", ".join(f"{each['name']}{'*' if each['required'] else ''}" for each in fields)
