"""What each page is made of, and by whom: its extensions are collected once, when the product starts."""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import module_has_submodule

from base.chatter.registry import our_apps
from base.ui.extension import KINDS, AnyExtension, PageExtension, declared, extended, keep_parts
from base.ui.page import PAGES, AnyPage


def collect() -> None:
    """Give every page what the apps above add to it, in the order of the apps; what is declared later is refused.

    Looks into the `pages` and the `extensions` of each app of the product. Raises `ImproperlyConfigured` for an extension of a page
    that is not there, for a place that its page does not have, and for a name that is taken.
    """
    for app in our_apps():
        for name in ("pages", "extensions"):
            if module_has_submodule(app.module, name):
                import_module(f"{app.name}.{name}")
    for slug, extensions in by_page(declared.extensions).items():
        page = PAGES.get(slug)
        if page is None:
            raise ImproperlyConfigured(
                f"{extensions[0].__module__}.{extensions[0].__qualname__} extends the page {slug}, which is not there; "
                f"there are: {', '.join(sorted(PAGES))}"
            )
        keep_parts(slug, extended(page.own_parts, page.model, extensions))
    declared.is_closed = True


def by_page(extensions: Iterable[type[AnyExtension]]) -> dict[str, list[type[AnyExtension]]]:
    """The extensions of each page: in the order of the apps, and of one app as they are written."""
    order = {config.name: place for place, config in enumerate(apps.get_app_configs())}
    found: dict[str, list[type[AnyExtension]]] = {}
    for each in sorted(extensions, key=lambda each: order.get(app_of(each), len(order))):
        found.setdefault(each.of, []).append(each)
    return found


def app_of(declaration: type) -> str:
    """The app in which a page or an extension is declared; its module where that belongs to none."""
    config = apps.get_containing_app_config(declaration.__module__)
    return config.name if config else declaration.__module__


@dataclass(frozen=True)
class Contribution:
    """One piece of a page, and who declared it."""

    #: `columns`, `filters`, `tabs`, `moves`, `bulk`, `buttons`, `tools`; `rows` and `prepare` are queries of an extension.
    kind: str
    name: str
    label: str
    #: The action it takes; empty where the page's own is enough.
    action: str
    app: str
    #: The class of the page or of the extension.
    by: str


def contributions(page: type[AnyPage]) -> list[Contribution]:
    """Every piece of a page in its order, kind by kind, and then the queries that extensions add."""
    parts = page.parts()
    found = []
    for kind in KINDS:
        for piece in getattr(parts, kind):
            by: type = parts.sources.get((kind, piece.name), page)
            action = piece.action or (page.guard(piece.name) if kind in ("columns", "filters") else "")
            found.append(Contribution(kind, piece.name, str(piece.label), action, app_of(by), by.__qualname__))
    for extension in parts.extensions:
        found += [
            Contribution(kind, "", "", "", app_of(extension), extension.__qualname__)
            for kind in ("rows", "prepare")
            if getattr(extension, kind).__func__ is not getattr(PageExtension, kind).__func__
        ]
    return found
