"""One class per model declares its screens: list, sheet, form, moves, board, month, export (docs/screens.md).

    class ContractPage(ModelPage):
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

    urlpatterns = [path("contracts/", ContractPage.urls())]

Upper floors add to it from their `AppConfig.ready`: `ContractPage.plug(Tab(…), Move(…), SmartButton(…), Column(…), Quick(…))`.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from django.db import models
from django.forms import ModelForm
from django.urls import reverse

from base.accounts.models import User
from base.chatter import operations
from base.ui import parts, registry
from base.ui.columns import Column
from base.ui.filters import Filter
from base.ui.look import Look
from base.ui.search import holding


class ModelPage:
    """The declaration. Subclasses set the attributes and override the class methods; nothing is ever instantiated."""

    model: ClassVar[type[models.Model]]
    #: The first part of the address, the URL namespace, and the key of favourites and column choices.
    slug: ClassVar[str]
    icon: ClassVar[str] = "list"
    #: The list's title; the model's plural name when empty.
    title: ClassVar[Any] = ""
    #: What an empty list says: what belongs here, and how it gets here.
    empty: ClassVar[Any] = ""
    actions: ClassVar[parts.Actions]
    #: Field name → action: who lacks it never meets the field, in list, sheet, form, filter, export or chatter.
    guards: ClassVar[Mapping[str, str]] = {}

    search: ClassVar[list[str]] = []
    columns: ClassVar[list[Column]] = []
    filters: ClassVar[list[Filter]] = []
    #: Field paths; a date with `:month`, `:quarter` or `:year`.
    group_by: ClassVar[list[str]] = []
    #: The query string a link to the list opens it with, such as `quick=open`.
    home_query: ClassVar[str] = ""

    sheet: ClassVar[list[parts.Group]] = []
    tabs: ClassVar[list[parts.Tab]] = []
    buttons: ClassVar[list[parts.SmartButton]] = []
    moves: ClassVar[list[parts.Move]] = []
    bulk: ClassVar[list[parts.BulkMove]] = []
    tools: ClassVar[list[parts.Tool]] = []
    form: ClassVar["type[ModelForm[Any]] | None"] = None

    #: The field of the status bar, and the statuses of its straight path (others are shown only while they hold).
    status_field: ClassVar[str] = ""
    status_path: ClassVar[Sequence[str]] = ()
    status_colours: ClassVar[Mapping[str, str]] = {}
    board: ClassVar[parts.Board | None] = None
    month: ClassVar[parts.Month | None] = None
    #: Whether the sheet has a chatter beside it.
    chatter: ClassVar[bool] = True
    #: A template above the sheet's groups, given `record`, `look`, `page` and `banner(record, look)`.
    banner_template: ClassVar[str] = ""
    #: A template above the form of a new record, given `look` and `page`.
    new_template: ClassVar[str] = ""
    #: A template above the list, given `look`, `page` and `banner(None, look)`.
    list_banner_template: ClassVar[str] = ""

    _narrow: ClassVar[list[Callable[[models.QuerySet[Any], User], models.QuerySet[Any]]]] = []
    _prepare: ClassVar[list[Callable[[list[Any], Look], None]]] = []

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for name in (
            "columns",
            "filters",
            "group_by",
            "sheet",
            "tabs",
            "buttons",
            "moves",
            "bulk",
            "tools",
            "_narrow",
            "_prepare",
        ):
            setattr(cls, name, list(getattr(cls, name)))
        if "model" not in cls.__dict__ and not hasattr(cls, "model"):
            return
        pieces: list[Column | Filter] = [*cls.columns, *cls.filters]
        for each in pieces:
            each.bind(cls)
        registry.register(cls)

    # --- for the subclass ---------------------------------------------------------------------------------------

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[Any]:
        """Every row this person may see, with what the columns need selected; a row outside of it is 404."""
        raise NotImplementedError

    @classmethod
    def prepare(cls, records: list[Any], look: Look) -> None:
        """Attach to the records of one screen what their columns need, in as many queries for one as for eighty."""

    @classmethod
    def save(cls, record: Any, values: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None) -> Any:
        """Store the form's values by an operation, and return the record. A new record has no primary key yet."""
        if record.pk is None:
            for name, value in values.items():
                setattr(record, name, value)
            return operations.create(record, by=by, at=at)
        operations.change(record, values, by=by, at=at, seen=seen)
        return record

    @classmethod
    def may_edit(cls, record: Any, look: Look) -> bool:
        """Whether this record, in its state, can be edited by a person who has the action."""
        return True

    @classmethod
    def find(cls, rows: models.QuerySet[Any], text: str) -> models.QuerySet[Any]:
        """The rows a text typed into the search box means."""
        return holding(cls.model, cls.search, rows, text)

    @classmethod
    def subtitle(cls, record: Any) -> Any:
        """What stands under the record's name on its sheet, and behind it in the global search."""
        return ""

    @classmethod
    def banner(cls, record: Any, look: Look) -> Mapping[str, Any]:
        """What `banner_template` is given, and without a record `list_banner_template`."""
        return {}

    # --- for upper floors ---------------------------------------------------------------------------------------

    @classmethod
    def plug(
        cls,
        *pieces: Any,
        after: str = "",
        rows: Callable[[models.QuerySet[Any], User], models.QuerySet[Any]] | None = None,
        prepare: Callable[[list[Any], Look], None] | None = None,
        group_by: Sequence[str] = (),
    ) -> None:
        """Add tabs, moves, smart buttons, columns, filters, groups or bulk moves, by their type.

        `after` names the column, tab or move behind which they go; `rows(rows, user)` adds annotations to every
        query of the page; `prepare(records, look)` runs after the page's own.
        """
        homes: dict[type, list[Any]] = {
            parts.Tab: cls.tabs,
            parts.Move: cls.moves,
            parts.SmartButton: cls.buttons,
            Column: cls.columns,
            Filter: cls.filters,
            parts.Group: cls.sheet,
            parts.BulkMove: cls.bulk,
            parts.Tool: cls.tools,
        }
        for piece in pieces:
            home = next(home for kind, home in homes.items() if isinstance(piece, kind))
            names = [getattr(each, "name", "") for each in home]
            home.insert(names.index(after) + 1 if after in names else len(home), piece)
            after = getattr(piece, "name", "") if after in names else after
            if isinstance(piece, (Column, Filter)):
                piece.bind(cls)
        cls.group_by.extend(group_by)
        if rows:
            cls._narrow.append(rows)
        if prepare:
            cls._prepare.append(prepare)

    # --- for the framework --------------------------------------------------------------------------------------

    @classmethod
    def all_rows(cls, user: User) -> models.QuerySet[Any]:
        """`rows` with what upper floors added."""
        rows = cls.rows(user)
        for narrow in cls._narrow:
            rows = narrow(rows, user)
        return rows

    @classmethod
    def prepared(cls, records: list[Any], look: Look) -> list[Any]:
        cls.prepare(records, look)
        for prepare in cls._prepare:
            prepare(records, look)
        return records

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
    def address(cls, name: str = "list", *args: Any) -> str:
        """The path of one of the page's screens: `list`, `sheet`, `edit`, `move`, …"""
        return reverse(f"{cls.slug}:{name}", args=args)

    @classmethod
    def home(cls) -> str:
        """Where a link to the list leads."""
        return cls.address() + (f"?{cls.home_query}" if cls.home_query else "")

    @classmethod
    def urls(cls) -> tuple[list[Any], str, str]:
        """For `path("contracts/", ContractPage.urls())`: all its screens under the namespace of its slug."""
        from base.ui.routes import routes

        return routes(cls), cls.slug, cls.slug
