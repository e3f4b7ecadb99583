"""How a quote leaves the house: by mail with its PDF and link, or by hand; one way for one and for many."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from base.accounts.access import require
from base.accounts.models import User
from base.chatter.operations import change, move_many, settle_todos, stale, write_todos
from base.company.models import Company
from base.company.queries import company, today, zone
from base.documents.registry import stored_before
from base.lib.dates import format_day, format_moment
from base.lib.errors import Refused
from base.lib.money import format_money
from base.mail.handling import edit_mail
from base.mail.models import MailStatus, OutgoingMail
from base.mail.occasions import Occasion, register
from base.mail.queue import MailDraft, Paper, cancel_queued_mails, write_mails
from base.mail.texts import LINK, Wording
from base.mail.tokens import hashed
from billing.enums import InvoiceStatus
from billing.rules.payment import PAYMENT_DAYS
from contracts.notifications import customer_mail, no_reader_todo, people_of
from contracts.queries import reader_of
from renewals.enums import QuoteStatus, RenewalAction
from renewals.invoicing import invoices_of
from renewals.models import QuoteLink, RenewalQuote
from renewals.notifications import BILLING_KNOWN, BILLING_UNKNOWN
from renewals.queries import link_token, link_url
from renewals.quotes import needs_approval
from renewals.reopening import settle_renewals
from renewals.rules import valid_until
from renewals.states import QUOTE
from service.promises import reports
from warranty.planning.writing import postpone
from warranty.rules import term_subject


@transaction.atomic
def send_quote(
    *,
    quote: RenewalQuote,
    by: User,
    at: datetime,
    on: date,
    by_mail: bool = True,
    seen: int | None = None,
    words: Wording | None = None,
) -> None:
    """Let a draft leave now: by mail, in one's own `words` if they are given, or handed over as paper.

    Raises `Refused` while an approval is missing, and for words without anything in them.
    """
    require(by, "quotes.send")
    QUOTE.check("sent", quote.status, message=_("Only a draft can be sent."))
    if seen is not None and seen != quote.version:
        raise stale()
    if needs_approval(quote):
        raise Refused(_("A director must approve this price before the quote can leave."), code="approval")
    if by_mail and not reader_of(quote.contract).email:
        raise Refused(
            _("Nobody at the customer can be written to: choose a contact with an address."), code="no_reader"
        )
    send_quotes([quote], by=by, at=at, on=on, by_mail=by_mail)
    if words is not None:
        for mail in OutgoingMail.objects.filter(cause=_cause("renewal_quote", quote), status=MailStatus.QUEUED):
            edit_mail(mail=mail, subject=words.subject, text=words.body, by=by, at=at)
    settle_renewals([quote.contract_id], by=by, at=at, on=on)


def send_quotes(
    quotes: Sequence[RenewalQuote], *, by: User | None, at: datetime, on: date, by_mail: bool = True
) -> None:
    """Mark drafts sent, supersede what they replace, open their links and write their mails, all in bulk.

    The caller has checked hold and approval, and runs inside a transaction.
    """
    _mark_sent(quotes, by=by, at=at, on=on)
    QuoteLink.objects.bulk_create(
        [
            QuoteLink(quote=quote, token_hash=hashed(link_token(quote)), expires_on=quote.valid_until or on)
            for quote in quotes
        ],
        batch_size=500,
    )
    settle_todos(quotes, by=by, at=at)
    postpone(
        RenewalAction.QUOTE_EXPIRY,
        due_on={
            term_subject(q.follows_term_id): q.valid_until + timedelta(days=1)
            for q in quotes
            if q.follows_term_id and q.valid_until
        },
        reopen=True,
    )
    if by_mail:
        write_quote_mails(quotes, kind="renewal_quote", step="", at=at, on=on)


def _mark_sent(quotes: Sequence[RenewalQuote], *, by: User | None, at: datetime, on: date) -> None:
    """Raises `Stale` when one of them was changed, held or sent by somebody else meanwhile."""

    def sent(quote: RenewalQuote) -> dict[str, Any]:
        ends = quote.follows_term.last_day if quote.follows_term else quote.first_day
        return {"sent_at": at, "valid_until": valid_until(ends, on), "on_hold": False, "hold_reason": ""}

    supersede_quotes([quote.contract_id for quote in quotes], by=by, at=at)
    move_many(quotes, QUOTE, "sent", by=by, at=at, values=sent)


def write_quote_mails(quotes: Sequence[RenewalQuote], *, kind: str, step: str, at: datetime, on: date) -> None:
    """Write the mails that carry the quotes' PDF and link; without an address the manager has a to-do instead."""
    drafts: list[MailDraft] = []
    todos, our_company = [], company()
    beside = reports.enclosed([quote.contract_id for quote in quotes]) if kind == "renewal_quote" else {}
    for quote in quotes:
        with_it = beside.get(quote.contract_id, [])
        cause = _cause(kind, quote, step)
        papers = [
            ("renewals.renewal_quote", quote.pk),
            *(("service.fulfilment_report", report.pk) for report in with_it),
        ]
        draft = quote_mail(quote, kind=kind, cause=cause, our_company=our_company, papers=papers)
        if draft:
            drafts.append(draft)
            reports.mark_enclosed(with_it, by=None, at=at)
        else:
            todos.append(no_reader_todo(quote.contract, cause=cause, kind=kind, target=quote, at=at, on=on))
    write_todos(todos)
    write_mails(drafts, at=at)


def _cause(kind: str, quote: RenewalQuote, step: str = "") -> str:
    return f"{kind}:{quote.pk}:{step}"


def quote_mail(
    quote: RenewalQuote, *, kind: str, cause: str, our_company: Company, papers: Sequence[Paper] = ()
) -> MailDraft | None:
    """A mail about a quote to the contract's reader; None when nobody can be written to."""
    return customer_mail(
        quote.contract,
        cause=cause,
        kind=kind,
        target=quote,
        variables=quote_variables(quote, reader_of(quote.contract).language),
        our_company=our_company,
        papers=papers,
    )


def count_validity(quote: RenewalQuote, at: datetime) -> None:
    """A quote is valid from the day its mail first leaves: link and expiry follow (docs/rules.md 7.4).

    A paper of it that left the house before said its days already; they stand.
    """
    if quote.status != QuoteStatus.SENT or stored_before("renewals.renewal_quote", quote.pk):
        return
    on = today(at)
    until = valid_until(quote.follows_term.last_day if quote.follows_term else quote.first_day, on)
    if quote.valid_until == until and quote.sent_at and today(quote.sent_at) == on:
        return
    change(quote, {"sent_at": at, "valid_until": until}, by=None, at=at, verb="validity_counted")
    QuoteLink.objects.filter(quote=quote).update(expires_on=until)
    if quote.follows_term_id:
        subject = term_subject(quote.follows_term_id)
        postpone(RenewalAction.QUOTE_EXPIRY, due_on={subject: until + timedelta(days=1)}, reopen=True)


def quote_variables(quote: RenewalQuote, language: str) -> dict[str, str]:
    """The placeholders of a mail about a quote."""
    days = {
        "first": quote.first_day,
        "last": quote.last_day,
        "valid_until": quote.valid_until,
        "ends": quote.follows_term.last_day if quote.follows_term else None,
    }
    return {
        "quote": str(quote),
        "price": format_money(quote.price, language),
        "link": LINK,
        **{name: format_day(day, language) if day else "" for name, day in days.items()},
    }


def supersede_quotes(contract_ids: Sequence[int], *, by: User | None, at: datetime) -> None:
    """Sent quotes of these contracts no longer stand: their links say so, their queued mails stay home."""
    old = list(RenewalQuote.objects.filter(contract__in=contract_ids, status=QuoteStatus.SENT))
    if not old:
        return
    move_many(old, QUOTE, "superseded", by=by, at=at, values={"decided_at": at})
    close_links([quote.pk for quote in old], at=at)


def close_links(quote_ids: Sequence[int], *, at: datetime) -> None:
    """The links of these quotes lead nowhere any more; to-dos and waiting mails about them are settled."""
    QuoteLink.objects.filter(quote__in=quote_ids).update(revoked=True)
    settle_about(quote_ids, at=at)


def settle_about(quote_ids: Sequence[int], *, at: datetime) -> None:
    """These quotes are decided: nobody has to do or to be told anything about them any more."""
    settle_todos([RenewalQuote(pk=pk) for pk in quote_ids], by=None, at=at)
    about = OutgoingMail.objects.filter(
        target_type=ContentType.objects.get_for_model(RenewalQuote), target_id__in=list(quote_ids)
    )
    cancel_queued_mails(mails=about, by=None, at=at)


def confirm_acceptance(quote: RenewalQuote, *, at: datetime) -> None:
    """Tell the customer what was accepted and what follows; nothing where nobody can be written to."""
    draft = acceptance_mail(quote, cause=f"quote_accepted:{quote.pk}:{quote.term_id}", our_company=company())
    write_mails([draft] if draft else [], at=at)


def acceptance_mail(quote: RenewalQuote, *, cause: str, our_company: Company) -> MailDraft | None:
    """The confirmation, with the particulars its invoice is made out with."""
    language = reader_of(quote.contract).language
    invoice = invoices_of(quote).exclude(status=InvoiceStatus.VOID).order_by("pk").first()
    known = bool(invoice and invoice.buyer_name and invoice.buyer_tax_number)
    with translation.override(language):
        billing = str(BILLING_KNOWN if known else BILLING_UNKNOWN)
    values = {
        "quote": str(quote),
        "price": format_money(quote.price, language),
        "first": format_day(quote.first_day, language),
        "last": format_day(quote.last_day, language),
        "name": quote.decided_by_name,
        "when": format_moment(quote.decided_at.astimezone(zone()), language) if quote.decided_at else "",
        "billing": billing,
        "title": invoice.buyer_name if invoice and known else "",
        "tax_number": invoice.buyer_tax_number if invoice and known else "",
        "invoice_email": invoice.buyer_email if invoice and known else "",
        "days": str(PAYMENT_DAYS.days),
    }
    return customer_mail(
        quote.contract, cause=cause, kind="quote_accepted", target=quote, variables=values, our_company=our_company
    )


#: What is asked of a quote when a mail about it leaves.
_ASKED = ("contract__customer", "contract__contact", "contract__manager", "follows_term")


def register_occasions() -> None:
    """Say whom mails about quotes concern when they leave; called once by `AppConfig.ready`."""
    quote = Occasion(
        draft=lambda quote, mail, ours: quote_mail(quote, kind=mail.kind, cause=mail.cause, our_company=ours),
        customer=lambda quote: quote.contract.customer,
        people=lambda quote, language: people_of(quote.contract.customer, language),
        link=lambda quote, mail: link_url(quote),
        related=_ASKED,
    )
    register(quote, "renewal_reminder")
    register(
        replace(
            quote, link=None,
            draft=lambda quote, mail, ours: acceptance_mail(quote, cause=mail.cause, our_company=ours),
        ),
        "quote_accepted",
    )  # fmt: skip
    register(replace(quote, first_leaves=count_validity), "renewal_quote")
