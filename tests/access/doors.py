"""Every address of the product, found by walking the URL resolver, with what stands behind it filled in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.contenttypes.models import ContentType
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse

from base.accounts.models import User
from base.chatter.models import Attachment, Todo
from base.chatter.visibility import files_shown_to, todos_shown_to
from base.documents.models import Document
from base.documents.pages import papers_of
from base.ui.filters import Relation
from base.ui.look import Look
from base.ui.models import SavedFilter
from base.ui.page import PAGES, ModelPage
from contracts.pages.parts import KINDS
from renewals.models import QuoteLink
from renewals.queries import link_token
from service.models import Finding, ManagerChange, Survey
from service.promises import consents, surveys
from tests.access.world import Side
from tests.chain import AT, ON
from warranty.models import PlannedAction

#: Stands for the name of a move, tab or option where the page declares none.
NOTHING = "nothing-of-this-name"
#: So many records of a page are looked through for one that is open to everything.
ENOUGH = 10


@dataclass(frozen=True)
class Pattern:
    """A URL pattern as it is declared."""

    name: str
    route: str
    view: Callable[..., Any]
    wants: tuple[str, ...]

    @property
    def action(self) -> str:
        return str(getattr(self.view, "action", ""))

    @property
    def page(self) -> type[ModelPage] | None:
        """The page the address belongs to: bound to the view, or told by its first part."""
        bound: type[ModelPage] | None = getattr(self.view, "keywords", {}).get("page")
        return bound or PAGES.get(self.route.partition("/")[0])


@dataclass(frozen=True)
class Door:
    """One address. `needs` opens the view; `inner` is asked inside of it, for a move, a tab or a paper."""

    pattern: Pattern
    path: str
    inner: str = ""
    record: Any = None
    #: A form of a record that, as it is, this person may not change.
    shut: bool = False

    @property
    def leads_nowhere(self) -> bool:
        """A page without moves or tabs has their address all the same."""
        return NOTHING in self.path

    @property
    def needs(self) -> str:
        return self.pattern.action

    def __str__(self) -> str:
        return f"{self.pattern.name} {self.path}"


def patterns() -> list[Pattern]:
    """All of them, those that another one hides left out."""
    return list(_walk(get_resolver().url_patterns, "", ()))


def _walk(found: Any, before: str, spaces: tuple[str, ...]) -> Iterator[Pattern]:
    for each in found:
        route = f"{before}{each.pattern}".replace("^", "")
        if isinstance(each, URLResolver):
            yield from _walk(each.url_patterns, route, (*spaces, each.namespace) if each.namespace else spaces)
        elif isinstance(each, URLPattern):
            wants = (*each.pattern.converters, *each.pattern.regex.groupindex)
            yield Pattern(":".join([*spaces, each.name or ""]), route, each.callback, tuple(dict.fromkeys(wants)))


def doors(side: Side, user: User) -> Iterator[Door]:
    """Every address filled in with a side's records, as far as `user` sees them, else with any of the side's."""
    seen: dict[str, list[Any]] = {}
    for pattern in patterns():
        for kwargs, inner, record in _filled(pattern, side, user, seen):
            path = reverse(pattern.name, kwargs=kwargs)
            if _leads_to(path) is pattern.view:
                edits = record is not None and pattern.page and pattern.name == f"{pattern.page.slug}:edit"
                shut = bool(edits and not pattern.page.may_edit(record, look_of(user)))  # type: ignore[union-attr]
                yield Door(pattern, path, inner, record, shut)


def look_of(user: User) -> Look:
    return Look(user=user, today=ON, now=AT, language="en")


def _leads_to(path: str) -> Any:
    try:
        return resolve(path).func
    except Resolver404:
        return None


def _filled(
    pattern: Pattern, side: Side, user: User, known: dict[str, list[Any]]
) -> Iterator[tuple[dict[str, Any], str, Any]]:
    """The values its address wants, what is asked inside, and the record it is about."""
    page = pattern.page
    if "pk" not in pattern.wants:
        for kwargs, inner in _named(Asked(pattern, side, user, None)):
            yield kwargs, inner, None
        return
    if pattern.name == "todo_done":
        records = list(side.of(Todo).filter(assignee=user, done_at=None)[:1] or side.of(Todo)[:1])
    elif pattern.route.startswith("leaving/"):
        records = list(side.of(PlannedAction).filter(kind="renewal_send", state="planned")[:1])
    else:
        assert page is not None, f"say in tests/access/doors.py what {pattern.route} is about"
        records = known.get(page.slug) or known.setdefault(page.slug, _records(page, side, user))
    assert records, f"tests/access/world.py makes nothing for {pattern.route}"
    seen = set()
    for record in records:
        for kwargs, inner in _named(Asked(pattern, side, user, record)):
            # One record of a page is enough for what all of them have; a move wants the one it is open on.
            key = tuple(sorted((name, value) for name, value in kwargs.items() if name in ("name", "kind")))
            if key not in seen:
                seen.add(key)
                yield {"pk": record.pk, **kwargs}, inner, record


def _records(page: type[ModelPage], side: Side, user: User) -> list[Any]:
    """The side's records a page can be about, best first: seen by the user, and open to editing."""
    rows = page.all_rows(user)
    if side.of(page.model).exists():
        rows = rows.filter(pk__in=side.of(page.model).values("pk"))
    found = list(rows.order_by("pk")[:ENOUGH]) or list((side.of(page.model) or page.model._base_manager.all())[:1])
    look = look_of(user)
    return sorted(page.prepared(found, look), key=lambda record: not page.may_edit(record, look))


def _names(last: str, page: type[ModelPage], record: Any) -> list[tuple[str, str]]:
    """What `name` may be, from the page's own declaration."""
    match last:
        case "move":
            return [(each.name, each.action) for each in page.all_moves()]
        case "tab":
            return [(each.name, each.action) for each in page.all_tabs() if each.shown(record)]
        case "bulk":
            return [(each.name, each.action) for each in page.all_bulk()]
        case "options":
            inputs = page.form.base_fields if page.form else {}
            names = [name for name, each in inputs.items() if isinstance(each, forms.ModelChoiceField)]
            names += [each.name for each in page.all_filters() if isinstance(each, Relation)]
            return [(name, page.guard(name)) for name in dict.fromkeys(names)]
    if last.endswith("_paper"):
        return [(each.name, "") for each in papers_of(record)]
    raise AssertionError(f"say in tests/access/doors.py what the name in {page.slug}:{last} is")


@dataclass(frozen=True)
class Asked:
    """What an address is filled in from."""

    pattern: Pattern
    side: Side
    user: User
    record: Any

    @property
    def last(self) -> str:
        return self.pattern.name.rpartition(":")[2]


def _named(asked: Asked) -> Iterator[tuple[dict[str, Any], str]]:
    """The values of everything but `pk`, each with the action that is asked inside of the view."""
    wants = tuple(each for each in asked.pattern.wants if each != "pk")
    assert wants in FILLED, f"say in tests/access/doors.py what {wants} of {asked.pattern.route} are"
    page = asked.pattern.page
    for values, inner in FILLED[wants](asked):
        # What hangs on a record is shut with the record's own page.
        yield dict(zip(wants, values, strict=True)), inner or (page.actions.view if page and asked.record else "")


def _any(*values: Any) -> Callable[[Asked], list[tuple[tuple[Any, ...], str]]]:
    return lambda asked: [(values, "")]


def _name(asked: Asked) -> list[tuple[tuple[Any, ...], str]]:
    if asked.last == "mail_text":
        return [(("renewal_quote",), "")]
    page = asked.pattern.page
    assert page is not None
    return [((name,), inner) for name, inner in _names(asked.last, page, asked.record) or [(NOTHING, "")]]


def _part(asked: Asked) -> list[tuple[tuple[Any, ...], str]]:
    return [((kind.name, asked.side.of(kind.model).first().pk), "") for kind in KINDS.values()]


def _favourite(asked: Asked) -> list[tuple[tuple[Any, ...], str]]:
    page = asked.pattern.page
    assert page is not None
    return [((SavedFilter.objects.filter(owner=asked.user, page=page.slug).first().pk,), "")]  # type: ignore[union-attr]


def _hanging(model: type[Any]) -> Callable[[Asked], list[tuple[tuple[Any, ...], str]]]:
    def found(asked: Asked) -> list[tuple[tuple[Any, ...], str]]:
        if asked.pattern.name == "mail_document":
            return [((each.pk,), "") for each in asked.record.documents.all()[:1]]
        about = ContentType.objects.get_for_model(asked.record)
        rows = model.objects.filter(target_type=about, target_id=asked.record.pk)
        shown = _SHOWN[model](asked.user, rows) if model in _SHOWN else rows
        return [((each.pk,), "") for each in shown[:1] or rows[:1]]

    return found


#: What hangs on a record that somebody sees, and is not shown to them all the same.
_SHOWN: dict[type[Any], Callable[[User, Any], Any]] = {Attachment: files_shown_to, Todo: todos_shown_to}


def _row(asked: Asked) -> list[tuple[tuple[Any, ...], str]]:
    """A row that is changed inside a tab."""
    related = {"visits_parts": "parts", "requests_prices": "prices"}[asked.pattern.name]
    return [((each.pk,), "") for each in getattr(asked.record, related).all()[:1]]


def _token(asked: Asked) -> list[tuple[tuple[Any, ...], str]]:
    """Of a link that can still be answered: a quote's, a survey's, a consent's."""
    match asked.pattern.route[0]:
        case "s":
            token = surveys.token_of(asked.side.of(Survey).filter(status="asked").first())
        case "c":
            token = consents.token_of(asked.side.of(ManagerChange).filter(status="asked").first())
        case _:
            token = link_token(asked.side.of(QuoteLink).filter(quote__status="sent").first().quote)
    return [((token,), "")]


def _finding(asked: Asked) -> list[tuple[tuple[Any, ...], str]]:
    """Of the inspection; where it has none the address names one of another, which leads nowhere."""
    return [((each.pk,), "") for each in asked.side.of(Finding).filter(inspection=asked.record)[:1]]


#: What stands in an address, by the names its pattern gives it.
FILLED: dict[tuple[str, ...], Callable[[Asked], list[tuple[tuple[Any, ...], str]]]] = {
    (): _any(),
    ("name",): _name,
    ("name", "language"): _any("renewal_quote", "en"),
    ("kind",): lambda asked: [((kind,), "") for kind in KINDS],
    ("kind", "part"): _part,
    ("favourite",): _favourite,
    ("row",): _row,
    ("todo",): _hanging(Todo),
    ("file",): _hanging(Attachment),
    ("document",): _hanging(Document),
    ("token",): _token,
    ("area",): _any("environment"),
    ("finding",): _finding,
    ("place",): lambda asked: [((0,), "")] if asked.record.papers else [],
    ("year",): _any(ON.year),
    ("uidb36", "key"): _any("1", "wrong-key"),
}
