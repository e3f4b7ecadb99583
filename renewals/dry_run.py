"""What would be written if it were written now; nothing is."""

import copy
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from base.accounts.models import User
from base.chatter.models import Todo
from base.company.queries import calendar, company
from base.lib.errors import Refused
from base.lib.links import masked
from base.mail import texts
from base.mail.models import OutgoingMail
from base.mail.queue import Reader
from contracts.notifications import values_of
from contracts.queries import reader_of
from renewals.models import RenewalQuote
from renewals.queries import link_url
from renewals.rules import valid_until
from renewals.sending import quote_variables
from warranty.models import PlannedAction
from warranty.planning.decisions import stored_reason
from warranty.planning.kinds import RunContext, carry_out, kind_of


class MailPreview(NamedTuple):
    """A mail as its reader would get it, the secret of its link masked."""

    reader: Reader
    copy: str
    subject: str
    text: str


def quote_words(quote: RenewalQuote, *, on: date, kind: str = "renewal_quote") -> texts.Wording:
    """A mail about a quote as it would be stored: greeting and link are put in when it leaves.

    A draft is worded with the days it would have if it left on `on`.
    """
    if quote.valid_until is None:
        ends = quote.follows_term.last_day if quote.follows_term else quote.first_day
        quote = copy.copy(quote)
        quote.valid_until = valid_until(ends, on)
    language = reader_of(quote.contract).language
    values = values_of(quote.contract, language, company()) | quote_variables(quote, language)
    return texts.fill_late(texts.wordings([(kind, language)])[kind, language], values)


def preview_quote_mail(quote: RenewalQuote, *, on: date, kind: str = "renewal_quote") -> MailPreview:
    """The mail of a kind about a quote, as its reader would get it today."""
    contract, reader = quote.contract, reader_of(quote.contract)
    subject, text = quote_words(quote, on=on, kind=kind)
    text = texts.finish(text, reader.greeting, link_url(quote))
    to = contract.manager.email if contract.manager and contract.manager.is_active else ""
    return MailPreview(reader, to, subject, masked(text))


def mail_html(preview: MailPreview) -> SafeString:
    return render_to_string("renewals/mail_preview.html", {"mail": preview})


@dataclass(frozen=True)
class DryRun:
    """What a planned row would write, and why it would write nothing."""

    mails: list[OutgoingMail]
    todos: list[Todo]
    reason: str


def dry_run(row: PlannedAction, *, by: User | None, at: datetime, on: date) -> DryRun:
    """Carry a planned row out as the run of `on` would, keep what it wrote in memory, and undo it all."""
    kind = kind_of(row.kind)
    if kind is None:
        return DryRun([], [], "")
    run = RunContext(on, at, by, calendar(), company())
    with transaction.atomic():
        try:
            [case] = carry_out(kind, [row], run, though_held=True)
            reason = stored_reason(case.decision)
        except Refused as refusal:
            reason = str(refusal.message)
        # What others write meanwhile bears another moment.
        mails = list(OutgoingMail.objects.filter(queued_at=at).order_by("pk"))
        todos = list(Todo.objects.filter(made_at=at).select_related("assignee").order_by("pk"))
        transaction.set_rollback(True)
    return DryRun(mails, todos, reason)
