"""What a list can be narrowed by: declared here, carried out by a django-filter FilterSet."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import django_filters
from django import forms
from django.db import models
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from base.ui import cells, paths
from base.ui.inputs import keys
from base.ui.look import Look

if TYPE_CHECKING:
    from base.ui.page import ModelPage

#: The URL parameter of all quick filters of a page.
QUICK = "quick"


@dataclass(frozen=True)
class Facet:
    """One removable piece of the search: `remove` are the (parameter, value) pairs that go with it."""

    icon: str
    label: Any
    value: Any
    remove: tuple[tuple[str, str], ...]


class Filter:
    """The base: a field path, its label, and the parameters it owns in the URL."""

    kind = ""

    def __init__(self, name: str, *, label: Any = None, action: str = "") -> None:
        self.name, self.action = name, action
        self.label: Any = label
        self._label = label
        self.page: type[ModelPage]

    def bind(self, page: "type[ModelPage]") -> None:
        self.page = page
        self.label = capfirst(self._label) if self._label else paths.label_of(page.model, self.name)

    def parameters(self) -> list[str]:
        return [self.name]

    def build(self, look: Look) -> django_filters.Filter:
        raise NotImplementedError

    def facets(self, value: Any, look: Look) -> Iterator[Facet]:
        raise NotImplementedError


class Choice(Filter):
    """Any of a field's choices; several are joined by "or"."""

    kind = "choice"

    def __init__(self, name: str, *, choices: Any = None, **options: Any) -> None:
        super().__init__(name, **options)
        self._choices = choices

    def choices(self) -> list[tuple[str, Any]]:
        if self._choices is not None:
            return list(self._choices)
        field = paths.field_at(self.page.model, self.name)
        return [(str(key), label) for key, label in (field.flatchoices if field is not None else [])]

    def build(self, look: Look) -> django_filters.Filter:
        return django_filters.MultipleChoiceFilter(
            field_name=self.name, label=self.label, choices=self.choices(), distinct=False
        )

    def facets(self, value: Any, look: Look) -> Iterator[Facet]:
        names = dict(self.choices())
        if value:
            text = " / ".join(str(names.get(each, each)) for each in value)
            yield Facet("filter", self.label, text, tuple((self.name, each) for each in value))


class Flag(Filter):
    """Yes or no."""

    kind = "choice"

    def choices(self) -> list[tuple[str, Any]]:
        return [("1", _("yes")), ("0", _("no"))]

    def build(self, look: Look) -> django_filters.Filter:
        return django_filters.TypedChoiceFilter(
            field_name=self.name,
            label=self.label,
            choices=self.choices(),
            coerce=lambda text: text == "1",
            empty_value=None,
        )

    def facets(self, value: Any, look: Look) -> Iterator[Facet]:
        if value is not None and value != "":
            key = "1" if value else "0"
            yield Facet("filter", self.label, dict(self.choices())[key], ((self.name, key),))


class DateRange(Filter):
    """From and to, both included: `NAME_after` and `NAME_before` in the URL."""

    kind = "dates"

    def parameters(self) -> list[str]:
        return [f"{self.name}_after", f"{self.name}_before"]

    def build(self, look: Look) -> django_filters.Filter:
        date = {"type": "date", "class": "form-control form-control-sm"}
        widget = django_filters.widgets.DateRangeWidget(attrs=date)
        return django_filters.DateFromToRangeFilter(field_name=self.name, label=self.label, widget=widget)

    def facets(self, value: Any, look: Look) -> Iterator[Facet]:
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


class NumberRange(Filter):
    """From and to, for a number or the amount of a sum of money: `NAME_min` and `NAME_max` in the URL."""

    kind = "numbers"

    def parameters(self) -> list[str]:
        return [f"{self.name}_min", f"{self.name}_max"]

    def build(self, look: Look) -> django_filters.Filter:
        return django_filters.RangeFilter(field_name=self.name, label=self.label)

    def facets(self, value: Any, look: Look) -> Iterator[Facet]:
        if value and (value.start is not None or value.stop is not None):
            low, high = ("" if each is None else f"{each:,}" for each in (value.start, value.stop))
            ends = {f"{self.name}_min": value.start, f"{self.name}_max": value.stop}
            yield Facet(
                "filter",
                self.label,
                cells.range_text(low, high),
                tuple((name, "") for name, each in ends.items() if each is not None),
            )


class Relation(Filter):
    """Any of the related records, chosen by an asynchronous search so that 100,000 of them are no burden."""

    kind = "relation"

    def target(self) -> type[models.Model]:
        field = paths.field_at(self.page.model, self.name)
        if field is None or not isinstance(field.related_model, type):
            raise LookupError(f"{self.page.__name__}: {self.name} is no relation")
        return field.related_model

    def build(self, look: Look) -> django_filters.Filter:
        from base.ui.registry import rows_for

        return django_filters.ModelMultipleChoiceFilter(
            field_name=self.name,
            label=self.label,
            queryset=rows_for(self.target(), look.user),
            widget=forms.MultipleHiddenInput,
            distinct=False,
        )

    def facets(self, value: Any, look: Look) -> Iterator[Facet]:
        if value:
            chosen = list(value)
            yield Facet(
                "filter", self.label, " / ".join(map(str, chosen)), tuple((self.name, str(each.pk)) for each in chosen)
            )


class Quick(Filter):
    """A named condition, one click away. `apply(rows, look)` narrows the rows; quick filters are joined by "and"."""

    kind = "quick"

    def __init__(
        self,
        name: str,
        label: Any,
        apply: Callable[[models.QuerySet[Any], Look], models.QuerySet[Any]],
        *,
        action: str = "",
        divider: bool = False,
    ) -> None:
        super().__init__(name, label=label, action=action)
        self.apply, self.divider = apply, divider

    def parameters(self) -> list[str]:
        return [QUICK]


class PageFilterSet(django_filters.FilterSet):  # type: ignore[misc]
    """Carries out what was understood of the URL, and lets the rest be: a bad date is no filter, and no error."""

    look: Look

    def filter_queryset(self, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        for name, value in self.form.cleaned_data.items():
            queryset = self.filters[name].filter(queryset, value)
        return queryset


def filterset(
    page: "type[ModelPage]", data: QueryDict, rows: models.QuerySet[Any], look: Look
) -> tuple[PageFilterSet, list[Quick], list[Facet]]:
    """The page's filters on what the URL says: the checked set, the quick filters in force, and their facets."""
    allowed = [each for each in page.filters if look.may(page.guard(each.name, each.action))]
    # Only what the URL speaks of is built: most of a form's time is in making its fields.
    asked = [each for each in allowed if each.kind != "quick" and any(data.get(name) for name in each.parameters())]
    declared = {each.name: each.build(look) for each in asked}
    data = data.copy()
    for each in allowed:
        if isinstance(each, Relation):
            data.setlist(each.name, [str(key) for key in keys(data.getlist(each.name))])
    checked = type("Filters", (PageFilterSet,), declared)(data, queryset=rows)
    checked.form.is_valid()
    wanted = data.getlist(QUICK)
    quick = [each for each in allowed if isinstance(each, Quick) and each.name in wanted]
    facets = [Facet("filter", "", each.label, ((QUICK, each.name),)) for each in quick]
    for each in allowed:
        if not isinstance(each, Quick) and each.name in checked.form.cleaned_data:
            facets.extend(each.facets(checked.form.cleaned_data[each.name], look))
    return checked, quick, facets
