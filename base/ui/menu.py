"""The menu as declared in `config/menu.py`, narrowed to what this person may open."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.module_loading import import_string

from base.accounts.access import may


@dataclass
class Entry:
    label: Any
    href: str
    current: bool = False


@dataclass
class MenuGroup:
    label: Any
    icon: str
    entries: list[Entry] = field(default_factory=list)
    current: bool = False


#: Where the menu is declared: a list of (label, icon, [(url name or "name?query", label, action), …]).
MENU = getattr(settings, "MENU", "config.menu.MENU")


def groups(request: HttpRequest) -> list[MenuGroup]:
    """The groups that have something in them for this person; the one of the present page is marked."""
    declared: Sequence[Any] = import_string(MENU)
    found = []
    for label, icon, entries in declared:
        group = MenuGroup(label, icon)
        for name, text, action in entries:
            if may(request.user, action):  # type: ignore[arg-type]
                name, _sign, query = name.partition("?")
                group.entries.append(Entry(text, reverse(name) + (f"?{query}" if query else "")))
        if group.entries:
            found.append(group)
    _mark(found, request)
    return found


def _mark(found: list[MenuGroup], request: HttpRequest) -> None:
    """The entry whose address is the longest beginning of this one's.

    One with a query is best where its query matches; on the sheets behind its list its path is enough.
    """
    best = 0
    marked: tuple[MenuGroup, Entry] | None = None
    for group in found:
        for entry in group.entries:
            fit = _fit(entry.href, request)
            if fit > best:
                best, marked = fit, (group, entry)
    if marked:
        marked[0].current = marked[1].current = True


def _fit(href: str, request: HttpRequest) -> int:
    """How well a menu entry names the present page: twice the length that matches, less one for a query that does not."""
    path, _sign, query = href.partition("?")
    if query and request.get_full_path().startswith(href):
        return 2 * len(href)
    if not request.path.startswith(path) or (path == "/" and request.path != "/"):
        return 0
    return 2 * len(path) - bool(query)
