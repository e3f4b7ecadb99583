"""What a list shows, read from its URL: rows narrowed by search and filters, sorted, grouped, paged, counted."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db import models
from django.http import QueryDict

from base.ui import grouping, registry
from base.ui.columns import AnyColumn
from base.ui.filters import AnyFilter, Facet, apply_filters
from base.ui.grouping import GroupBy
from base.ui.inputs import MAX_FACETS, bounded, whole
from base.ui.look import Look
from base.ui.models import ColumnChoice
from base.ui.page import AnyPage
from base.ui.paths import with_related
from base.ui.totals import Total, of_records, totals

PAGE_SIZE = 80
#: Nobody reads the rest, and counting it would take as long as reading it.
COUNT_CAP = 10_000
MAX_PAGE = 1_000_000
#: So many rows are named by their keys instead of searched for again.
FEW = 1000


@dataclass(frozen=True)
class Sort:
    name: str
    descending: bool

    def __str__(self) -> str:
        return f"-{self.name}" if self.descending else self.name


class Listing:
    """One list in one state. Everything is computed when it is first asked for, and once."""

    def __init__(self, page: type[AnyPage], data: QueryDict, look: Look, *, size: int = PAGE_SIZE) -> None:
        self.page, self.data, self.look, self.size = page, bounded(data), look, size
        data = self.data
        rows = page.all_rows(look.user)
        applied = apply_filters(self.filters, data, rows, look)
        self.checked, self.quick, self.facets = applied.checked, applied.quick, applied.facets
        rows = self.checked.qs
        for quick in self.quick:
            rows = quick.apply(rows, look)
        self.texts = [text for text in (each.strip()[:100] for each in data.getlist("q")) if text]
        self.texts = self.texts[: max(MAX_FACETS - len(self.facets), 0)]
        for text in self.texts:
            rows = registry.text_search(page.model, rows, text)
        self.facets += [Facet("search", "", text, (("q", text),)) for text in self.texts]
        self.groups = grouping.read(page, data.getlist("group"), look)
        left = max(MAX_FACETS - len(self.facets), 0)
        self.inside = grouping.read_inside(page, data.getlist("in"), look)[:left]
        for group, key in self.inside:
            rows = group.narrow(rows, key)
            self.facets.append(Facet("stack-2", group.label, group.text(key, look), (("in", f"{group.name}={key}"),)))
        #: Every row of the list, not carried out yet: for whoever asks one question of them.
        self.narrowed: models.QuerySet[models.Model] = rows

    @cached_property
    def rows(self) -> models.QuerySet[models.Model]:
        """Every row of the list. A narrow search is carried out once, and what it found is named by key.

        Otherwise each of sorting, counting and summing would search anew, and sorting by an index would look at
        every row of the table in an order that is not the disk's.
        """
        if not self.facets:
            return self.narrowed
        keys = list(self.narrowed.order_by().values_list("pk", flat=True)[: FEW + 1])
        return self.narrowed if len(keys) > FEW else self.page.all_rows(self.look.user).filter(pk__in=keys)

    # --- columns ------------------------------------------------------------------------------------------------

    @cached_property
    def choosable(self) -> list[AnyColumn]:
        """The columns this person may see at all."""
        return self.page.shown_to(self.look, self.page.all_columns())

    @cached_property
    def filters(self) -> list[AnyFilter]:
        """The filters this person may use."""
        return self.page.shown_to(self.look, self.page.all_filters())

    @cached_property
    def columns(self) -> list[AnyColumn]:
        """The columns in the order this person chose, else those that are not optional."""
        chosen = (
            ColumnChoice.objects.filter(owner=self.look.user, page=self.page.slug)
            .values_list("columns", flat=True)
            .first()
        )
        by_name = {each.name: each for each in self.choosable}
        wanted = [by_name[name] for name in chosen or [] if name in by_name]
        return wanted or [each for each in self.choosable if not each.optional]

    # --- order --------------------------------------------------------------------------------------------------

    @cached_property
    def sort(self) -> Sort | None:
        text = self.data.get("sort", "")
        name = text.removeprefix("-")
        known = any(each.name == name and each.sort for each in self.choosable)
        return Sort(name, text.startswith("-")) if known else None

    @cached_property
    def ordered(self) -> models.QuerySet[models.Model]:
        if self.sort is None:
            return self.rows if self.rows.ordered else self.rows.order_by("-pk")
        column = next(each for each in self.choosable if each.name == self.sort.name)
        path = column.ordering()
        if self.sort.descending:
            return self.rows.order_by(path.desc(nulls_last=True), "-pk")
        return self.rows.order_by(path.asc(nulls_last=True), "pk")

    # --- paging -------------------------------------------------------------------------------------------------

    @cached_property
    def count(self) -> int:
        """How many rows there are, counted no further than one above `COUNT_CAP`, and not at all if the page tells."""
        if self.groups and not self.grouped.cut:
            return sum(each.count for each in self.grouped.sections)
        if not self.groups and self._asked == 1 and len(self._keys) <= self.size:
            return len(self._keys)
        return self.rows.order_by()[: COUNT_CAP + 1].count()

    @cached_property
    def pickable(self) -> bool:
        """Whether this person may do anything with a selection of rows."""
        return any(self.look.may(each.action) for each in self.page.all_bulk())

    @property
    def count_text(self) -> str:
        return f"{COUNT_CAP}+" if self.count > COUNT_CAP else str(self.count)

    @cached_property
    def _asked(self) -> int:
        return min(whole(self.data.get("page")) or 1, MAX_PAGE)

    @cached_property
    def number(self) -> int:
        """The page's number from 1; one behind the end is the last."""
        if self._keys or self.count > COUNT_CAP:
            return self._asked
        return max(-(-self.count // self.size), 1)

    @cached_property
    def _keys(self) -> list[int]:
        """The keys of this page's rows and of one more: sorted without the columns and joins, which is what costs."""
        first = (self._asked - 1) * self.size
        return list(self.ordered.values_list("pk", flat=True)[first : first + self.size + 1])

    @property
    def first(self) -> int:
        return (self.number - 1) * self.size

    @cached_property
    def records(self) -> list[models.Model]:
        """The rows of this page, with what their columns need."""
        keys = self._keys[: self.size]
        if self.number != self._asked:
            keys = list(self.ordered.values_list("pk", flat=True)[self.first : self.first + self.size])
        rows = with_related(self.page.all_rows(self.look.user), [each.name for each in self.columns])
        found = {each.pk: each for each in rows.filter(pk__in=keys)}
        return self.page.prepared([found[key] for key in keys if key in found], self.look)

    @property
    def last(self) -> int:
        return self.first + len(self.records)

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_next(self) -> bool:
        return self.count > self.last and len(self.records) == self.size

    # --- groups -------------------------------------------------------------------------------------------------

    @cached_property
    def grouped(self) -> grouping.Grouped:
        """The groups of the outermost level that is not opened, with counts and subtotals."""
        return grouping.grouped(self.rows, self.groups[0], self.columns, self.look)

    @cached_property
    def totals(self) -> dict[str, list[Total]]:
        """Per summed column its totals, one a currency: of all rows, or of this page's once there are too many."""
        if not any(each.total for each in self.columns):
            return {}
        if self.groups and not self.grouped.cut:
            return self.grouped.totals
        return of_records(self.records, self.columns) if self.partial else totals(self.rows, self.columns)

    @property
    def partial(self) -> bool:
        """Whether the totals are of this page only."""
        return not self.groups and self.count > COUNT_CAP

    # --- addresses ----------------------------------------------------------------------------------------------

    @cached_property
    def known(self) -> QueryDict:
        """The URL's parameters that mean something here; a saved favourite holds no others."""
        names = {"q", "quick", "in", "group", "sort", "measure", "chart"}
        for each in self.page.all_filters():
            names.update(each.parameters())
        kept = QueryDict(mutable=True)
        for name in self.data:
            values = [value for value in self.data.getlist(name) if value]
            if name in names and values:
                kept.setlist(name, values)
        return kept

    @property
    def query(self) -> str:
        """The state of the list as a query string, without the page."""
        return self.known.urlencode()

    def without(self, pairs: Iterable[tuple[str, str]]) -> str:
        """The query string with these parameters gone; an empty value takes all of a name."""
        query = self.known.copy()
        for name, value in pairs:
            left = [each for each in query.getlist(name) if value and each != value]
            query.setlist(name, left) if left else query.pop(name, None)
        return query.urlencode()

    def with_(self, name: str, *values: str) -> str:
        """The query string with a parameter set anew."""
        query = self.known.copy()
        query.setlist(name, list(values)) if values else query.pop(name, None)
        return query.urlencode()

    def toggled(self, name: str, value: str) -> str:
        """The query string with one value of a parameter switched on or off."""
        values = self.known.getlist(name)
        return self.with_(name, *([each for each in values if each != value] if value in values else [*values, value]))

    @property
    def group_names(self) -> list[str]:
        return [each.name for each in self.groups]

    def opened(self, group: GroupBy, key: str) -> str:
        """The query string of one group's rows: its own condition added, its level of grouping gone."""
        query = self.known.copy()
        query.appendlist("in", f"{group.name}={key}")
        left = [each for each in self.group_names if each != group.name]
        query.setlist("group", left) if left else query.pop("group", None)
        return query.urlencode()
