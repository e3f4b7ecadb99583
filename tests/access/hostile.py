"""What nobody types by accident, put into every parameter of an address and every field of a form."""

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from typing import Any

from django.conf import settings
from django.db import transaction
from django.test import Client

from base.ui.filters import QUICK
from base.ui.page import AnyPage

LONG = "x" * 100_000
#: A text of each kind that a database, the calendar or arithmetic does not take.
VALUES = (
    "a\0b", "\0", "0001-01-01", "10000-01-01", "9999-12-31", "9999-12-31T23:59:59-14:00", "2026-13-45T00:00",
    "1e999999", "-1e999999", "NaN", "9" * 400, "-1", "%", "\\", "'", "[]", "１２", "12:99",
)  # fmt: skip
_ASKED = re.compile(r"""request\.GET(?:\.get(?:list)?\(|\[)["'](\w+)["']""")
_FOLDERS = ("base", "billing", "console", "contracts", "renewals", "service", "warranty")


@cache
def parameters() -> list[str]:
    """Every name that the program reads from an address by itself."""
    found = {"page", "sort", "q", "group", "in", QUICK, "tab", "lang", "next"}
    for folder in _FOLDERS:
        for path in (settings.BASE_DIR / folder).rglob("*.py"):
            found.update(_ASKED.findall(path.read_text(encoding="utf-8")))
    return sorted(found)


def of_list(page: type[AnyPage], turn: int = 0, turns: int = 1) -> Iterator[tuple[str, str]]:
    """Each parameter of a list with each hostile value, and with what groups and sorts by it.

    All pages share one way to read an address: with `turns`, each takes its turn at every so-manieth value.
    """
    names = ["q", "page", "sort", "group", QUICK, "in"]
    names += [name for each in page.all_filters() if each.kind != "quick" for name in each.parameters()]
    for value in (*VALUES, "x" * 5000)[turn % turns :: turns]:
        yield from ((name, value) for name in names)
        for group in page.group_by:
            yield "in", f"{group}={value}"


def one_and_all(client: Client, path: str, value: str) -> int:
    """The status of an address whose every parameter holds the value."""
    return quietly(client, "get", path, dict.fromkeys(parameters(), value))


def quietly(client: Client, method: str, path: str, data: dict[str, Any]) -> int:
    """The status of an answer, whatever it did being taken back."""
    with transaction.atomic():
        response = to_its_end(getattr(client, method)(path, data))
        transaction.set_rollback(True)
    return int(response.status_code)


def to_its_end(response: Any) -> Any:
    """The answer, a file in it read and so closed; its own `close` would close the connection of the test as well."""
    list(getattr(response, "streaming_content", ()))
    return response


class _Inputs(HTMLParser):
    """The inputs of the forms of a page, with what stands in them."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._select = self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        name = has.get("name") or ""
        match tag:
            case "input" if name and has.get("type") not in ("checkbox", "radio", "file", "submit"):
                self.values[name] = has.get("value") or ""
            case "input" if name and "checked" in has:
                self.values[name] = has.get("value") or "on"
            case "textarea" if name:
                self._text = name
                self.values[name] = ""
            case "select" if name:
                self._select = name
                self.values[name] = ""
            case "option" if self._select and ("selected" in has or not self.values[self._select]):
                self.values[self._select] = has.get("value") or ""

    def handle_data(self, data: str) -> None:
        if self._text:
            self.values[self._text] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._text = ""
        elif tag == "select":
            self._select = ""


def inputs(html: str) -> dict[str, str]:
    """What a browser would send of this page."""
    reader = _Inputs()
    reader.feed(html)
    reader.values.pop("csrfmiddlewaretoken", None)
    return reader.values
