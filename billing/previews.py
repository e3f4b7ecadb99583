"""What a mail about a quote would say if it left today; nothing is written."""

import copy
from datetime import date
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from base.company.queries import company
from base.documents import texts
from base.documents.mail import Reader
from base.lib.links import masked
from billing.models import RenewalQuote
from billing.rules import valid_until
from billing.sending import quote_variables
from contracts.mailing import values_of
from contracts.queries import reader_of


class MailPreview(NamedTuple):
    """A mail as its reader would get it, the secret of its link masked."""

    reader: Reader
    copy: str
    subject: str
    text: str


def quote_mail(quote: RenewalQuote, *, on: date, kind: str = "renewal_quote") -> MailPreview:
    """The mail of a kind about a quote. A draft is shown with the days it would have if it left on `on`."""
    if quote.valid_until is None:
        ends = quote.after.last_day if quote.after else quote.first_day
        quote = copy.copy(quote)
        quote.valid_until = valid_until(ends, on)
    contract, reader = quote.contract, reader_of(quote.contract)
    values = values_of(contract, reader.language, company()) | quote_variables(quote, reader.language)
    wording = texts.wordings([(kind, reader.language)])[kind, reader.language]
    subject, text = texts.fill(wording, values)
    to = contract.manager.email if contract.manager and contract.manager.is_active else ""
    return MailPreview(reader, to, subject, masked(text))


def mail_html(preview: MailPreview) -> SafeString:
    return render_to_string("billing/mail_preview.html", {"mail": preview})
