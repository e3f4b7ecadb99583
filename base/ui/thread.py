"""The life of one record beside its sheet: what happened and what was said, newest first, and what is still to do."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from djmoney.models.fields import MoneyField
from moneyed import CurrencyDoesNotExist, Money, get_currency

from base.accounts.access import may
from base.accounts.models import User
from base.changes.models import PendingChange
from base.chatter.labels import event_text, is_erased, value_text
from base.chatter.models import Attachment, Event, Message, Todo
from base.chatter.visibility import files_shown_to, todos_shown_to
from base.lib.errors import Refused
from base.mail.models import KIND_LABELS, OutgoingMail
from base.mail.texts import hidden_from
from base.ui import cells, paths
from base.ui.look import Look, Text
from base.ui.page import AnyPage, page_of

T = TypeVar("T", bound=models.Model)

#: Entries shown at once; older ones are fetched on request.
CHUNK = 20


@dataclass(frozen=True)
class Change:
    label: Text
    old: str
    new: str


@dataclass(frozen=True)
class Entry:
    """One thing in the thread: an event, a message or a mail."""

    kind: str
    at: datetime
    by: str
    title: str
    text: str = ""
    changes: tuple[Change, ...] = ()
    colour: str = ""
    detail: SafeString | None = None


class Thread:
    """A record's chatter as one person sees it."""

    def __init__(self, page: type[AnyPage], record: models.Model, look: Look, before: datetime | None = None) -> None:
        self.page, self.record, self.look, self.before = page, record, look, before
        self._target = {"target_type": ContentType.objects.get_for_model(page.model), "target_id": record.pk}

    def _of(self, model: type[T], moment: str, *joined: str) -> list[T]:
        rows = model._default_manager.filter(**self._target)
        if self.before:
            rows = rows.filter(**{f"{moment}__lt": self.before})
        if joined:
            rows = rows.select_related(*joined)
        return list(rows.order_by(f"-{moment}", "-pk")[: CHUNK + 1])

    @cached_property
    def _all(self) -> list[Entry]:
        found = [self._event(each) for each in self._of(Event, "at", "by")]
        found += [self._message(each) for each in self._of(Message, "at", "by")]
        if may(self.look.user, "mails.view"):
            hidden = hidden_from(self.look.user)
            found += [self._mail(each) for each in self._of(OutgoingMail, "queued_at") if each.kind not in hidden]
        return sorted(found, key=lambda each: each.at, reverse=True)

    @property
    def entries(self) -> list[Entry]:
        return self._all[:CHUNK]

    @property
    def older(self) -> str:
        """Before which moment the next entries lie; empty when these were all."""
        return self._all[CHUNK - 1].at.isoformat() if len(self._all) > CHUNK else ""

    @cached_property
    def todos(self) -> list[Todo]:
        """What is still to be done about the record, the nearest first."""
        rows = todos_shown_to(self.look.user, Todo.objects.filter(**self._target, done_at=None))
        return list(rows.select_related("assignee"))

    @cached_property
    def files(self) -> list[Attachment]:
        if not may(self.look.user, "files.view"):
            return []
        return list(files_shown_to(self.look.user, Attachment.objects.filter(**self._target)))

    def _event(self, event: Event) -> Entry:
        changes = tuple(changes_of(event, self.page.model, self.look))
        who, what, note = str(event.by or _("System")), event_text(event.verb), value_text(event.note)
        return Entry("event", event.at, who, what, note, changes)

    def _message(self, message: Message) -> Entry:
        return Entry("message", message.at, str(message.by), "", message.text)

    def _mail(self, mail: OutgoingMail) -> Entry:
        to = f"{mail.to_name} <{mail.to_email}>" if mail.to_name else mail.to_email
        colour = {"sent": "green", "refused": "red", "uncertain": "orange", "cancelled": "secondary"}.get(
            mail.status, "azure"
        )
        state = cells.badge(mail.get_status_display(), colour)
        title = mail.subject if may(self.look.user, "mails.read") else str(KIND_LABELS.get(mail.kind, mail.kind))
        return Entry("mail", mail.queued_at, to, title, mail.error, colour=colour, detail=state)


def changes_of(event: Event | PendingChange, model: "type[models.Model] | None", look: Look) -> Iterator[Change]:
    """Each field an event changed, old and new as this person reads them; without what is hidden from them."""
    page = page_of(model) if model else None
    for name, pair in event.changes.items():
        if page and not look.may(page.guard(name)):
            continue
        if isinstance(pair, list) and any(isinstance(each, dict) for each in pair):
            continue  # whole records, kept to be brought back and for nobody to read
        old, new = pair if isinstance(pair, list) and len(pair) == 2 else (None, pair)
        field = paths.field_at(model, name) if model else None
        label = paths.label_of(model, name) if model else name
        yield Change(label, _kept_text(field, old, look), _kept_text(field, new, look))


def _kept_text(field: "paths.AnyField | None", value: object, look: Look) -> str:
    """A value as an event keeps it, in the reader's language."""
    if value in (None, ""):
        return "–"
    if is_erased(value):
        return value_text(str(value))
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return cells.text(value, look)
    match field:
        case MoneyField():
            return _money_text(str(value), look)
        case models.DecimalField(decimal_places=4, max_digits=5):  # a share of one
            return _share_text(str(value))
        case models.DateTimeField():
            moment = parse_datetime(str(value))
            return cells.text(moment, look) if moment else str(value)
        case models.DateField():
            day = parse_date(str(value))
            return cells.text(day, look) if day else str(value)
    return str(value) if field is not None else value_text(str(value))


def _share_text(value: str) -> str:
    try:
        return f"{(Decimal(value) * 100).normalize():f} %"
    except ArithmeticError:
        return value


def _money_text(value: str, look: Look) -> str:
    amount, _space, code = value.partition(" ")
    try:
        return cells.text(Money(amount, get_currency(code)), look)
    except (ArithmeticError, ValueError, CurrencyDoesNotExist):
        return value


def own_todo(page: type[AnyPage], record: models.Model, pk: int, user: User) -> Todo:
    """An open to-do of this record that this person is shown. Raises `Refused` when it is not there."""
    rows = Todo.objects.filter(target_type=ContentType.objects.get_for_model(page.model), target_id=record.pk, pk=pk)
    todo = todos_shown_to(user, rows).first()
    if todo is None:
        raise Refused(_("This to-do is no longer there."))
    return todo
