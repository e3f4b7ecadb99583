"""Mails and bounced addresses: lists and sheets."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast

from django.db import models
from django.utils.html import format_html, linebreaks
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from base.accounts.access import NOBODY
from base.accounts.models import User
from base.chatter import visibility
from base.lib.errors import Refused
from base.mail import handling, queue, texts
from base.mail.models import KIND_LABELS, DeadAddress, MailStatus, OutgoingMail
from base.mail.occasions import shown_words_of
from base.mail.pages.forms import DeadAddressForm, MailForm
from base.mail.pages.moves import BULK, MOVES
from base.mail.queries import held_because
from base.ui import cells
from base.ui.columns import Badge, Column
from base.ui.filters import Choice, DateRange, Flag, Quick
from base.ui.look import Look, Text
from base.ui.page import ModelPage
from base.ui.parts import Actions, Group, Move, Tab, Tool
from base.ui.paths import attach, attached

#: Who sees to it that mail leaves need not know what it says.
READ = "mails.read"
COLOURS = {
    "queued": "azure",
    "sending": "blue",
    "sent": "green",
    "refused": "red",
    "uncertain": "orange",
    "cancelled": "secondary",
}


def _waiting(rows: models.QuerySet[OutgoingMail], look: Look) -> models.QuerySet[OutgoingMail]:
    return rows.filter(status=MailStatus.QUEUED, on_hold=False)


def _held(rows: models.QuerySet[OutgoingMail], look: Look) -> models.QuerySet[OutgoingMail]:
    return rows.filter(status=MailStatus.QUEUED, on_hold=True)


def _uncertain(rows: models.QuerySet[OutgoingMail], look: Look) -> models.QuerySet[OutgoingMail]:
    """Of which nobody knows, and that were not sent again."""
    return rows.filter(status=MailStatus.UNCERTAIN, resends=None)


def _reader(mail: OutgoingMail) -> str:
    return f"{mail.to_name} <{mail.to_email}>" if mail.to_name else mail.to_email


def _kind(mail: OutgoingMail) -> Text:
    """What the kind is called; its bare name when no app knows it any more."""
    return cast("Text", KIND_LABELS.get(mail.kind, mail.kind))


class MailState(Badge[OutgoingMail]):
    """The state, and whether a person holds the mail back or has to look at it."""

    def html(self, record: OutgoingMail, look: Look) -> SafeString | str:
        state = super().html(record, look)
        if not record.on_hold or record.status != MailStatus.QUEUED:
            return state
        held = (
            cells.badge(gettext("to be looked at"), "orange")
            if record.to_look_at
            else cells.badge(gettext("on hold"), "yellow")
        )
        return format_html("{} {}", state, held)


class About(Column[OutgoingMail]):
    """What a mail is about: its kind and, for who may open it, the way there."""

    def of(self, record: OutgoingMail) -> models.Model | None:
        target: models.Model | None = record.target
        return target

    def html(self, record: OutgoingMail, look: Look) -> SafeString | str:
        target = self.of(record)
        if target is None:
            return cells.EMPTY
        kind = format_html('<small class="text-secondary">{}</small>', target._meta.verbose_name)
        return format_html("{} {}", super().html(record, look), kind)


class Wording(Column[OutgoingMail]):
    """The words of the mail as they are sent, but for the secrets of its links."""

    def html(self, record: OutgoingMail, look: Look) -> SafeString | str:
        words = linebreaks(attached(record, "wording"), autoescape=True)
        return format_html('<div class="mail-text" lang="{}">{}</div>', record.language, SafeString(words))


class MailPage(ModelPage[OutgoingMail]):
    model, slug, icon = OutgoingMail, "mails", "mail"
    title = _("Mails")
    actions = Actions(view="mails.view", edit=handling.SEND)
    #: What a mail says is read by those who may read mails; an event keeps its old text, which nobody needs there.
    guards = {"subject": READ, **dict.fromkeys(("text", "variables", "papers_seen"), NOBODY)}
    empty = _("Mails are written by the daily run and by what you do with quotes and inspections.")
    search = ["subject", "to_name", "to_email", "message_id"]
    columns = [
        Column("kind", value=_kind, sort="kind"),
        Column("subject"),
        Column("reader", label=_("reader"), value=_reader, sort="to_email"),
        About("about", label=_("about"), link=True, sort=False),
        MailState("status", COLOURS),
        Column("queued_at"),
        Column("sent_at"),
        Column("attempts"),
        Column("error"),
        Column("next_attempt_at", optional=True),
        Column("message_id", optional=True),
        Column("cc", optional=True),
        Column("language", optional=True),
    ]
    filters = [
        Quick("waiting", _("Waiting"), _waiting),
        Quick("held", _("On hold"), _held),
        Quick("look", _("To be looked at"), lambda rows, look: rows.filter(to_look_at=True, status=MailStatus.QUEUED)),
        Quick("uncertain", _("Uncertain"), _uncertain, divider=True),
        Quick("refused", _("Refused"), lambda rows, look: rows.filter(status=MailStatus.REFUSED)),
        Quick("sent", _("Sent"), lambda rows, look: rows.filter(status=MailStatus.SENT)),
        Choice("status"),
        Flag("on_hold"),
        DateRange("queued_at"),
        DateRange("sent_at"),
    ]
    group_by = ["status", "kind", "language", "queued_at:month"]
    sheet = [
        Group(
            _("Mail"),
            [
                Column("reader", label=_("reader"), value=_reader),
                "cc",
                "reply_to",
                "subject",
                About("about", label=_("about"), link=True),
                Column("kind", value=_kind),
            ],
        ),
        Group(
            _("On its way"),
            [
                MailState("status", COLOURS),
                "queued_at",
                "next_attempt_at",
                "attempts",
                "sent_at",
                "message_id",
                Column("last_error", value=lambda mail: mail.error, label=_("last error")),
                Column("resend_of", link=True, label=_("sent again from")),
            ],
        ),
        Group(_("Text"), [Wording("wording", label=_("text"))], action=READ),
    ]
    tabs = [
        Tab("page", _("As a page"), "mail_pages/page.html", action=READ),
        Tab(
            "papers",
            _("Papers"),
            "mail_pages/papers.html",
            context=lambda mail, look: {"documents": mail.documents.all(), "papers": list(enumerate(mail.papers))},
            count=lambda mail, look: mail.documents.count() or len(mail.papers),
            action=READ,
        ),
    ]
    moves = MOVES
    bulk = BULK
    form = MailForm
    status_field = "status"
    status_path = [MailStatus.QUEUED, MailStatus.SENDING, MailStatus.SENT]
    status_colours = COLOURS
    banner_template = list_banner_template = "mail_pages/hold_banner.html"
    tools = [
        Tool(_("Bounced addresses"), "mail-off", "bounced:list", "mails.view"),
        Tool(_("Mail texts"), "text-wrap", "mail_texts", "mailtexts.edit"),
        Tool(_("Hold and release"), "player-pause", "mail_release", "mails.release"),
    ]

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[OutgoingMail]:
        """The mails about what this person may see, but for those that name sums they may not see."""
        rows = visibility.on_visible_targets(user, OutgoingMail.objects.exclude(kind__in=texts.hidden_from(user)))
        return rows.select_related("resend_of").prefetch_related("target")

    @classmethod
    def prepare(cls, records: list[OutgoingMail], look: Look) -> None:
        for mail in records:
            attach(mail, wording=shown_words_of(mail))

    @classmethod
    def banner(cls, record: OutgoingMail, look: Look) -> Mapping[str, Any]:
        return cls.list_banner(look)

    @classmethod
    def list_banner(cls, look: Look) -> Mapping[str, Any]:
        return {"held": held_because()}

    @classmethod
    def subtitle(cls, record: OutgoingMail) -> Text:
        return _reader(record)

    @classmethod
    def may_edit(cls, record: OutgoingMail, look: Look) -> bool:
        return bool(record.status == MailStatus.QUEUED and look.may(READ))

    @classmethod
    def save(
        cls, record: OutgoingMail, values: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None
    ) -> OutgoingMail:
        words = {"subject": values["subject"], "text": values["wording"]}
        try:
            handling.edit_mail(mail=record, **words, by=by, at=at, seen=seen)
        except Refused as refusal:
            if refusal.field == "text":
                raise Refused(refusal.message, field="wording", code=refusal.code) from refusal
            raise
        return record


def _works_again(
    dead: DeadAddress, data: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None
) -> None:
    queue.forget_bounce(dead=dead, by=by, at=at)


class BouncedPage(ModelPage[DeadAddress]):
    model, slug, icon = DeadAddress, "bounced", "mail-off"
    key = "email"
    title = _("Bounced addresses")
    actions = Actions(view="mails.view", create="mails.edit")
    empty = _("Nothing came back yet. An address is put here from a mail's sheet, or with “New”.")
    search = ["email", "reason"]
    columns = [Column("email"), Column("reason"), Column("at"), Column("by", label=_("recorded by"))]
    filters = [DateRange("at")]
    sheet = [Group(_("Address"), ["email", "reason"]), Group(_("Recorded"), ["at", Column("by", label=_("by"))])]
    form = DeadAddressForm
    chatter = False
    moves = [
        Move(
            "works",
            _("It works again"),
            "mails.edit",
            _works_again,
            confirm=_("Mails are sent to this address again. What was cancelled stays cancelled."),
            style="primary",
            icon="mail-check",
        )
    ]

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[DeadAddress]:
        """An address is nobody's alone: whoever writes to it must know that it is dead."""
        return DeadAddress.objects.select_related("by").order_by("-at", "-pk")

    @classmethod
    def save(
        cls, record: DeadAddress, values: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None
    ) -> DeadAddress:
        return queue.record_bounce(email=values["email"], by=by, at=at, reason=values["reason"])
