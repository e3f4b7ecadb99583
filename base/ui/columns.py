"""What stands in a list's column and in a line of the sheet: one declaration for both, and for the export."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from djmoney.models.fields import MoneyField
from moneyed import Money

from base.ui import cells, paths, registry
from base.ui.look import Look

if TYPE_CHECKING:
    from base.ui.page import ModelPage


class Column:
    """A field path (`customer__name`), an annotation, or anything a callable makes of the record.

    `value(record)` replaces the field's value; `sort` names what to order by where it is not the path itself
    (False: not sortable); `total` sums a money or number field under the list, per currency; `action` hides the
    column from whoever lacks it, everywhere; `optional` columns are shown once a person chooses them.
    """

    def __init__(
        self,
        name: str,
        *,
        label: Any = None,
        value: Callable[[Any], Any] | None = None,
        link: bool = False,
        total: bool = False,
        action: str = "",
        sort: str | bool = True,
        optional: bool = False,
        align: str = "",
    ) -> None:
        self.name, self.value, self.link, self.total = name, value, link, total
        self.action, self.optional = action, optional
        self._label, self._sort, self._align = label, sort, align
        self.field: models.Field[Any, Any] | None = None
        self.label: Any = label
        self.page: type[ModelPage] | None = None

    def bind(self, page: "type[ModelPage]") -> None:
        """Look up the field once, when the page is declared or the column plugged in."""
        self.page = page
        self.field = paths.field_at(page.model, self.name)
        self.label = capfirst(self._label) if self._label else paths.label_of(page.model, self.name)
        if self.value is None and self.field is None and "__" in self.name:
            raise LookupError(f"{page.__name__}: {page.model.__name__} has no {self.name}")

    @property
    def sort(self) -> str:
        """What the database orders by; empty when it cannot."""
        if isinstance(self._sort, str):
            return self._sort
        return self._order_path() if self._sort and self.field is not None and self.value is None else ""

    def _order_path(self) -> str:
        related = self.field.related_model if self.field is not None else None
        if isinstance(related, type) and related._meta.ordering:
            return f"{self.name}__{str(related._meta.ordering[0]).lstrip('-')}"
        return self.name

    @property
    def align(self) -> str:
        return self._align or ("end" if cells.is_number(self.field) else "")

    @property
    def is_money(self) -> bool:
        return isinstance(self.field, MoneyField)

    def of(self, record: Any) -> Any:
        """The record's value; of a choice its label."""
        return self.value(record) if self.value else paths.value_at(record, self.name)

    def shown(self, record: Any, look: Look) -> Any:
        """The same, with the labels of choices translated once a request instead of once a cell."""
        field = self.field
        if self.value or field is None or not field.choices:
            return self.of(record)
        labels = look.once(("labels", field), lambda: {key: str(label) for key, label in field.flatchoices})
        stored = paths.stored_at(record, self.name)
        return labels.get(stored, stored)

    def html(self, record: Any, look: Look) -> SafeString | str:
        return cells.html(self.shown(record, look), look, registry.address if self.link else None)

    def text(self, record: Any, look: Look) -> str:
        return cells.text(self.of(record), look)

    def raw(self, record: Any) -> Any:
        """The value for a spreadsheet: number, date or text."""
        value = self.of(record)
        match value:
            case Money():
                return value.amount
            case None | bool() | int() | float() | Decimal() | date() | datetime():
                return value
        return str(value)


class Badge(Column):
    """A choice as a coloured word; `colours` maps stored values to Tabler's colours."""

    def __init__(self, name: str, colours: Mapping[str, str] | None = None, **options: Any) -> None:
        super().__init__(name, **options)
        self.colours = dict(colours or {})

    def html(self, record: Any, look: Look) -> SafeString | str:
        value = self.shown(record, look)
        if value in (None, ""):
            return cells.EMPTY
        key = value if self.field is None else paths.stored_at(record, self.name)
        return cells.badge(value, self.colours.get(str(key), "secondary"))


class Due(Column):
    """A day that asks for something: with the distance in words, red once it is over.

    `open_(record)` says whether it still does; `near` is from how many days before it is shown in amber.
    """

    def __init__(
        self, name: str, *, near: int = 30, open_: Callable[[Any], bool] | None = None, **options: Any
    ) -> None:
        super().__init__(name, **options)
        self.near, self.open_ = near, open_

    def html(self, record: Any, look: Look) -> SafeString | str:
        value = self.of(record)
        if value is None:
            return cells.EMPTY
        return cells.due_html(value, look, near=self.near, open_=self.open_ is None or self.open_(record))


class Percent(Column):
    """A share of one, shown as per cent."""

    def html(self, record: Any, look: Look) -> SafeString | str:
        value = self.of(record)
        return cells.EMPTY if value is None else format_html('<span class="money">{}</span>', cells.percent_text(value))

    def text(self, record: Any, look: Look) -> str:
        value = self.of(record)
        return "" if value is None else cells.percent_text(value)
