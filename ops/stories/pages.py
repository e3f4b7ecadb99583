"""The declared pages as a story names them."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import FieldError, ValidationError
from django.db import models
from django.db.models import QuerySet
from django.urls import get_resolver

from base.accounts.access import may
from base.accounts.models import User
from base.ui.page import PAGES, AnyPage, page_of
from ops.stories.acts import Mistake, RecordName, one_of

#: What people call a record by that has no page: the first of these that the model has.
_NAMES = ("number", "name")
Page = type[AnyPage]


def all_declared() -> Mapping[str, Page]:
    """Every page by its slug. The last of them are declared once the addresses are read."""
    _ = get_resolver().url_patterns
    return PAGES


def page_named(slug: str) -> Page:
    """The page a story names. Raises `Mistake` when there is none."""
    pages = all_declared()
    if not slug:
        raise Mistake("page", "The act lacks 'page'.")
    if slug not in pages:
        raise one_of("page", slug, sorted(pages), "page")
    return pages[slug]


def key_of(model: type[models.Model], page: Page | None = None) -> str:
    """The field by which a record is found; empty where only a name given by `as` or its columns will do."""
    page = page or page_of(model)
    if page:
        return page.key
    names = {each.name for each in model._meta.concrete_fields}
    return next((each for each in _NAMES if each in names), "")


def number_of(record: models.Model) -> str:
    """What a record is called in the answers: its number, else its name."""
    key = key_of(type(record))
    return str(getattr(record, key)) if key else str(record)


def state_of(record: models.Model) -> str:
    """The value of the status of a record; empty for one without."""
    page = page_of(type(record))
    columns = [each.name for each in page.own_parts.columns] if page else ["status"]
    usual = next((name for name in columns if name.rpartition("__")[2] in ("status", "state")), "")
    value: object = record
    for name in ((page.status_field if page else "") or usual).split("__"):
        value = getattr(value, name, "") if name else ""
    return str(value) if value is not None else ""


class Names:
    """What stories call records by: `as` names, numbers, or the values of their columns."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[type[models.Model], Any]] = {}

    def give(self, name: str, record: models.Model) -> None:
        self._known[name] = (type(record), record.pk)

    def among(
        self, rows: "QuerySet[models.Model]", name: RecordName, field: str, page: Page | None = None
    ) -> models.Model:
        """The one record of these rows. Raises `Mistake` for none, for several, and for a column that is not there."""
        if isinstance(name, str):
            return self._by_text(rows, name, field, page)
        there = sorted(each.name for each in rows.model._meta.concrete_fields)
        for column in name:
            if column.partition("__")[0] not in there:
                raise one_of(field, column, there, "column")
        wanted = {column: self.value(value, field) for column, value in name.items()}
        return _only(rows, wanted, field, ", ".join(f"{column} {value}" for column, value in name.items()))

    def _by_text(self, rows: "QuerySet[models.Model]", name: str, field: str, page: Page | None) -> models.Model:
        known = self._known.get(name)
        if known and issubclass(rows.model, known[0]):
            return _only(rows, {"pk": known[1]}, field, name)
        key = key_of(rows.model, page)
        if not key:
            raise Mistake(field, f"{name!r} was not named by 'as' before, and these records have no number.")
        return _only(rows, {key: name}, field, name)

    def value(self, value: object, field: str) -> object:
        """The key of a record that is named with its page (`contracts:HT-2024-001`); anything else as it is."""
        if not isinstance(value, str):
            return value
        slug, sep, name = value.partition(":")
        if not sep or slug not in PAGES:
            return value
        return self.among(PAGES[slug].model._default_manager.all(), name, field, PAGES[slug]).pk

    def seen_by(self, user: User, page: Page, name: RecordName | None) -> models.Model:
        """The record this person sees on the page; a foreign one is not there. Raises `Mistake`."""
        if name is None:
            raise Mistake("record", "The act lacks 'record'.")
        # Whoever may not see a price does not find a record by it either.
        for column in name if isinstance(name, Mapping) else ():
            guard = page.guard(column)
            if guard and not may(user, guard):
                raise Mistake("record", f"This person does not see {column!r}.")
        return self.among(page.all_rows(user), name, "record", page)


def _only(rows: "QuerySet[models.Model]", wanted: Mapping[str, Any], field: str, name: str) -> models.Model:
    try:
        found = list(rows.filter(**wanted)[:2])
    except (FieldError, ValidationError, ValueError, TypeError) as problem:
        raise Mistake(field, f"{name!r} finds nothing: {problem}") from problem
    if not found:
        raise Mistake(field, f"There is no {name}, or this person may not see it.")
    if len(found) > 1:
        raise Mistake(field, f"There are several records with {name}: say more of the one that is meant.")
    return found[0]
