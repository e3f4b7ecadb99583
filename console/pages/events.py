"""The log of everything that happened: who, when, to what, and each change as old and new."""

from collections.abc import Iterator
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from base.accounts.models import User
from base.audit.sealing import event_log, head, unsealed
from base.chatter.labels import event_text, event_verbs
from base.chatter.models import Event
from base.chatter.registry import our_models
from base.ui import cells, registry
from base.ui.columns import Column
from base.ui.filters import Choice, DateRange, Quick, Relation
from base.ui.look import Look, Text
from base.ui.page import ModelPage, main_pages
from base.ui.parts import Actions, Group, Tab
from base.ui.paths import attach, attached
from base.ui.thread import Change, changes_of

#: Changes written out in a line of the list; the sheet and the file have them all.
_SHOWN = 3


class Verbs(Choice):
    """What happened, in the reader's words."""

    def choices(self) -> list[tuple[str, Text]]:
        return sorted(((verb, event_text(verb)) for verb in event_verbs()), key=lambda each: each[1])


class Kinds(Choice):
    """The kinds of record something can happen to."""

    def choices(self) -> list[tuple[str, Text]]:
        kinds = ContentType.objects.get_for_models(*our_models())
        found = [(str(kind.pk), capfirst(str(model._meta.verbose_name))) for model, kind in kinds.items() if kind.pk]
        return sorted(found, key=lambda each: each[1])


class About(Column[Event]):
    """The record it happened to, as a link while there is one to open."""

    def html(self, record: Event, look: Look) -> SafeString | str:
        kind = capfirst(str(_kind(record)))
        if attached(record, "about") is None:
            return format_html('{} <span class="text-secondary">{}</span>', kind, self.text(record, look))
        url = registry.address(attached(record, "about"), look)
        # Underlined, since words stand beside it.
        name = (
            format_html('<a class="text-decoration-underline" href="{}">{}</a>', url, attached(record, "about"))
            if url
            else attached(record, "about")
        )
        return format_html('<span class="text-secondary">{}</span> {}', kind, name)

    def text(self, record: Event, look: Look) -> str:
        return (
            str(attached(record, "about"))
            if attached(record, "about") is not None
            else gettext("no longer there (%(key)s)") % {"key": record.target_id}
        )

    def raw(self, record: Event) -> str:
        kind = capfirst(str(_kind(record)))
        return f"{kind} {attached(record, 'about') if attached(record, 'about') is not None else record.target_id}"


class Changes(Column[Event]):
    """Each change as `field: old → new`."""

    def html(self, record: Event, look: Look) -> SafeString | str:
        changes = attached(record, "told")
        if not changes:
            return cells.EMPTY
        lines = [_change_html(each) for each in changes[:_SHOWN]]
        if len(changes) > _SHOWN:
            lines.append(format_html("<li>{}</li>", gettext("and %(n)s more") % {"n": len(changes) - _SHOWN}))
        return format_html('<ul class="changes">{}</ul>', format_html_join("", "{}", ((line,) for line in lines)))

    def text(self, record: Event, look: Look) -> str:
        return str(self.raw(record))

    def raw(self, record: Event) -> str:
        return "\n".join(f"{each.label}: {each.old} → {each.new}" for each in attached(record, "told"))


def _change_html(change: Change) -> SafeString:
    became = format_html('<i class="ti ti-arrow-right" role="img" aria-label="{}"></i>', gettext("became"))
    old = format_html('<span class="old">{}</span> {} ', change.old, became) if change.old != "–" else ""
    line = '<li><span class="change-label">{}</span> {}<span class="new">{}</span></li>'
    return format_html(line, change.label, old, change.new)


def _kind(event: Event) -> Text:
    model = event.target_type.model_class()
    return (model._meta.verbose_name if model else None) or event.target_type.model


def _told(event: Event, look: Look) -> dict[str, Any]:
    return {"changes": attached(event, "told")}


def _by(event: Event) -> User | str:
    return event.by or gettext("System")


def _about(event: Event) -> models.Model | None:
    about: models.Model | None = attached(event, "about")
    return about


def _changed(event: Event) -> list[Change]:
    changes: list[Change] = attached(event, "told")
    return changes


_VERB = Column[Event]("verb", label=_("what happened"), value=lambda event: event_text(event.verb), sort=False)


class EventPage(ModelPage[Event]):
    model, slug, icon = Event, "events", "history"
    title = _("Events")
    empty = _("Whatever anybody does is written down here, and stays.")
    actions = Actions(view="events.view", export="events.view")
    columns = [
        Column("at"),
        Column("by", value=_by, sort=False),
        About("about", label=pgettext_lazy("log", "record"), value=_about, sort=False),
        _VERB,
        Changes("told", label=_("changes"), value=_changed, sort=False),
        Column("note", sort=False),
        Column("story", sort=False, optional=True),
    ]
    filters = [
        Quick("mine", _("My own"), lambda rows, look: rows.filter(by=look.user)),
        Quick("people", _("By people"), lambda rows, look: rows.exclude(by=None)),
        Quick("itself", _("By the product itself"), lambda rows, look: rows.filter(by=None)),
        Relation("by"),
        Kinds("target_type", label=_("kind of record")),
        Verbs("verb", label=_("what happened")),
        DateRange("at"),
    ]
    group_by = ["by"]
    sheet = [
        Group(_("What happened"), ["at", Column("by", value=_by), _VERB]),
        Group(_("To what"), [About("about", label=pgettext_lazy("log", "record"), value=_about), "note", "story"]),
    ]
    tabs = [Tab("changes", _("Changes"), "console/event_changes.html", _told)]
    chatter = False
    list_banner_template = "console/log_banner.html"

    @classmethod
    def list_banner(cls, look: Look) -> dict[str, Any]:
        """How far the log is sealed, and how many rows still wait for it."""
        newest = head()
        return {"sequence": newest.sequence, "hash": newest.hash, "unsealed": unsealed(event_log()).count()}

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[Event]:
        return Event.objects.select_related("by", "target_type")

    @classmethod
    def prepare(cls, records: list[Event], look: Look) -> None:
        """The records the events are about, fetched together for each kind; the changes in the reader's words."""
        by_kind: dict[ContentType, list[Any]] = {}
        for event in records:
            by_kind.setdefault(event.target_type, []).append(event)
        for kind, members in by_kind.items():
            model = kind.model_class()
            there = _there(model, {each.target_id for each in members}) if model else {}
            for event in members:
                attach(event, about=there.get(event.target_id), told=list(changes_of(event, model, look)))

    @classmethod
    def subtitle(cls, record: Event) -> Text:
        about = getattr(record, "about", None)
        return f"{capfirst(str(_kind(record)))} {about}" if about is not None else capfirst(str(_kind(record)))

    @classmethod
    def find(cls, rows: models.QuerySet[Event], text: str) -> models.QuerySet[Event]:
        """Events of the records a text finds, and those whose note holds it."""
        found = Q(note__icontains=text)
        for kind, keys in _found(text):
            found |= Q(target_type=kind, target_id__in=keys)
        return rows.filter(found)


def _there(model: type[models.Model], keys: set[int]) -> dict[int, models.Model]:
    """The records of a kind that are still there, with what their names are made of."""
    rows = model._default_manager.all()
    names = [field.name for field in model._meta.fields if field.is_relation and field.name in ("contract", "action")]
    return {each.pk: each for each in rows.filter(pk__in=keys).select_related(*names)}


def _found(text: str) -> Iterator[tuple[ContentType, models.QuerySet[models.Model, dict[str, Any]]]]:
    """The keys of what a text finds, kind by kind."""
    for page in main_pages():
        if page.search and page.model is not Event:
            rows = registry.text_search(page.model, page.model._default_manager.order_by(), text)
            yield ContentType.objects.get_for_model(page.model), rows.values("pk")
