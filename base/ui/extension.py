"""What an upper floor adds to a page of a floor below, as a declaration in its `extensions.py`:

    class CoverageOfContract(PageExtension[Contract], of="contracts"):
        columns = after("final_acceptance_on", CoverageColumn("coverage"), Due("coverage_end"))
        tabs = before("amendments", TERMS, PLAN)
        moves = [after("activate", ACCEPT), GOODWILL]

        @classmethod
        def rows(cls, rows, user): return rows.alias(coverage_end=coverage_end())

Pieces without a place come last. Extensions are collected once, when the product starts, in the order of the apps
(base/ui/catalogue.py); a piece may be placed beside one of the page or of an app below.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Generic, Protocol, TypeAlias, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.db import models

from base.accounts.models import User
from base.ui.binding import Bindable
from base.ui.columns import AnyColumn
from base.ui.filters import AnyFilter
from base.ui.look import Look
from base.ui.parts import BoundBoard, BoundGroup, BulkMove, Move, SmartButton, Tab, Tool

M = TypeVar("M", bound=models.Model)
Piece = TypeVar("Piece")

#: The kinds of pieces that can be added, as pages and extensions call them.
KINDS = ("columns", "filters", "tabs", "moves", "bulk", "buttons", "tools")


class Named(Protocol):
    """A piece of a page: it has a name by which another is placed."""

    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class Placed(Generic[Piece]):
    """Pieces that stand before or after the one named `place`; without a name they come last."""

    pieces: tuple[Piece, ...]
    place: str = ""
    is_before: bool = False


def before(place: str, *pieces: Piece) -> Placed[Piece]:
    """The pieces directly before the one of that name."""
    return Placed(pieces, place, is_before=True)


def after(place: str, *pieces: Piece) -> Placed[Piece]:
    """The pieces after the one of that name, and after what an app below has put there."""
    return Placed(pieces, place)


#: What an extension says of one kind: pieces, each by itself or with its place.
Added: TypeAlias = Placed[Piece] | Sequence[Piece | Placed[Piece]]


class PageExtension(Generic[M]):
    """The declaration. `of` is the slug of the page; a class without it is a base for others and adds nothing itself."""

    of: ClassVar[str] = ""
    columns: ClassVar[Added[AnyColumn]] = ()
    filters: ClassVar[Added[AnyFilter]] = ()
    tabs: ClassVar[Added[Tab]] = ()
    moves: ClassVar[Added[Move]] = ()
    bulk: ClassVar[Added[BulkMove]] = ()
    buttons: ClassVar[Added[SmartButton]] = ()
    tools: ClassVar[Added[Tool]] = ()

    def __init_subclass__(cls, of: str = "") -> None:
        super().__init_subclass__()
        if of:
            cls.of = of
            declared.add(cls)

    @classmethod
    def rows(cls, rows: models.QuerySet[M], user: User) -> models.QuerySet[M]:
        """The page's rows with what the extension's columns, filters and orders need to know of them."""
        return rows

    @classmethod
    def prepare(cls, records: list[M], look: Look) -> None:
        """Attach to the records of one screen what the extension needs, in as many queries for one as for eighty."""


#: An extension of a page of whatever model.
AnyExtension: TypeAlias = PageExtension[Any]


class Declared:
    """Every extension that was declared, until they are collected; later ones would be of no effect and are refused."""

    def __init__(self) -> None:
        self.extensions: list[type[AnyExtension]] = []
        self.is_closed = False

    def add(self, extension: type[AnyExtension]) -> None:
        if self.is_closed:
            raise ImproperlyConfigured(
                f"{extension.__module__}.{extension.__qualname__} is declared after the product has started: "
                "put it into the extensions.py of its app"
            )
        self.extensions.append(extension)


declared = Declared()


@dataclass(frozen=True)
class Parts:
    """All pieces of one page, bound to its model and in their order."""

    columns: tuple[AnyColumn, ...]
    filters: tuple[AnyFilter, ...]
    tabs: tuple[Tab, ...]
    moves: tuple[Move, ...]
    bulk: tuple[BulkMove, ...]
    buttons: tuple[SmartButton, ...]
    tools: tuple[Tool, ...]
    groups: tuple[BoundGroup, ...] = ()
    board: BoundBoard | None = None
    extensions: tuple[type[AnyExtension], ...] = ()
    #: By (kind, name) the extension that added the piece; the page's own pieces are not in it.
    sources: Mapping[tuple[str, str], type[AnyExtension]] = field(default_factory=dict)


def extended(own: Parts, model: type[models.Model], extensions: Sequence[type[AnyExtension]]) -> Parts:
    """The page's own parts with those of the extensions, one after the other.

    Raises `ImproperlyConfigured` for a place that is not there and for a name that is there already.
    """
    pieces = {kind: list(getattr(own, kind)) for kind in KINDS}
    sources: dict[tuple[str, str], type[AnyExtension]] = {}
    last_after: dict[tuple[str, str], str] = {}
    for extension in extensions:
        for kind in KINDS:
            for placed in _placed(getattr(extension, kind)):
                new = [each.bind(model) if isinstance(each, Bindable) else each for each in placed.pieces]
                where = _where(pieces[kind], kind, placed, extension, last_after)
                _refuse_twins(pieces[kind], new, kind, extension)
                pieces[kind][where:where] = new
                sources.update({(kind, each.name): extension for each in new})
    all_pieces: dict[str, Any] = {kind: tuple(found) for kind, found in pieces.items()}
    return replace(own, **all_pieces, extensions=tuple(extensions), sources=sources)


def _placed(added: Added[Piece]) -> Iterator[Placed[Piece]]:
    """What an extension says of one kind, always with its place."""
    for each in [added] if isinstance(added, Placed) else added:
        yield each if isinstance(each, Placed) else Placed((each,))


def _where(
    pieces: Sequence[Named],
    kind: str,
    placed: Placed[Named],
    extension: type[AnyExtension],
    last_after: dict[tuple[str, str], str],
) -> int:
    """The index at which the new pieces go. `last_after` remembers behind which piece the next ones follow."""
    if not placed.place:
        return len(pieces)
    names = [each.name for each in pieces]
    if placed.place not in names:
        raise ImproperlyConfigured(
            f"{extension.__module__}.{extension.__qualname__}: the page {extension.of} has nothing named "
            f"{placed.place} among its {kind}; there are: {', '.join(names) or 'none'}"
        )
    if placed.is_before:
        return names.index(placed.place)
    where = names.index(last_after.get((kind, placed.place), placed.place)) + 1
    last_after[kind, placed.place] = placed.pieces[-1].name
    return where


def _refuse_twins(pieces: Sequence[Named], new: Sequence[Named], kind: str, extension: type[AnyExtension]) -> None:
    taken = {each.name for each in pieces} & {each.name for each in new}
    if taken:
        raise ImproperlyConfigured(
            f"{extension.__module__}.{extension.__qualname__}: the page {extension.of} has {', '.join(sorted(taken))} "
            f"among its {kind} already"
        )


_PARTS: dict[str, Parts] = {}


def keep_parts(slug: str, parts: Parts) -> None:
    """Remember the extended parts of a page; done once, when the product starts."""
    _PARTS[slug] = parts


def kept_parts(slug: str) -> Parts | None:
    """The extended parts of a page; None for one that nobody extends."""
    return _PARTS.get(slug)
