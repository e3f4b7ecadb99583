"""One record as its sheet shows it: fields in groups, status bar, moves open now, tabs, smart buttons, the way back."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar
from urllib.parse import quote

from django.db import models
from django.db.models import Count, Value
from django.forms import BoundField
from django.http import Http404, HttpRequest, QueryDict
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from base.lib.errors import NotAllowed, Refused
from base.ui import cells, paths
from base.ui.columns import AnyColumn
from base.ui.inputs import whole
from base.ui.listing import Listing
from base.ui.look import Look, Text
from base.ui.page import AnyPage, ModelPage
from base.ui.parts import BoundGroup, CountOf, Move, SmartButton, Tab
from base.ui.paths import with_related

M = TypeVar("M", bound=models.Model)


def record_or_404(page: type[ModelPage[M]], look: Look, pk: int) -> M:
    """The record, if this person may see it: a foreign row is not there, nor is any of a page they may not open."""
    shown = [column.name for group in page.all_groups() for column in group.columns]
    rows = with_related(page.all_rows(look.user), shown)
    record = rows.filter(pk=pk).first() if look.may(page.actions.view) else None
    if record is None:
        raise Http404(page.singular())
    return page.prepared([record], look)[0]


@dataclass(frozen=True)
class Line:
    """A labelled value of the sheet, or an input while it is edited."""

    name: str
    label: Text
    value: SafeString | str = ""
    input: BoundField | None = None
    wide: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to read: such lines are folded away."""
        return self.input is None and str(self.value) in ("", cells.EMPTY)


@dataclass(frozen=True)
class Block:
    title: Text
    lines: list[Line]

    @property
    def is_empty(self) -> bool:
        return all(line.is_empty for line in self.lines)

    @property
    def wide(self) -> bool:
        """Whether it takes both columns: it holds nothing but long text."""
        return all(each.wide for each in self.lines)

    @property
    def alone(self) -> bool:
        """Whether its title says all that its only line's label would."""
        return self.wide and len(self.lines) == 1


@dataclass(frozen=True)
class MoveState:
    """A move on this record: open, or shut with the reason."""

    move: Move
    why_not: str = ""
    #: Whether it waits behind “More”.
    aside: bool = False


#: With more moves than these, those that are seldom needed step aside.
MOST_MOVES = 5


def visible(page: type[AnyPage], group: BoundGroup, look: Look) -> list[AnyColumn]:
    """The group's fields this person may see."""
    return page.shown_to(look, group.columns) if look.may(group.action) else []


def blocks(page: type[ModelPage[M]], record: M, look: Look) -> list[Block]:
    """The sheet's groups with their values."""
    found = []
    for group in page.all_groups():
        lines = [
            Line(each.name, each.label, each.html(record, look), wide=isinstance(each.field, models.TextField))
            for each in visible(page, group, look)
        ]
        if lines:
            found.append(Block(group.title, lines))
    return found


def move_states(page: type[ModelPage[M]], record: M, look: Look) -> list[MoveState]:
    """The moves open now, and those that are shut for a reason worth telling."""
    found = []
    for move in page.all_moves():
        if not look.may(move.action):
            continue
        answer = move.allowed(record)
        if isinstance(answer, (str, Promise)):
            found.append(MoveState(move, str(answer)))
        elif answer:
            found.append(MoveState(move))
    crowded = len(found) > MOST_MOVES
    return [replace(each, aside=crowded and each.move.seldom) for each in found]


def open_move(page: type[ModelPage[M]], record: M, look: Look, name: str) -> Move:
    """The move of that name, if this person may make it on this record now: the door of every move.

    Raises `Http404` when the page has no such move, `NotAllowed` for who lacks its action, and `Refused` with the
    reason while it is shut.
    """
    move = next((each for each in page.all_moves() if each.name == name), None)
    if move is None:
        raise Http404(name)
    if not look.may(move.action):
        raise NotAllowed(_("You may not do this."))
    answer = move.allowed(record)
    if isinstance(answer, (str, Promise)) or not answer:
        raise Refused(
            answer or _("This is no longer possible: somebody changed the record meanwhile. Load the page again.")
        )
    return move


@dataclass(frozen=True)
class StatusStep:
    """A status in the status bar."""

    label: Text
    current: bool
    passed: bool
    colour: str


def status_steps(page: type[ModelPage[M]], record: M) -> list[StatusStep]:
    """The straight path, and the status that holds now if it lies beside it."""
    if not page.status_field:
        return []
    field = paths.field_at(type(record), page.status_field)
    labels = dict(field.choices or []) if field is not None else {}
    now = getattr(record, page.status_field)
    path = list(page.status_path or labels)
    place = path.index(now) if now in path else -1
    found = [
        StatusStep(labels[each], each == now, place > index, page.status_colours.get(each, ""))
        for index, each in enumerate(path)
        if each in labels
    ]
    if place < 0:
        found.append(
            StatusStep(labels.get(now, now), current=True, passed=False, colour=page.status_colours.get(now, ""))
        )
    return found


def tabs(page: type[ModelPage[M]], record: M, look: Look) -> list[Tab]:
    return [each for each in page.all_tabs() if look.may(each.action) and each.shown(record)]


@dataclass(frozen=True)
class Figure:
    button: SmartButton
    count: int | Text | None
    url: str


def count_rows(page: type[ModelPage[M]], record: M, look: Look) -> None:
    """Look up all figures of a sheet that are numbers of rows, in one question; `counted` gives them."""
    parts: list[Tab | SmartButton] = [
        *tabs(page, record, look),
        *(each for each in page.all_buttons() if look.may(each.action)),
    ]
    asked = list(dict.fromkeys(count for each in parts if isinstance(count := each.count, CountOf)))
    questions = []
    for place, each in enumerate(asked):
        rows = each.rows(record, look).order_by()
        number = Count("pk", distinct=rows.query.distinct)
        placed = rows.annotate(_place=Value(place, output_field=models.IntegerField())).values_list("_place")
        questions.append(placed.annotate(_number=number))
    if questions:
        for place, number in questions[0].union(*questions[1:], all=True):
            look.keep((asked[place], record.pk), number)


def counted(part: SmartButton | Tab, record: models.Model, look: Look) -> int | Text | None:
    """A button's or tab's figure; asked for once where both count by the same function."""
    count = part.count
    return look.once((count, record.pk), lambda: count(record, look)) if count else None


def figures(page: type[ModelPage[M]], record: M, look: Look) -> list[Figure]:
    """The smart buttons with their figures."""
    return [
        Figure(each, counted(each, record, look), each.url(record, look))
        for each in page.all_buttons()
        if look.may(each.action)
    ]


class ListContext:
    """Where a sheet was come to from: a list in some state (`from`) and the place in it (`i`)."""

    def __init__(self, page: type[AnyPage], request: HttpRequest, look: Look, pk: int) -> None:
        self.page, self.look, self.pk = page, look, pk
        self.origin = request.GET.get("from", "")
        self.place = whole(request.GET.get("i"))

    @property
    def suffix(self) -> str:
        """What keeps the way when a link leads to another screen of the same record."""
        pairs = [f"from={quote(self.origin, safe='')}"] if self.origin else []
        pairs += [f"i={self.place}"] if self.place is not None else []
        return f"?{'&'.join(pairs)}" if pairs else ""

    @property
    def back(self) -> str:
        """The list in the state it was left."""
        query = self._listing.query if self.origin else self.page.home_query
        return self.page.address() + (f"?{query}" if query else "")

    @cached_property
    def _listing(self) -> Listing:
        return Listing(self.page, QueryDict(self.origin), self.look)

    @cached_property
    def _window(self) -> list[int]:
        """The keys just before, at and after the place; empty when the list has changed so that it is not there."""
        if self.place is None:
            return []
        first = max(self.place - 1, 0)
        keys = list(self._listing.ordered.values_list("pk", flat=True)[first : self.place + 2])
        return keys if self.pk in keys and keys.index(self.pk) == self.place - first else []

    @property
    def position(self) -> str:
        """Such as `3 / 120`."""
        return f"{self.place + 1} / {self._listing.count_text}" if self._window and self.place is not None else ""

    @property
    def previous(self) -> str:
        return self._step(-1)

    @property
    def next(self) -> str:
        return self._step(1)

    def _step(self, by: int) -> str:
        if not self._window or self.place is None:
            return ""
        here = self._window.index(self.pk) + by
        if not 0 <= here < len(self._window):
            return ""
        origin = f"from={quote(self.origin, safe='')}&" if self.origin else ""
        return f"{self.page.address('sheet', self._window[here])}?{origin}i={self.place + by}"
