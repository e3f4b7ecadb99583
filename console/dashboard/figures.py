"""A figure is a list in some state, counted: its link leads to exactly the rows it counts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import QueryDict
from moneyed import Money

from base.ui.listing import COUNT_CAP, Listing
from base.ui.look import Look
from base.ui.page import AnyPage
from base.ui.totals import Total, added, by_key, plain


@dataclass(frozen=True)
class Tile:
    """What is counted: a page and the query string of its list.

    `money` names the column that is summed beneath the number, or several: the first less the others. `tone` colours
    a figure that is not zero: `warn`, `danger`.
    """

    label: Any
    page: type[AnyPage]
    query: str
    money: Sequence[str] = ()
    tone: str = ""
    #: Whether it is worth a place while there is nothing of it.
    quiet: bool = False


class Figure:
    """A tile as one person sees it today."""

    def __init__(self, tile: Tile, look: Look) -> None:
        self.tile, self.look = tile, look
        self.label, self.key = tile.label, tile.query
        self.href = _href(tile)

    @cached_property
    def _found(self) -> tuple[int, dict[str, list[Total]]]:
        """The number of rows, and the sums of the columns this person may see, together."""
        page, names = self.tile.page, self.tile.money
        seen = page.shown_to(self.look, [each for each in page.all_columns() if each.name in names])
        rows = Listing(page, QueryDict(self.tile.query), self.look).narrowed
        counts, sums = by_key(plain(rows), [], seen)
        return counts.get((), 0), {name: by.get((), []) for name, by in sums.items()}

    @property
    def count(self) -> int:
        return self._found[0]

    @property
    def text(self) -> str:
        """As the list itself says it."""
        return f"{COUNT_CAP}+" if self.count > COUNT_CAP else str(self.count)

    @property
    def tone(self) -> str:
        return self.tile.tone if self.count else ""

    @cached_property
    def sums(self) -> list[Money]:
        """One sum a currency, the largest first; none for who may not see prices."""
        first, *less = (self._found[1].get(name, []) for name in self.tile.money or ("",))
        rest = added([*first, *(-money for moneys in less for money in moneys)])
        return [each for each in rest if isinstance(each, Money) and each.amount]


def figures(tiles: Iterable[Tile], look: Look) -> list[Figure]:
    """The tiles this person may open, without those that would only say that there is nothing."""
    found = [Figure(tile, look) for tile in tiles if look.may(tile.page.actions.view)]
    return [each for each in found if each.count or not each.tile.quiet]


@dataclass(frozen=True)
class Awaited:
    """A tile whose figure is fetched once the page stands: its label and its link are there, and room for the rest."""

    tile: Tile
    look: Look
    is_awaited = True

    @property
    def label(self) -> Any:
        return self.tile.label

    @property
    def href(self) -> str:
        return _href(self.tile)

    @property
    def has_sum(self) -> bool:
        """Whether a sum of money will stand beneath the number."""
        page = self.tile.page
        return any(self.look.may(page.guard(name)) for name in self.tile.money)


def awaited(tiles: Iterable[Tile], look: Look) -> list[Awaited]:
    """The tiles this person may open, as they stand before anything is counted."""
    return [Awaited(tile, look) for tile in tiles if look.may(tile.page.actions.view) and not tile.quiet]


def _href(tile: Tile) -> str:
    return f"{tile.page.address()}?{tile.query}" if tile.query else tile.page.address()
