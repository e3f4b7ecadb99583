"""Which page shows which model: how a record is linked, looked up and searched from anywhere."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.urls import reverse

from base.accounts.models import User
from base.chatter import visibility
from base.chatter.models import OnTarget
from base.ui import search
from base.ui.look import Look

if TYPE_CHECKING:
    from base.ui.page import ModelPage

#: Every declared page by its slug, in the order of declaration.
PAGES: dict[str, "type[ModelPage]"] = {}
#: The page that shows a model's records: the first one declared for it.
_OF_MODEL: dict[type[models.Model], "type[ModelPage]"] = {}


def register(page: "type[ModelPage]") -> None:
    if page.slug in PAGES:
        raise ValueError(f"two pages have the slug {page.slug}")
    PAGES[page.slug] = page
    first = _OF_MODEL.setdefault(page.model, page) is page
    # What hangs on records is visible through them, not by itself.
    if first and not issubclass(page.model, OnTarget):
        visibility.register(page.model, page.rows)


def page_of(model: type[models.Model]) -> "type[ModelPage] | None":
    return _OF_MODEL.get(model)


def main_pages() -> list["type[ModelPage]"]:
    """One page a model, in the order of declaration."""
    return list(_OF_MODEL.values())


def searched_pages() -> list["type[ModelPage]"]:
    """The pages the global search asks: those whose records have a name or number of their own.

    What is only found through something else (a term through its contract) would repeat it.
    """
    return [page for page in main_pages() if any("__" not in name for name in page.search)]


def address(record: models.Model, look: Look) -> str:
    """Where the record's sheet is; empty when it has none or the person may not open such sheets."""
    prefix = look.once(("address", type(record)), lambda: _prefix(type(record), look))
    return f"{prefix}{record.pk}/" if prefix else ""


def _prefix(model: type[models.Model], look: Look) -> str:
    page = page_of(model)
    return reverse(f"{page.slug}:list") if page and look.may(page.actions.view) else ""


def rows_for(model: type[models.Model], user: User) -> models.QuerySet[Any]:
    """The records of a model this person may see, asked of its page or its manager."""
    page = page_of(model)
    if page:
        return page.rows(user)
    rows = model._default_manager.all()
    return rows.visible_to(user) if hasattr(rows, "visible_to") else rows


def text_search(model: type[models.Model], rows: models.QuerySet[Any], text: str) -> models.QuerySet[Any]:
    """The rows a text finds, asked of the model's page; without one, searched in the field it is ordered by."""
    page = page_of(model)
    if page:
        return page.find(rows, text)
    return search.holding(model, [str(each).lstrip("-") for each in (model._meta.ordering or ["pk"])[:1]], rows, text)
