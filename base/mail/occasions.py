"""What a mail is about, asked again when it leaves: whom it concerns then, how they are greeted, and its link.

The floor that writes a kind of mail says so from its `ready()`. A kind without an occasion leaves as it was written.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import structlog
from django.contrib.contenttypes.models import ContentType
from django.db import models

from base.company.models import Company
from base.company.queries import company
from base.lib.links import masked
from base.lib.text import clean
from base.mail import texts
from base.mail.models import OutgoingMail
from base.mail.queue import MailDraft, Reader, address

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Occasion:
    """How the mails of a kind come to be, from their record."""

    #: The mail drafted anew as of now; None when nobody can be written to any more. Its cause and papers are not asked.
    draft: Callable[[Any, OutgoingMail, Company], MailDraft | None]
    #: Whom it concerns: the customer, or a colleague. And the people there who may be written to, by address, as a mail
    #: of this language would greet them.
    customer: Callable[[Any], models.Model | None]
    people: Callable[[Any, str], Mapping[str, Reader]]
    #: The address that answers it, with its secret.
    link: Callable[[Any, OutgoingMail], str] | None = None
    #: What is fetched with many records at once.
    related: Sequence[str] = ()
    #: What begins to count with the day of the first leaving; called before the mail is made.
    first_leaves: Callable[[Any, datetime], None] | None = None


class Addressed(NamedTuple):
    """A mail as it would leave now. `email` is empty when nobody can be written to."""

    to_name: str
    to_email: str
    language: str
    cc: str
    reply_to: str
    subject: str
    text: str
    variables: dict[str, str]


_occasions: dict[str, Occasion] = {}


def register(occasion: Occasion, *kinds: str) -> None:
    """Say how mails of these kinds are addressed when they leave; called from the owning app's `ready()`."""
    _occasions.update(dict.fromkeys(kinds, occasion))


def occasion_of(mail: OutgoingMail) -> Occasion | None:
    return _occasions.get(mail.kind)


def link_of(mail: OutgoingMail) -> str:
    """The mail's link with its secret, made now; empty for a kind without one, and where its record is gone."""
    occasion = occasion_of(mail)
    return occasion.link(mail.target, mail) if occasion and occasion.link and mail.target else ""


def carries_link(mail: OutgoingMail) -> bool:
    """Whether whoever gets the mail can answer in the customer's name."""
    occasion = occasion_of(mail)
    return bool(occasion and occasion.link)


def words_of(mail: OutgoingMail) -> str:
    """The text as its reader gets it."""
    return texts.finish(mail.text, mail.variables.get("reader") or mail.to_name, link_of(mail))


def shown_words_of(mail: OutgoingMail) -> str:
    """The same for our screens: the secret of the link masked."""
    return masked(words_of(mail))


def people_of(mail: OutgoingMail) -> Mapping[str, Reader]:
    """Who belongs to whom the mail concerns, by address."""
    occasion = occasion_of(mail)
    return occasion.people(mail.target, mail.language) if occasion and mail.target else {}


def load_targets(mails: Sequence[OutgoingMail]) -> None:
    """Fetch the mails' records with all that addressing asks, in few queries for many mails."""
    by_kind: dict[tuple[int, str], list[OutgoingMail]] = {}
    for mail in mails:
        by_kind.setdefault((mail.target_type_id, mail.kind), []).append(mail)
    for (type_id, kind), members in by_kind.items():
        model = ContentType.objects.get_for_id(type_id).model_class()
        if model is None:
            continue
        related = _occasions[kind].related if kind in _occasions else ()
        rows = model._default_manager.select_related(*related) if related else model._default_manager.all()
        there = rows.in_bulk([mail.target_id for mail in members])
        for mail in members:
            mail.target = there.get(mail.target_id)


def addressed(mails: Iterable[OutgoingMail], *, for_screen: bool = False) -> dict[int, Addressed | None]:
    """Each mail as it would leave now, by its key; None where nobody can be written to. Call `load_targets` first.

    On a screen one whose record is broken is shown as it was written, and keeps nobody from the others.
    """
    our_company, wordings = company(), cache(lambda kind, language: texts.wordings([(kind, language)])[kind, language])
    found: dict[int, Addressed | None] = {}
    for mail in mails:
        try:
            found[mail.pk] = _addressed(mail, our_company, wordings)
        except Exception:
            if not for_screen:
                raise
            log.exception("mail_not_addressed", mail=mail.pk)
            found[mail.pk] = _as_written(mail)
    return found


def _addressed(
    mail: OutgoingMail, our_company: Company, wordings: Callable[[str, str], texts.Wording]
) -> Addressed | None:
    occasion = occasion_of(mail)
    if occasion is None or (mail.resend_of_id and mail.target):
        # Whom to send something to again a person chose.
        return _as_written(mail)
    draft = occasion.draft(mail.target, mail, our_company) if mail.target else None
    return _redrafted(mail, draft, wordings) if draft else None


def _as_written(mail: OutgoingMail) -> Addressed:
    known = {name: getattr(mail, name) for name in Addressed._fields}
    return Addressed(**known | {"variables": dict(mail.variables)})


def _redrafted(mail: OutgoingMail, draft: MailDraft, wordings: Callable[[str, str], texts.Wording]) -> Addressed:
    """The mail to its reader of now; what it says is worded anew only where that changed."""
    reader = draft.reader
    values = {**mail.variables, **draft.variables}
    kept = {name: value for name, value in values.items() if value != texts.LINK}
    subject, text = mail.subject, mail.text
    if not mail.edited and (kept != mail.variables or reader.language != mail.language):
        # A wording that asks for more than was known when this was written leaves it as it is.
        with suppress(KeyError):
            subject, text = texts.fill_late(wordings(mail.kind, reader.language), values)
    return Addressed(
        clean(reader.name)[:100],
        address(reader.email),
        reader.language,
        address(draft.cc),
        address(draft.reply_to),
        subject[:250],
        text,
        kept,
    )
