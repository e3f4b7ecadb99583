"""One class per model declares its screens: list, sheet, form, moves, board, month, export (docs/screens.md).

    class ContractPage(ModelPage[Contract]):
        model, slug, icon = Contract, "contracts", "file-text"
        actions = Actions(view="contracts.view", create="contracts.edit", edit="contracts.edit", export="contracts.export")
        guards = {"amount": "prices.view"}
        search = ["search", "customer__search"]
        columns = [Column("number"), Column("customer", link=True), Column("amount", total=True), Badge("status", {…})]
        filters = [Choice("status"), DateRange("signed_on"), Relation("manager"), Quick("mine", _("Mine"), mine)]
        group_by = ["customer", "manager", "status", "signed_on:month"]
        sheet = [Group(_("Sale"), ["number", "customer", "amount"])]
        form = ContractForm

        @classmethod
        def rows(cls, user): return Contract.objects.visible_to(user).select_related("customer", "manager")

        @classmethod
        def save(cls, record, values, *, by, at, on, seen): return operations.save_contract(…)

    urlpatterns = [path("contracts/", routes(ContractPage))]

Upper floors add to it by a `PageExtension` in their `extensions.py` (base/ui/extension.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar, Generic, TypeAlias, TypeVar

from django.db import models
from django.urls import reverse

from base.accounts.models import User
from base.chatter import operations
from base.chatter.models import Tracked
from base.ui import extension, registry
from base.ui.binding import Bindable
from base.ui.columns import AnyColumn
from base.ui.extension import Parts
from base.ui.filters import AnyFilter
from base.ui.forms import SheetForm
from base.ui.look import Look, Text
from base.ui.parts import Actions, Board, BoundGroup, BulkMove, Group, Month, Move, SmartButton, Tab, Tool
from base.ui.search import holding

M = TypeVar("M", bound=models.Model)
Piece = TypeVar("Piece", bound=Bindable)

#: Every declared page by its slug, in the order of declaration.
PAGES: "dict[str, type[AnyPage]]" = {}
#: The page that shows the records of each model: the first one declared for it.
_MAIN: "dict[type[models.Model], type[AnyPage]]" = {}


class ModelPage(Generic[M]):
    """The declaration. Subclasses set the attributes and override the class methods; nothing is ever instantiated."""

    model: type[M]
    #: The first part of the address, the URL namespace, and the key of favourites and column choices.
    slug: ClassVar[str]
    icon: ClassVar[str] = "list"
    #: The field by which people name a record: its number, its name, a log-in. Empty where a record has no such thing.
    key: ClassVar[str] = ""
    #: The list's title; the model's plural name when empty.
    title: ClassVar[Text] = ""
    #: What an empty list says: what belongs here, and how it gets here.
    empty: ClassVar[Text] = ""
    actions: ClassVar[Actions]
    #: Field name → action: who lacks it never meets the field, in list, sheet, form, filter, export or chatter.
    guards: ClassVar[Mapping[str, str]] = {}

    search: ClassVar[Sequence[str]] = ()
    columns: ClassVar[Sequence[AnyColumn]] = ()
    filters: ClassVar[Sequence[AnyFilter]] = ()
    #: Field paths; a date with `:month`, `:quarter` or `:year`.
    group_by: ClassVar[Sequence[str]] = ()
    #: The query string a link to the list opens it with, such as `quick=open`.
    home_query: ClassVar[str] = ""

    sheet: ClassVar[Sequence[Group]] = ()
    tabs: ClassVar[Sequence[Tab]] = ()
    buttons: ClassVar[Sequence[SmartButton]] = ()
    moves: ClassVar[Sequence[Move]] = ()
    bulk: ClassVar[Sequence[BulkMove]] = ()
    tools: ClassVar[Sequence[Tool]] = ()
    form: ClassVar[type[SheetForm] | None] = None

    #: The field of the status bar, and the statuses of its straight path (others are shown only while they hold).
    status_field: ClassVar[str] = ""
    status_path: ClassVar[Sequence[str]] = ()
    status_colours: ClassVar[Mapping[str, str]] = {}
    board: ClassVar[Board | None] = None
    month: ClassVar[Month | None] = None
    #: Whether the sheet has a chatter beside it.
    chatter: ClassVar[bool] = True
    #: A template above the sheet's groups, given `record`, `look`, `page` and `banner(record, look)`.
    banner_template: ClassVar[str] = ""
    #: A template above the form of a new record, given `look` and `page`.
    new_template: ClassVar[str] = ""
    #: A template above the list, given `look`, `page` and `list_banner(look)`.
    list_banner_template: ClassVar[str] = ""

    #: The page's own pieces, bound to its model; made once, when the class is created.
    own_parts: ClassVar[Parts]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if not hasattr(cls, "model"):
            return
        for kind in (*extension.KINDS, "group_by", "search", "sheet"):
            setattr(cls, kind, tuple(getattr(cls, kind)))
        try:
            cls.own_parts = cls._bound()
        except LookupError as unknown:
            raise LookupError(f"{cls.__name__}: {unknown}") from unknown
        register(cls)

    @classmethod
    def _bound(cls) -> Parts:
        return Parts(
            columns=tuple(each.bind(cls.model) for each in cls.columns),
            filters=tuple(each.bind(cls.model) for each in cls.filters),
            tabs=tuple(cls.tabs),
            moves=tuple(cls.moves),
            bulk=tuple(cls.bulk),
            buttons=tuple(cls.buttons),
            tools=tuple(cls.tools),
            groups=tuple(each.bind(cls.model) for each in cls.sheet),
            board=cls.board.bind(cls.model) if cls.board else None,
        )

    # --- for the subclass ---------------------------------------------------------------------------------------

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[M]:
        """Every row this person may see, with what the columns need selected; a row outside of it is 404."""
        raise NotImplementedError

    @classmethod
    def prepare(cls, records: list[M], look: Look) -> None:
        """Attach to the records of one screen what their columns need, in as many queries for one as for eighty."""

    @classmethod
    def save(cls, record: M, values: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None) -> M:
        """Store the form's values by an operation, and return the record. A new record has no primary key yet."""
        assert isinstance(record, Tracked), f"{cls.__name__} needs a save of its own: its records have no version"
        if record.pk is None:
            for name, value in values.items():
                setattr(record, name, value)
            return operations.create(record, by=by, at=at)
        operations.change(record, values, by=by, at=at, seen=seen)
        return record

    @classmethod
    def may_edit(cls, record: M, look: Look) -> bool:
        """Whether this record, in its state, can be edited by a person who has the action."""
        return True

    @classmethod
    def find(cls, rows: models.QuerySet[M], text: str) -> models.QuerySet[M]:
        """The rows a text typed into the search box means."""
        return holding(cls.model, cls.search, rows, text)

    @classmethod
    def subtitle(cls, record: M) -> Text:
        """What stands under the record's name on its sheet, and behind it in the global search."""
        return ""

    @classmethod
    def banner(cls, record: M, look: Look) -> Mapping[str, Any]:
        """What `banner_template` is given."""
        return {}

    @classmethod
    def list_banner(cls, look: Look) -> Mapping[str, Any]:
        """What `list_banner_template` is given."""
        return {}

    # --- all pieces, those of upper floors included -------------------------------------------------------------

    @classmethod
    def parts(cls) -> Parts:
        """The page's own pieces and those of its extensions, bound and in order. The same at every request."""
        return extension.kept_parts(cls.slug) or cls.own_parts

    @classmethod
    def all_columns(cls) -> tuple[AnyColumn, ...]:
        return cls.parts().columns

    @classmethod
    def all_filters(cls) -> tuple[AnyFilter, ...]:
        return cls.parts().filters

    @classmethod
    def all_groups(cls) -> tuple[BoundGroup, ...]:
        return cls.parts().groups

    @classmethod
    def all_tabs(cls) -> tuple[Tab, ...]:
        return cls.parts().tabs

    @classmethod
    def all_moves(cls) -> tuple[Move, ...]:
        return cls.parts().moves

    @classmethod
    def all_bulk(cls) -> tuple[BulkMove, ...]:
        return cls.parts().bulk

    @classmethod
    def all_buttons(cls) -> tuple[SmartButton, ...]:
        return cls.parts().buttons

    @classmethod
    def all_tools(cls) -> tuple[Tool, ...]:
        return cls.parts().tools

    @classmethod
    def all_rows(cls, user: User) -> models.QuerySet[M]:
        """`rows` with what upper floors added."""
        rows = cls.rows(user)
        for each in cls.parts().extensions:
            rows = each.rows(rows, user)
        return rows

    @classmethod
    def prepared(cls, records: list[M], look: Look) -> list[M]:
        """The records of one screen, with what the columns of the page and of upper floors need."""
        cls.prepare(records, look)
        for each in cls.parts().extensions:
            each.prepare(records, look)
        return records

    # --- for the framework --------------------------------------------------------------------------------------

    @classmethod
    def shown_to(cls, look: Look, pieces: Iterable[Piece]) -> list[Piece]:
        """Those of the columns or filters that this person may see."""
        return [each for each in pieces if look.may(cls.guard(each.name, each.action))]

    @classmethod
    def offers_create(cls, look: Look) -> bool:
        """Whether this person can make a new record here."""
        return bool(cls.form and cls.actions.create and look.may(cls.actions.create))

    @classmethod
    def offers_edit(cls, record: M, look: Look) -> bool:
        """Whether this person can edit this record in its state."""
        return bool(cls.form and cls.actions.edit and look.may(cls.actions.edit) and cls.may_edit(record, look))

    @classmethod
    def guard(cls, name: str, action: str = "") -> str:
        """The action a field takes: its own, or the one its name is guarded by."""
        return action or cls.guards.get(name, "") or cls.guards.get(name.partition("__")[0].partition(":")[0], "")

    @classmethod
    def heading(cls) -> str:
        label = str(cls.title or cls.model._meta.verbose_name_plural)
        return label[:1].upper() + label[1:]

    @classmethod
    def singular(cls) -> str:
        return str(cls.model._meta.verbose_name)

    @classmethod
    def address(cls, name: str = "list", *args: object) -> str:
        """The path of one of the page's screens: `list`, `sheet`, `edit`, `move`, …"""
        return reverse(f"{cls.slug}:{name}", args=args)

    @classmethod
    def home(cls) -> str:
        """Where a link to the list leads."""
        return cls.address() + (f"?{cls.home_query}" if cls.home_query else "")


#: A page of whatever model.
AnyPage: TypeAlias = ModelPage[Any]


def register(page: type[AnyPage]) -> None:
    """Enter a page under its slug; the first one of a model shows the model's records from then on."""
    if page.slug in PAGES:
        raise ValueError(f"two pages have the slug {page.slug}")
    PAGES[page.slug] = page
    if registry.register(page.model, registry.Shown(page.slug, page.actions.view, page.rows, page.find)):
        _MAIN[page.model] = page


def main_pages() -> list[type[AnyPage]]:
    """One page a model, in the order of declaration."""
    return list(_MAIN.values())


def page_of(model: type[models.Model]) -> type[AnyPage] | None:
    """The page that shows the model's records."""
    return _MAIN.get(model)


def searched_pages() -> list[type[AnyPage]]:
    """The pages the global search asks: those whose records have a name or number of their own.

    What is only found through something else (a term through its contract) would repeat it.
    """
    return [page for page in _MAIN.values() if any("__" not in name for name in page.search)]
