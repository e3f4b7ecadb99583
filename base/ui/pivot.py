"""A list as figures: its first grouping down, its second across, each figure leading to its rows."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote

from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from moneyed import Money

from base.ui import charts, grouping, table
from base.ui.columns import AnyColumn
from base.ui.grouping import GroupBy, Section
from base.ui.listing import Listing
from base.ui.totals import Key, Total, added, by_key, plain, summed

#: Groups across; more than these no screen shows beside each other.
MAX_ACROSS = 24
#: How a chart draws the figures; the first one unless the URL says otherwise.
CHARTS = ("bar", "line", "pie")
#: The measure that is no column: how many rows there are.
COUNT = "count"


@dataclass(frozen=True, slots=True)
class Figure:
    """What one group, or two that cross, come to, and where its rows are; nothing for no rows."""

    html: SafeString
    href: str


@dataclass(frozen=True, slots=True)
class Line:
    """One group of rows with its figures across and their sum."""

    heading: str
    figures: list[Figure]
    whole: Figure


def _largest_of(counts: Mapping[Key, int], place: int, most: int) -> dict[object, int]:
    """Of the values that stand there in the keys those with the most rows, with their number."""
    found: Counter[object] = Counter()
    for key, number in counts.items():
        found[key[place]] += number
    return dict(found.most_common(most))


class Pivot:
    """The figures of a list in the state of its URL. Of more groups than fit only the largest are shown and summed."""

    def __init__(self, listing: Listing) -> None:
        self.listing, self.look = listing, listing.look
        offered = grouping.offered(listing.page, listing.look)
        self.down: GroupBy = (listing.groups or offered)[0]
        others = [each for each in listing.groups[1:] if each.path != self.down.path]
        self.across: GroupBy | None = others[0] if others else None
        self.offered = offered

    @cached_property
    def measures(self) -> list[AnyColumn]:
        """The columns that can be summed."""
        return summed(self.listing.choosable)

    @cached_property
    def measure(self) -> AnyColumn | None:
        """The column that is summed; None for the number of rows."""
        asked = self.listing.data.get("measure", "")
        return next((each for each in self.measures if each.name == asked), None)

    @property
    def chart(self) -> str:
        """How the chart draws them."""
        asked = self.listing.data.get("chart", "")
        return asked if asked in CHARTS else CHARTS[0]

    @property
    def measure_label(self) -> str:
        return capfirst(str(self.measure.label)) if self.measure else _("Count")

    @property
    def flipped(self) -> str:
        """The query string with what stands down and across changed over; empty without anything across."""
        return self.listing.with_("group", self.across.name, self.down.name) if self.across else ""

    @cached_property
    def _found(self) -> tuple[list[Section], list[Section], dict[tuple[str, str], list[Total]], bool]:
        """The groups down and across, the figure of each pair that has rows, and whether there are more groups."""
        groups = [(self.down, grouping.MAX_SECTIONS), *([(self.across, MAX_ACROSS)] if self.across else [])]
        keyed, cut = plain(self.listing.rows), False
        for group, most in groups:
            keyed = group.annotated(keyed)
            if not group.is_short:
                keyed, _largest, more = grouping.largest(keyed, group, most)
                cut = cut or more
        keys = [group.key_name for group, _most in groups]
        counts, sums = by_key(keyed, keys, [self.measure] if self.measure else [])
        kept = [_largest_of(counts, place, most) for place, (_group, most) in enumerate(groups)]
        stored = sums.get(self.measure.name, {}) if self.measure else {key: [n] for key, n in counts.items()}
        figures: dict[tuple[str, str], list[Total]] = {}
        for key, values in stored.items():
            if all(value in found for value, found in zip(key, kept, strict=True)):
                place = self.down.key_of(key[0]), self.across.key_of(key[1]) if self.across else ""
                figures[place] = added([*figures.get(place, []), *values])
        down, heads = grouping.in_order(self.down, kept[0], self.look), []
        if self.across:
            heads = grouping.in_order(self.across, kept[1], self.look)
            # Across, time runs from left to right.
            heads = heads[::-1] if self.across.span else heads
        cut = cut or any(len(found) < len({key[place] for key in counts}) for place, found in enumerate(kept))
        return down, heads, figures, cut

    @property
    def heads(self) -> list[Section]:
        """The groups across."""
        return self._found[1]

    @property
    def cut(self) -> bool:
        """Whether there are more groups than are shown."""
        return self._found[3]

    @cached_property
    def lines(self) -> list[Line]:
        down, heads, figures, _cut = self._found
        columns = [each.key for each in heads] or [""]
        found = []
        for section in down:
            values = [figures.get((section.key, key), []) for key in columns]
            row = [self._figure(value, section.key, head.key) for value, head in zip(values, heads, strict=False)]
            whole = added([each for value in values for each in value])
            found.append(Line(section.heading, row, self._figure(whole, section.key)))
        return found

    @cached_property
    def whole(self) -> Line:
        """The sums of each column, and of all."""
        _down, heads, figures, _cut = self._found
        by: dict[str, list[Total]] = {}
        for (_key, across), values in figures.items():
            by.setdefault(across, []).extend(values)
        row = [self._figure(added(by.get(head.key, [])), across=head.key) for head in heads]
        everything = added([each for values in by.values() for each in values])
        return Line(_("Total"), row, self._figure(everything))

    @cached_property
    def option(self) -> dict[str, Any]:
        """The chart, in the currency that comes to most."""
        down, heads, figures, _cut = self._found
        down = down[::-1] if self.down.span else down
        main = self._currency
        names, unit = [each.heading for each in down], charts.axis(main, self.look) if main else ""
        if self.chart == "pie":
            slices = [
                {"name": each.heading, "key": each.key, "value": self._value(self._sum(each.key), main)}
                for each in down
            ]
            return charts.pie(slices, unit, link=self._pattern())
        series = []
        drawn: list[Section | None] = [*heads] or [None]
        for head in drawn:
            values = [figures.get((each.key, head.key), []) if head else self._sum(each.key) for each in down]
            data = [
                {"value": self._value(value, main), "key": each.key} for value, each in zip(values, down, strict=True)
            ]
            one = {"name": head.heading if head else self.measure_label, "type": self.chart, "data": data}
            stack = {"stack": "all"} if head and self.chart == "bar" else {}
            series.append({**one, **stack, "link": self._pattern(head.key if head else "")})
        return charts.chart(names, series, unit)

    @cached_property
    def _currency(self) -> str:
        everything = added([each for values in self._found[2].values() for each in values])
        return str(everything[0].currency) if everything and isinstance(everything[0], Money) else ""

    def _sum(self, key: str) -> list[Total]:
        return added([each for (down, _across), values in self._found[2].items() if down == key for each in values])

    def _value(self, values: list[Total], currency: str) -> float:
        for each in values:
            if isinstance(each, Money):
                if str(each.currency) == currency:
                    return charts.axis_value(each, self.look)
            else:
                return float(each)
        return 0

    def _figure(self, values: list[Total], down: str = "", across: str = "") -> Figure:
        return Figure(table.sums(values, self.look), self._rows(down, across) if values else "")

    def _rows(self, down: str = "", across: str = "") -> str:
        """The address of the rows of a group, or of two that cross."""
        query = self.listing.known.copy()
        for name in ("group", "measure", "chart"):
            query.pop(name, None)
        if down:
            query.appendlist("in", f"{self.down.name}={down}")
        if across and self.across:
            query.appendlist("in", f"{self.across.name}={across}")
        return f"{self.listing.page.address()}?{query.urlencode()}"

    def _pattern(self, across: str = "") -> str:
        """The same with the place of the group down left to the chart."""
        return f"{self._rows(across=across)}&in={quote(self.down.name)}%3D{{key}}"
