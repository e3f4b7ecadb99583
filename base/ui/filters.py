"""What a list can be narrowed by: declared here, carried out by a django-filter FilterSet."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeAlias, TypedDict, TypeVar, Unpack

import django_filters
from django import forms
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from base.ui import cells, paths, registry
from base.ui.binding import Bindable
from base.ui.inputs import day, keys, number
from base.ui.look import Look, Text

#: The URL parameter of all quick filters of a page.
QUICK = "quick"
#: What a filter's input is cleaned to.
Value = TypeVar("Value")
M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class Facet:
    """One removable piece of the search: `remove` are the (parameter, value) pairs that go with it."""

    icon: str
    label: Text
    value: object
    remove: tuple[tuple[str, str], ...]


class FilterOptions(TypedDict, total=False):
    """What every kind of filter can be told beside its name."""

    label: Text | None
    action: str


class Filter(Bindable, Generic[Value]):
    """The base: a field path, its label, and the parameters it owns in the URL."""

    kind = ""

    def __init__(self, name: str, *, label: Text | None = None, action: str = "") -> None:
        self.name, self.action = name, action
        self.label: Text = label or ""
        self._label = label

    def looked_up(self, model: type[models.Model]) -> Mapping[str, Any]:
        return {"label": paths.capitalised(self._label) if self._label else paths.label_of(model, self.name)}

    def parameters(self) -> list[str]:
        return [self.name]

    def understood(self, name: str, text: str) -> bool:
        """Whether a value of one of its parameters makes sense; what does not is as if it were not there."""
        return True

    def build(self, look: Look) -> django_filters.Filter:
        raise NotImplementedError

    def facets(self, value: Value, look: Look) -> Iterator[Facet]:
        raise NotImplementedError


#: A filter of whatever values.
AnyFilter: TypeAlias = Filter[Any]


class Choice(Filter[list[str]]):
    """Any of a field's choices; several are joined by "or"."""

    kind = "choice"

    def __init__(
        self, name: str, *, choices: Iterable[tuple[str, Text]] | None = None, **options: Unpack[FilterOptions]
    ) -> None:
        super().__init__(name, **options)
        self._choices = choices

    def choices(self) -> list[tuple[str, Text]]:
        if self._choices is not None:
            return list(self._choices)
        field = paths.field_at(self.bound_to, self.name)
        return [(str(key), label) for key, label in (field.flatchoices if field is not None else [])]

    def build(self, look: Look) -> django_filters.Filter:
        return django_filters.MultipleChoiceFilter(
            field_name=self.name, label=self.label, choices=self.choices(), distinct=False
        )

    def facets(self, value: list[str], look: Look) -> Iterator[Facet]:
        names = dict(self.choices())
        if value:
            text = " / ".join(str(names.get(each, each)) for each in value)
            yield Facet("filter", self.label, text, tuple((self.name, each) for each in value))


class Flag(Filter[bool | str | None]):
    """Yes or no."""

    kind = "choice"

    def choices(self) -> list[tuple[str, Text]]:
        return [("1", _("yes")), ("0", _("no"))]

    def build(self, look: Look) -> django_filters.Filter:
        return django_filters.TypedChoiceFilter(
            field_name=self.name,
            label=self.label,
            choices=self.choices(),
            coerce=lambda text: text == "1",
            empty_value=None,
        )

    def facets(self, value: bool | str | None, look: Look) -> Iterator[Facet]:
        if value is not None and value != "":
            key = "1" if value else "0"
            yield Facet("filter", self.label, dict(self.choices())[key], ((self.name, key),))


class DateRange(Filter["slice | None"]):
    """From and to, both included: `NAME_after` and `NAME_before` in the URL."""

    kind = "dates"

    def parameters(self) -> list[str]:
        return [f"{self.name}_after", f"{self.name}_before"]

    def understood(self, name: str, text: str) -> bool:
        return day(text) is not None

    def build(self, look: Look) -> django_filters.Filter:
        date = {"type": "date", "class": "form-control form-control-sm"}
        widget = django_filters.widgets.DateRangeWidget(attrs=date)
        return django_filters.DateFromToRangeFilter(field_name=self.name, label=self.label, widget=widget)

    def facets(self, value: slice | None, look: Look) -> Iterator[Facet]:
        if value and (value.start or value.stop):
            first, last = (
                cells.day_text(day.date(), look.language) if day else "" for day in (value.start, value.stop)
            )
            days = {f"{self.name}_after": value.start, f"{self.name}_before": value.stop}
            yield Facet(
                "calendar",
                self.label,
                cells.range_text(first, last),
                tuple((name, "") for name, day in days.items() if day),
            )


class NumberRange(Filter["slice | None"]):
    """From and to, for a number or the amount of a sum of money: `NAME_min` and `NAME_max` in the URL."""

    kind = "numbers"

    def parameters(self) -> list[str]:
        return [f"{self.name}_min", f"{self.name}_max"]

    def understood(self, name: str, text: str) -> bool:
        return number(text) is not None

    def build(self, look: Look) -> django_filters.Filter:
        return django_filters.RangeFilter(field_name=self.name, label=self.label)

    def facets(self, value: slice | None, look: Look) -> Iterator[Facet]:
        if value and (value.start is not None or value.stop is not None):
            low, high = ("" if each is None else f"{each:,}" for each in (value.start, value.stop))
            ends = {f"{self.name}_min": value.start, f"{self.name}_max": value.stop}
            yield Facet(
                "filter",
                self.label,
                cells.range_text(low, high),
                tuple((name, "") for name, each in ends.items() if each is not None),
            )


class Relation(Filter["models.QuerySet[models.Model]"]):
    """Any of the related records, chosen by an asynchronous search so that 100,000 of them are no burden."""

    kind = "relation"

    def target(self) -> type[models.Model]:
        """The model of the related records. Raises `LookupError` where the field is no relation."""
        field = paths.field_at(self.bound_to, self.name)
        if field is None or not isinstance(field.related_model, type):
            raise LookupError(f"{self.bound_to.__name__}: {self.name} is no relation")
        return field.related_model

    def build(self, look: Look) -> django_filters.Filter:
        return django_filters.ModelMultipleChoiceFilter(
            field_name=self.name,
            label=self.label,
            queryset=registry.rows_for(self.target(), look.user),
            widget=forms.MultipleHiddenInput,
            distinct=False,
        )

    def facets(self, value: "models.QuerySet[models.Model]", look: Look) -> Iterator[Facet]:
        if value:
            chosen = list(value)
            yield Facet(
                "filter", self.label, " / ".join(map(str, chosen)), tuple((self.name, str(each.pk)) for each in chosen)
            )


class Apply(Protocol[M]):
    """How a quick filter narrows the rows."""

    def __call__(self, rows: models.QuerySet[M], look: Look, /) -> models.QuerySet[M]: ...


class Quick(Filter[None], Generic[M]):
    """A named condition, one click away. `apply(rows, look)` narrows the rows; quick filters are joined by "and"."""

    kind = "quick"

    def __init__(
        self,
        name: str,
        label: Text,
        apply: Apply[M],
        *,
        action: str = "",
        divider: bool = False,
    ) -> None:
        super().__init__(name, label=label, action=action)
        self.apply, self.divider = apply, divider

    def parameters(self) -> list[str]:
        return [QUICK]


#: A quick filter of whatever model.
AnyQuick: TypeAlias = Quick[Any]


class PageFilterSet(django_filters.FilterSet):  # type: ignore[misc]
    """Carries out what was understood of the URL, and lets the rest be: a bad date is no filter, and no error."""

    def filter_queryset(self, queryset: models.QuerySet[M]) -> models.QuerySet[M]:
        for name, value in self.form.cleaned_data.items():
            queryset = self.filters[name].filter(queryset, value)
        return queryset


@dataclass(frozen=True)
class Applied:
    """What the URL asks of a page's filters: the checked set, and the quick filters in force."""

    checked: PageFilterSet
    quick: list[AnyQuick]
    facets: list[Facet]


def apply_filters(
    filters: Sequence[AnyFilter], data: QueryDict, rows: "models.QuerySet[models.Model]", look: Look
) -> Applied:
    """The filters that a person may use, on what the URL says."""
    checked = _checked(filters, data, rows, look)
    wanted = data.getlist(QUICK)
    quick = [each for each in filters if isinstance(each, Quick) and each.name in wanted]
    facets = [Facet("filter", "", each.label, ((QUICK, each.name),)) for each in quick]
    understood = checked.form.cleaned_data
    for each in filters:
        if not isinstance(each, Quick) and each.name in understood:
            facets.extend(each.facets(understood[each.name], look))
    return Applied(checked, quick, facets)


def _checked(
    filters: Sequence[AnyFilter], data: QueryDict, rows: "models.QuerySet[models.Model]", look: Look
) -> PageFilterSet:
    """The set of what is asked: only what the URL speaks of is built, for most of a form's time is in its fields."""
    asked = [each for each in filters if each.kind != "quick" and any(data.get(name) for name in each.parameters())]
    data = data.copy()
    for each in asked:
        for name in each.parameters():
            if data.get(name) and not each.understood(name, str(data[name])):
                del data[name]
        if isinstance(each, Relation):
            data.setlist(each.name, [str(key) for key in keys(data.getlist(each.name))])
    built = {each.name: each.build(look) for each in asked}
    checked: PageFilterSet = type("Filters", (PageFilterSet,), built)(data, queryset=rows)
    checked.form.is_valid()
    return checked
