"""`manage.py page SLUG [--format json]`: what a page is made of, and which app declared it."""

import json
from dataclasses import asdict

from django.core.management.base import BaseCommand, CommandError, CommandParser

from base.ui.catalogue import contributions
from base.ui.page import PAGES


class Command(BaseCommand):
    help = "What a page is made of (columns, filters, tabs, moves …), and which app declared each piece."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the page, as its address begins: contracts")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *, slug: str, format: str, **_options: object) -> None:  # noqa: A002 (the option's own name)
        page = PAGES.get(slug)
        if page is None:
            raise CommandError(f"there is no page {slug}; there are: {', '.join(sorted(PAGES))}")
        found = contributions(page)
        if format == "json":
            self.stdout.write(json.dumps([asdict(each) for each in found], ensure_ascii=False, indent=2))
            return
        kind = ""
        for each in found:
            if each.kind != kind:
                kind = each.kind
                self.stdout.write(kind)
            self.stdout.write(f"  {each.name:32}{each.app}.{each.by}" + (f"  ({each.action})" if each.action else ""))
