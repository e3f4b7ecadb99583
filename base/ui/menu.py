"""The menu as declared in `config/menu.py`, narrowed to what this person may open."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import get_urlconf, reverse
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from base.accounts.access import in_place_of_others, role_may
from base.accounts.models import Role, User


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
    user = request.user
    if not isinstance(user, User) or not user.is_active:
        return []
    found = [
        MenuGroup(label, icon, [Entry(text, href) for text, href in entries])
        for label, icon, entries in _open_to(Role(user.role), in_place_of_others(user), get_urlconf())
    ]
    _mark(found, request)
    return found


@lru_cache(maxsize=100)
def _open_to(role: Role, more: frozenset[str], urlconf: str | None) -> list[tuple[Any, str, list[tuple[Any, str]]]]:
    """What the menu holds for a role and some actions more, with the addresses looked up: the same on every page."""
    declared: Sequence[Any] = import_string(MENU)
    found = []
    for label, icon, entries in declared:
        offered = [(text, _address(name)) for name, text, action in entries if action in more or role_may(role, action)]
        if offered:
            found.append((label, icon, offered))
    return found


def _address(name: str) -> str:
    name, _sign, query = name.partition("?")
    return reverse(name) + (f"?{query}" if query else "")


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


def apps(request: HttpRequest, found: list[MenuGroup]) -> SafeString:
    """The menu of everything, as the frame of every page holds it, with the entry of the present page marked."""
    user = request.user
    if not isinstance(user, User) or not found:
        return SafeString("")
    whole = _apps(Role(user.role), in_place_of_others(user), get_urlconf(), get_language())
    here = next((entry.href for group in found for entry in group.entries if entry.current), None)
    if here is None:
        return SafeString(whole)
    return SafeString(whole.replace(_opening(here, ""), _opening(here, " active"), 1))


@lru_cache(maxsize=100)
def _apps(role: Role, more: frozenset[str], urlconf: str | None, language: str | None) -> str:
    """In the language in force; `language` only tells one answer from another."""
    return "".join(
        f'<section><h2><i class="ti ti-{icon}" aria-hidden="true"></i>{escape(str(label))}</h2>'
        + "".join(f"{_opening(href, '')}{escape(str(text))}</a>" for text, href in entries)
        + "</section>"
        for label, icon, entries in _open_to(role, more, urlconf)
    )


def _opening(href: str, active: str) -> str:
    return f'<a class="dropdown-item{active}" href="{escape(href)}">'
