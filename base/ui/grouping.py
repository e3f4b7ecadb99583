"""Rows gathered under what they have in common: a choice, a related record, a month."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count
from django.db.models.functions import Cast, Substr, TruncDate
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from base.ui import cells, paths, registry
from base.ui.columns import AnyColumn
from base.ui.inputs import day, whole
from base.ui.look import Look
from base.ui.page import AnyPage
from base.ui.totals import Total, added, by_key, plain, summed

M = TypeVar("M", bound=models.Model)
_SPANS = frozenset({"month", "quarter", "year"})
#: More groups than this are no overview: the largest are shown.
MAX_SECTIONS = 100
#: How the URL writes "none".
NONE = "-"


@dataclass(frozen=True)
class GroupBy:
    """One way to group: a field, and for a date its span (`signed_on:month`)."""

    name: str
    path: str
    span: str
    field: "paths.AnyField"
    label: str

    @property
    def key_name(self) -> str:
        return f"_group_{self.path}" if self.span else self.path

    @property
    def _is_moment(self) -> bool:
        return isinstance(self.field, models.DateTimeField)

    @property
    def is_short(self) -> bool:
        """Whether there can be no more groups than a program takes at once, whatever the number of rows."""
        return bool(self.span or self.field.flatchoices or isinstance(self.field, models.BooleanField))

    def annotated(self, rows: models.QuerySet[M]) -> models.QuerySet[M]:
        """With the key as a column. A date is cut as text: SQLite would call back into Python for each row.

        It has to for a moment, which belongs to the month it was in here.
        """
        if not self.span:
            return rows
        text = Cast(TruncDate(self.path) if self._is_moment else self.path, models.CharField())
        keyed: models.QuerySet[M] = rows.annotate(**{self.key_name: Substr(text, 1, 4 if self.span == "year" else 7)})
        return keyed

    def key_of(self, value: object) -> str:
        """How the URL writes a group: its first day, its record's key, its choice."""
        if value in (None, ""):
            return NONE
        if not self.span:
            return str(value)
        year, _sign, month = str(value).partition("-")
        number = int(month or 1)
        return f"{year}-{(number - 1) // 3 * 3 + 1 if self.span == 'quarter' else number:02d}-01"

    def narrow(self, rows: models.QuerySet[M], key: str) -> models.QuerySet[M]:
        """Only the rows of one group; nothing for a key that is none."""
        if key == NONE:
            empty = models.Q(**{f"{self.path}__isnull": True})
            return rows.filter(
                empty | models.Q(**{self.path: ""}) if isinstance(self.field, models.CharField) else empty
            )
        if self.span:
            first = day(key)
            if first is None:
                return rows.none()
            ends: tuple[date, date] = first, _after(first, self.span)
            if self._is_moment:
                zone = timezone.get_current_timezone()
                ends = datetime.combine(ends[0], time.min, zone), datetime.combine(ends[1], time.min, zone)
            return rows.filter(**{f"{self.path}__gte": ends[0], f"{self.path}__lt": ends[1]})
        if self.field.is_relation:
            record = whole(key)
            return rows.none() if record is None else rows.filter(**{self.path: record})
        try:
            return rows.filter(**{self.path: self.field.to_python(key)})
        except (ValueError, TypeError, ValidationError):
            return rows.none()

    def text(self, key: str, look: Look) -> str:
        """The group's heading for a key out of the URL."""
        if key == NONE:
            return capfirst(_("none"))
        if self.span:
            first = day(key)
            return self._span_text(first, look) if first else key
        if isinstance(self.field.related_model, type):
            found = registry.rows_for(self.field.related_model, look.user).filter(pk=whole(key)).first()
            return str(found) if found else key
        labels = {str(value): label for value, label in self.field.flatchoices}
        if isinstance(self.field, models.BooleanField):
            labels = {"True": _("yes"), "False": _("no")}
        return capfirst(str(labels.get(key, key)))

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


def read(page: type[AnyPage], names: Iterable[str], look: Look) -> list[GroupBy]:
    """The groupings the URL asks for that the page offers to this person; at most three."""
    found = [
        _resolve(page, name) for name in dict.fromkeys(names) if name in page.group_by and look.may(page.guard(name))
    ]
    return found[:3]


def read_inside(page: type[AnyPage], pairs: Iterable[str], look: Look) -> list[tuple[GroupBy, str]]:
    """The groups the URL is inside of (`customer=12`)."""
    found = []
    for pair in pairs:
        name, _sign, key = pair.partition("=")
        found += [(group, key) for group in read(page, [name], look) if key]
    return found


def offered(page: type[AnyPage], look: Look) -> list[GroupBy]:
    return [_resolve(page, name) for name in page.group_by if look.may(page.guard(name))]


@dataclass(frozen=True)
class Grouped:
    """The groups of one level, and their totals; `cut` if there are more than are shown."""

    sections: list[Section]
    totals: dict[str, list[Total]]
    cut: bool


def grouped(rows: models.QuerySet[M], group: GroupBy, columns: list[AnyColumn], look: Look) -> Grouped:
    """The groups with counts and subtotals: by date backwards, by choice in their order, else by name.

    Of more than `MAX_SECTIONS` only the largest are shown, and only theirs are summed.
    """
    keyed, found, cut = largest(group.annotated(plain(rows)), group, MAX_SECTIONS)
    sums = by_key(keyed, [group.key_name], columns)[1] if summed(columns) else {}
    totals: dict[str, dict[str, list[Total]]] = {}
    for value in found:
        merged = totals.setdefault(group.key_of(value), {})
        for name, members in sums.items():
            merged[name] = added([*merged.get(name, []), *members.get((value,), [])])
    whole = {name: added([each for members in by.values() for each in members]) for name, by in sums.items()}
    sections = [replace(each, totals=totals[each.key]) for each in in_order(group, found, look)]
    return Grouped(sections, whole, cut)


def largest(keyed: models.QuerySet[M], group: GroupBy, most: int) -> tuple[models.QuerySet[M], dict[object, int], bool]:
    """The rows of the `most` largest groups, those groups with their numbers of rows, and whether there are more."""
    counted = keyed.values_list(group.key_name).annotate(_n=Count("*")).order_by("-_n", group.key_name)[: most + 1]
    found: dict[object, int] = dict(counted)
    if len(found) <= most:
        return keyed, found, False
    found = dict(list(found.items())[:most])
    among = models.Q(**{f"{group.key_name}__in": [value for value in found if value is not None]})
    if None in found:
        among |= models.Q(**{f"{group.key_name}__isnull": True})
    return keyed.filter(among), found, True


def in_order(group: GroupBy, found: Mapping[object, int], look: Look) -> list[Section]:
    """The groups of these stored values with their numbers of rows, in the order in which they are read."""
    counts: dict[str, int] = {}
    for value, count in found.items():
        key = group.key_of(value)
        counts[key] = counts.get(key, 0) + count
    headings = _headings(group, list(counts), look)
    sections = [Section(group, key, headings[key], count, {}) for key, count in counts.items()]
    return sorted(sections, key=lambda each: _place(group, each), reverse=bool(group.span))


def _place(group: GroupBy, section: Section) -> tuple[bool, str | int]:
    if group.span:
        return section.key != NONE, section.key
    order = [str(key) for key, _label in group.field.flatchoices]
    return section.key == NONE, order.index(section.key) if section.key in order else section.heading


def _headings(group: GroupBy, keys: list[str], look: Look) -> dict[str, str]:
    if not isinstance(group.field.related_model, type):
        return {key: group.text(key, look) for key in keys}
    found = group.field.related_model._default_manager.in_bulk([key for key in keys if key != NONE])
    names = {str(pk): str(record) for pk, record in found.items()}
    return {key: capfirst(_("none")) if key == NONE else names.get(key, key) for key in keys}


def _resolve(page: type[AnyPage], name: str) -> GroupBy:
    path, _sign, span = name.partition(":")
    model: type[models.Model] = page.model
    field = paths.field_at(model, path)
    if field is None or (span and span not in _SPANS):
        raise LookupError(f"{page.__name__} cannot be grouped by {name}")
    label = str(paths.label_of(model, path))
    worded = {
        "": "%(field)s",
        "month": _("%(field)s by month"),
        "quarter": _("%(field)s by quarter"),
        "year": _("%(field)s by year"),
    }
    return GroupBy(name, path, span, field, worded[span] % {"field": label})


def _after(first: date, span: str) -> date:
    days = {"month": 31, "quarter": 92, "year": 366}[span]
    later = first + timedelta(days=days)
    return later.replace(day=1) if span != "year" else date(first.year + 1, 1, 1)
