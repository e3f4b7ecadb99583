"""The other pieces a page is declared of: rights, groups and tabs of the sheet, smart buttons, moves, board, month."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db import models
from django.urls import reverse

from base.ui.columns import AnyColumn, Column
from base.ui.forms import MoveForm
from base.ui.look import Look, Text

#: Whether a move is open: yes, no, or no with the reason a person is told.
Answer: TypeAlias = bool | Text
#: What a move's form gives; empty without a form.
Data: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Actions:
    """The names in `config/roles.py` that open each door; an empty one keeps it shut for everybody.

    Whoever may see a list may take it along as a file, unless its page names a right of its own for that.
    """

    view: str
    create: str = ""
    edit: str = ""
    export: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "export", self.export or self.view)


@dataclass(frozen=True)
class Group:
    """A titled block of the sheet. Fields are names, or `Column`s where a value should look its own way."""

    title: Text
    fields: Sequence[str | AnyColumn]
    action: str = ""

    def bind(self, model: type[models.Model]) -> "BoundGroup":
        """The group with its fields bound to the page's model."""
        return BoundGroup(self.title, bound_columns(self.fields, model), self.action)


@dataclass(frozen=True)
class BoundGroup:
    """A block of the sheet as it is shown."""

    title: Text
    columns: tuple[AnyColumn, ...]
    action: str = ""


def bound_columns(fields: Sequence[str | AnyColumn], model: type[models.Model]) -> tuple[AnyColumn, ...]:
    """Fields of a declaration as bound columns; a bare name is one that links to what it names."""
    return tuple((Column(each, link=True) if isinstance(each, str) else each).bind(model) for each in fields)


@dataclass(frozen=True)
class CountOf:
    """A figure that is a number of rows, for `count`: those of one sheet are counted in one question."""

    rows: Callable[[Any, Look], "models.QuerySet[Any]"]

    def __call__(self, record: Any, look: Look) -> int:
        return int(self.rows(record, look).count())


@dataclass(frozen=True)
class Tab:
    """A tab of the sheet: a template, what it is given, and who may see it. Rendered only when it is opened."""

    name: str
    label: Text
    template: str
    #: `context(record, look)`: what the template gets besides `record`, `look` and `page`.
    context: Callable[[Any, Look], Mapping[str, Any]] = lambda record, look: {}
    action: str = ""
    #: `count(record, look)`: a number beside the label; None shows nothing.
    count: Callable[[Any, Look], int | None] | None = None
    #: `shown(record)`: whether the record has the tab at all.
    shown: Callable[[Any], bool] = lambda record: True


@dataclass(frozen=True)
class SmartButton:
    """A figure above the sheet that leads to its rows: `count(record, look)` may also give words ("2/4")."""

    name: str
    label: Text
    icon: str
    count: Callable[[Any, Look], int | Text]
    url: Callable[[Any, Look], str]
    action: str = ""


@dataclass(frozen=True)
class Move:
    """A button that does one thing to one record, by calling one operation.

    `run(record, data, *, by, at, on, seen)` calls it; `data` is the form's cleaned data (empty without a form), `seen`
    the version the person looked at. `allowed(record)` says whether it is open now; it may return a text instead:
    why not, shown on the disabled button. `target` is the status it leads to, so that a card can be dragged there.
    A record that `run` returns is where it leads to.
    """

    name: str
    label: Text
    action: str
    run: Callable[..., object]
    allowed: Callable[[Any], Answer] = lambda record: True
    form: type[MoveForm] | None = None
    #: `initial(record, look)`: what the form starts with.
    initial: Callable[[Any, Look], Mapping[str, Any]] = lambda record, look: {}
    #: A sentence to agree to; with a form it stands above it.
    confirm: Text = ""
    #: `summary(record, look)`: safe HTML above the form: what the person is about to put their name to.
    summary: Callable[[Any, Look], str] | None = None
    #: `preview(record, data, look)`: safe HTML shown before it is carried out, such as before/after.
    preview: Callable[[Any, Data, Look], str] | None = None
    #: Tabler's button colour: `primary`, `danger`, `outline-danger` …; empty is the plain one.
    style: str = ""
    icon: str = ""
    target: str = ""
    #: What is said after it; "Done: LABEL." when empty.
    done: Text = ""
    #: `shows(record, look)`: safe HTML to be read once, in its answer and nowhere else, such as a secret.
    shows: Callable[[Any, Look], str] | None = None
    #: Seldom needed: it waits behind “More” where a sheet has many moves.
    seldom: bool = False
    #: `long(record, data)`: whether it is about so much that a job makes it.
    long: Callable[[Any, Data], bool] = lambda record, data: False

    @property
    def asks(self) -> bool:
        """Whether it shows a form or a question before it does anything."""
        return bool(self.form or self.confirm or self.preview)


@dataclass(frozen=True)
class BulkMove:
    """The same for the selected rows of a list, each in its own transaction: one that is refused does not stop the rest.

    With `together` it is `run(records, data, *, by, at, on)` once, for what only makes sense as a whole.
    """

    name: str
    label: Text
    action: str
    run: Callable[..., object]
    form: type[MoveForm] | None = None
    confirm: Text = ""
    #: Tabler's button colour: `primary`, `danger`, `outline-danger` …; empty is the plain one.
    style: str = ""
    icon: str = ""
    together: bool = False


#: Cards of a status in which nothing is left to do.
CLOSED_CARDS = 20


@dataclass(frozen=True)
class Board:
    """Cards in columns by status; dragging one makes the move that leads there. `fields` are shown on the card."""

    fields: Sequence[str | AnyColumn]
    #: The statuses that get a column; all choices when empty.
    columns: Sequence[str] = ()
    limit: int = 50
    #: Statuses in which nothing is left to do: of them the newest `CLOSED_CARDS` are shown.
    closed: Sequence[str] = ()

    def bind(self, model: type[models.Model]) -> "BoundBoard":
        """The board with its fields bound to the page's model."""
        return BoundBoard(bound_columns(self.fields, model), tuple(self.columns), self.limit, frozenset(self.closed))


@dataclass(frozen=True)
class BoundBoard:
    """A board as it is shown: the lines of its cards, the statuses that have a column, and how many cards of each."""

    lines: tuple[AnyColumn, ...]
    statuses: tuple[str, ...]
    limit: int
    closed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Month:
    """Records on a calendar by a date field; `title(record)` and `colour(record)` make the entry."""

    date: str
    title: Callable[[Any], str] = str
    colour: Callable[[Any], str] = lambda record: "primary"
    last: str = ""


@dataclass(frozen=True)
class Tool:
    """An entry of the list's cog wheel, such as an import: a named URL, and who may follow it."""

    label: Text
    icon: str
    url_name: str
    action: str = ""

    @property
    def name(self) -> str:
        """By which an extension names its place."""
        return self.url_name

    @property
    def url(self) -> str:
        return reverse(self.url_name)
