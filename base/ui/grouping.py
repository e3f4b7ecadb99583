"""Rows gathered under what they have in common: a choice, a related record, a month."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta
from typing import Any

from django.db import models
from django.db.models.functions import TruncMonth, TruncQuarter, TruncYear
from django.utils.translation import gettext as _

from base.ui import cells, paths, registry
from base.ui.columns import Column
from base.ui.look import Look
from base.ui.page import ModelPage
from base.ui.totals import Total, grouped, plain

_TRUNCATE = {"month": TruncMonth, "quarter": TruncQuarter, "year": TruncYear}
#: More groups than this are no overview: the largest are shown.
MAX_SECTIONS = 200
#: How the URL writes "none".
NONE = "-"


@dataclass(frozen=True)
class GroupBy:
    """One way to group: a field, and for a date its span (`signed_on:month`)."""

    name: str
    path: str
    span: str
    field: "models.Field[Any, Any]"
    label: str

    @property
    def key_name(self) -> str:
        return f"_group_{self.path}" if self.span else self.path

    def annotated(self, rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
        if not self.span:
            return rows
        return rows.annotate(**{self.key_name: _TRUNCATE[self.span](self.path, output_field=models.DateField())})

    def narrow(self, rows: models.QuerySet[Any], key: str) -> models.QuerySet[Any]:
        """Only the rows of one group; nothing for a key that is none."""
        if key == NONE:
            empty = models.Q(**{f"{self.path}__isnull": True})
            return rows.filter(empty | models.Q(**{self.path: ""}) if isinstance(self.field, models.CharField) else empty)
        if self.span:
            first = _day(key)
            return rows.filter(**{f"{self.path}__gte": first, f"{self.path}__lt": _after(first, self.span)}) if first else rows.none()
        try:
            return rows.filter(**{self.path: self.field.to_python(key) if not self.field.is_relation else int(key)})
        except (ValueError, TypeError):
            return rows.none()

    def text(self, key: str, look: Look) -> str:
        """The group's heading for a key out of the URL."""
        if key == NONE:
            return _("none")
        if self.span:
            first = _day(key)
            return self._span_text(first, look) if first else key
        if isinstance(self.field.related_model, type) and key.isdigit():
            found = registry.rows_for(self.field.related_model, look.user).filter(pk=int(key)).first()
            return str(found) if found else key
        return str(dict(self.field.flatchoices).get(key, key))

    def _span_text(self, first: date, look: Look) -> str:
        match self.span:
            case "year":
                return f"{first.year}年" if look.language.startswith("zh") else str(first.year)
            case "quarter":
                return f"{first.year} Q{(first.month + 2) // 3}"
        return cells.month_text(first, look.language)


@dataclass(frozen=True)
class Section:
    """One group in a list: its heading, how many rows, and their subtotals."""

    group: GroupBy
    key: str
    heading: str
    count: int
    totals: dict[str, list[Total]]


def read(page: type[ModelPage], names: Iterable[str], look: Look) -> list[GroupBy]:
    """The groupings the URL asks for that the page offers to this person; at most three."""
    found = [_resolve(page, name) for name in dict.fromkeys(names) if name in page.group_by and look.may(page.guard(name))]
    return found[:3]


def read_inside(page: type[ModelPage], pairs: Iterable[str], look: Look) -> list[tuple[GroupBy, str]]:
    """The groups the URL is inside of (`customer=12`)."""
    found = []
    for pair in pairs:
        name, _sign, key = pair.partition("=")
        found += [(group, key) for group in read(page, [name], look) if key]
    return found


def offered(page: type[ModelPage], look: Look) -> list[GroupBy]:
    return [_resolve(page, name) for name in page.group_by if look.may(page.guard(name))]


def sections(rows: models.QuerySet[Any], group: GroupBy, columns: list[Column], look: Look) -> list[Section]:
    """The groups with counts and subtotals: by date backwards, by choice in their order, else by name."""
    counts, sums = grouped(group.annotated(plain(rows)), [group.key_name], columns)
    keys = [key for (key,) in counts]
    if len(keys) > MAX_SECTIONS:
        keys = sorted(keys, key=lambda key: -counts[(key,)])[:MAX_SECTIONS]
    headings = _headings(group, keys, look)
    merged: dict[str, Section] = {}
    for key in keys:
        name = NONE if key in (None, "") else key.isoformat() if isinstance(key, date) else str(key)
        section = Section(group, name, headings[key], counts[(key,)], {each: by[(key,)] for each, by in sums.items() if (key,) in by})
        merged[name] = section if name not in merged else _joined(merged[name], section)
    order = {str(key): place for place, (key, _label) in enumerate(group.field.flatchoices)}
    if group.span:
        return sorted(merged.values(), key=lambda each: (each.key != NONE, each.key), reverse=True)
    if order:
        return sorted(merged.values(), key=lambda each: order.get(each.key, len(order)))
    return sorted(merged.values(), key=lambda each: (each.key == NONE, each.heading))


def _joined(one: Section, other: Section) -> Section:
    """Null and the empty text are both "none"."""
    both: dict[str, list[Total]] = {}
    for name in {*one.totals, *other.totals}:
        sums: dict[str, Total] = {}
        for each in [*one.totals.get(name, []), *other.totals.get(name, [])]:
            currency = str(getattr(each, "currency", ""))
            sums[currency] = sums[currency] + each if currency in sums else each  # type: ignore[operator]
        both[name] = list(sums.values())
    return Section(one.group, one.key, one.heading, one.count + other.count, both)


def _headings(group: GroupBy, keys: list[Any], look: Look) -> dict[Any, str]:
    none = {None: _("none"), "": _("none")}
    if group.span:
        return {**none, **{key: group._span_text(key, look) for key in keys if key}}
    if isinstance(group.field.related_model, type):
        found = group.field.related_model._default_manager.in_bulk([key for key in keys if key is not None])
        return {**none, **{key: str(found.get(key, key)) for key in keys if key is not None}}
    labels = dict(group.field.flatchoices)
    return {**none, **{key: cells.text(labels.get(key, key), look) for key in keys if key not in (None, "")}}


def _resolve(page: type[ModelPage], name: str) -> GroupBy:
    path, _sign, span = name.partition(":")
    field = paths.field_at(page.model, path)
    if field is None or (span and span not in _TRUNCATE):
        raise LookupError(f"{page.__name__} cannot be grouped by {name}")
    label = str(field.verbose_name)
    spans = {"month": _("by month"), "quarter": _("by quarter"), "year": _("by year")}
    return GroupBy(name, path, span, field, f"{label} {spans[span]}" if span else label)


def _day(key: str) -> date | None:
    try:
        day = date.fromisoformat(key)
    except ValueError:
        return None
    return day if day.year < MAXYEAR else None


def _after(first: date, span: str) -> date:
    days = {"month": 31, "quarter": 92, "year": 366}[span]
    later = first + timedelta(days=days)
    return later.replace(day=1) if span != "year" else date(first.year + 1, 1, 1)
