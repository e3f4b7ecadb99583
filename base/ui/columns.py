"""What stands in a list's column and in a line of the sheet: one declaration for both, and for the export."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, Generic, TypeAlias, TypedDict, TypeVar, Unpack

from django.db import models
from django.db.models import F
from django.db.models.expressions import Combinable, Expression
from django.utils.html import format_html
from django.utils.safestring import SafeString
from djmoney.models.fields import MoneyField
from moneyed import Money

from base.ui import cells, paths, registry
from base.ui.binding import Bindable
from base.ui.look import Look, Text

#: What a spreadsheet's cell holds.
Raw: TypeAlias = str | bool | int | float | Decimal | date | datetime | None
M = TypeVar("M", bound=models.Model)
#: What makes a record's cell: escaped markup.
Renderer: TypeAlias = Callable[[M], str]


class ColumnOptions(TypedDict, Generic[M], total=False):
    """What every kind of column can be told beside its name."""

    label: Text | None
    value: Callable[[M], object] | None
    link: bool
    total: bool
    action: str
    sort: str | bool
    optional: bool
    align: str


class Column(Bindable, Generic[M]):
    """A field path (`customer__name`), an annotation, or anything a callable makes of the record.

    `value(record)` replaces the field's value; `sort` names what to order by where it is not the path itself
    (False: not sortable); `total` sums a money or number field under the list, per currency; `action` hides the
    column from whoever lacks it, everywhere; `optional` columns are shown once a person chooses them.
    """

    def __init__(
        self,
        name: str,
        *,
        label: Text | None = None,
        value: Callable[[M], object] | None = None,
        link: bool = False,
        total: bool = False,
        action: str = "",
        sort: str | bool = True,
        optional: bool = False,
        align: str = "",
    ) -> None:
        self.name, self.value, self.link, self.total = name, value, link, total
        self.action, self.optional = action, optional
        self._sort, self._align = sort, align
        self._label = label
        #: The field a bound column shows; None for an annotation or a property.
        self.field: paths.AnyField | None = None
        self.label: Text = label or ""

    def looked_up(self, model: type[models.Model]) -> Mapping[str, Any]:
        field = paths.field_at(model, self.name)
        if self.value is None and field is None and "__" in self.name:
            raise LookupError(f"{model.__name__} has no {self.name}")
        return {
            "field": field,
            "label": paths.capitalised(self._label) if self._label else paths.label_of(model, self.name),
        }

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

    def ordering(self) -> F | Expression:
        """What rows are ordered by."""
        return F(self.sort)

    def summand(self) -> Combinable:
        """What is added up under a list, of a column that is summed."""
        return F(self.name)

    @property
    def align(self) -> str:
        return self._align or ("end" if cells.is_number(self.field) else "")

    @property
    def is_money(self) -> bool:
        return isinstance(self.field, MoneyField)

    def of(self, record: M) -> object:
        """The record's value; of a choice its label."""
        return self.value(record) if self.value else paths.value_at(record, self.name)

    def shown(self, record: M, look: Look) -> object:
        """The same, with the labels of choices translated once a request instead of once a cell."""
        field = self.field
        if self.value or field is None or not field.choices:
            return self.of(record)
        labels = look.once(("labels", field), lambda: _labels(field))
        stored = paths.stored_at(record, self.name)
        return labels.get(stored, stored)

    def html(self, record: M, look: Look) -> SafeString | str:
        return cells.html(self.shown(record, look), look, registry.address if self.link else None)

    def renderer(self, look: Look, *, linked: bool = True) -> Renderer[M]:
        """`html` for the many records of one screen: what does not depend on the record is looked up once.

        Without `linked` the value stands plain, because the cell is a link already.
        """
        if type(self).html is not Column.html and (linked or not self.link):
            return lambda record: cells.escaped(self.html(record, look))
        href = registry.address if self.link and linked else None
        read = self._reader(look)
        if self.field is not None and (self.field.choices or type(self.field) is models.DateField):
            return _remembered(read, lambda value: cells.escaped(cells.html(value, look, href)))
        return lambda record: cells.escaped(cells.html(read(record), look, href))

    def _reader(self, look: Look) -> Callable[[M], object]:
        """What gives the value `shown` gives."""
        field = self.field
        if type(self).of is not Column.of or type(self).shown is not Column.shown:
            return lambda record: self.shown(record, look)
        if self.value is not None:
            return self.value
        if field is not None and not field.choices and "__" not in self.name:
            return attrgetter(self.name)
        return lambda record: self.shown(record, look)

    def text(self, record: M, look: Look) -> str:
        return cells.text(self.of(record), look)

    def raw(self, record: M) -> Raw:
        """The value for a spreadsheet: number, date or text."""
        return _plain(self.of(record))

    def raw_reader(self) -> Callable[[M], Raw]:
        """`raw` for very many records: what does not depend on the record is looked up once."""
        field = self.field
        if type(self).raw is not Column.raw:
            return self.raw
        if type(self).of is not Column.of or self.value is not None or field is None or "__" in self.name:
            return lambda record: _plain(self.of(record))
        stored = attrgetter(self.name)
        if field.choices:
            labels = _labels(field)
            return lambda record: labels.get(value := stored(record)) or _plain(value)
        return lambda record: _plain(stored(record))


#: A column of whatever model.
AnyColumn: TypeAlias = Column[Any]


def _remembered(read: Callable[[M], object], make: Callable[[Any], str]) -> Renderer[M]:
    """A renderer of few different values, each made once."""
    made: dict[object, str] = {}

    def cell(record: M) -> str:
        value = read(record)
        found = made.get(value)
        if found is None:
            found = made[value] = make(value)
        return found

    return cell


def _plain(value: object) -> Raw:
    """A value as a spreadsheet takes it."""
    match value:
        case Money():
            return value.amount
        case None | bool() | int() | float() | Decimal() | date() | datetime():
            return value
    return str(value)


def _labels(field: "paths.AnyField") -> dict[object, str]:
    return {key: str(label) for key, label in field.flatchoices}


class Badge(Column[M]):
    """A choice as a coloured word; `colours` maps stored values to Tabler's colours."""

    def __init__(
        self, name: str, colours: Mapping[str, str] | None = None, **options: Unpack[ColumnOptions[M]]
    ) -> None:
        super().__init__(name, **options)
        self.colours = dict(colours or {})

    def html(self, record: M, look: Look) -> SafeString | str:
        value = self.shown(record, look)
        if value in (None, ""):
            return cells.EMPTY
        key = value if self.field is None else paths.stored_at(record, self.name)
        colour = self.colours.get(str(key), "secondary")
        return look.once(("badge", value, colour), lambda: cells.badge(value, colour))


class Due(Column[M]):
    """A day that asks for something: with the distance in words, red once it is over.

    `open_(record)` says whether it still does; `near` is from how many days before it is shown in amber.
    """

    def __init__(
        self,
        name: str,
        *,
        near: int = 30,
        open_: Callable[[M], bool] | None = None,
        **options: Unpack[ColumnOptions[M]],
    ) -> None:
        super().__init__(name, **options)
        self.near, self.open_ = near, open_

    def html(self, record: M, look: Look) -> SafeString | str:
        value = self.of(record)
        if not isinstance(value, date):
            return cells.EMPTY
        return cells.due_html(value, look, near=self.near, open_=self.open_ is None or self.open_(record))


class Percent(Column[M]):
    """A share of one, shown as per cent."""

    def html(self, record: M, look: Look) -> SafeString | str:
        value = self.of(record)
        if not isinstance(value, Decimal):
            return cells.EMPTY
        return format_html('<span class="money">{}</span>', cells.percent_text(value))

    def text(self, record: M, look: Look) -> str:
        value = self.of(record)
        return cells.percent_text(value) if isinstance(value, Decimal) else ""
