"""The papers of renewals, filled from the records."""

from typing import Any

from django.db.models import Model
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from base.company.queries import today
from base.documents.pages import Paper, offer
from base.documents.registry import register_paper
from base.lib.money import split_tax, total
from billing.rules.payment import PAYMENT_DAYS
from contracts.documents import letter_head
from contracts.queries import in_force, reader_of
from contracts.rules import renewal_cap
from renewals.documents.data import PaperLine, ReminderLetterPaper, RenewalOffer, RenewalQuotePaper
from renewals.enums import QuoteStatus
from renewals.models import RenewalQuote
from renewals.queries import content_hash, credit_due
from renewals.rules import valid_until
from warranty.rules import DAY


def _quote(quote_id: int) -> RenewalQuote:
    rows = RenewalQuote.objects.select_related(
        "contract__customer", "contract__contact", "contract__manager", "follows_term"
    )
    quote: RenewalQuote = rows.get(pk=quote_id)
    return quote


def renewal_quote(quote_id: int) -> tuple[str, str, bytes, Model]:
    """续保报价单. A quote that has not left the house carries the draft mark, and is never stored by a page."""
    quote = _quote(quote_id)
    contract, ends = quote.contract, quote.follows_term.last_day if quote.follows_term else None
    lines = [
        PaperLine(line.text, line.tax_rate, *split_tax(line.gross, line.tax_rate), line.gross)
        for line in quote.lines.all()
    ]
    head: dict[str, Any] = letter_head(contract)
    currency = quote.price.currency
    paper = RenewalQuotePaper(
        number=str(quote),
        on=today(quote.sent_at) if quote.sent_at else quote.on,
        draft=quote.status == QuoteStatus.DRAFT,
        project=contract.project,
        contract_number=contract.number,
        contract_amount=quote.cap_base,
        signed_amount=contract.amount if contract.amount != quote.cap_base else None,
        first_day=quote.first_day,
        last_day=quote.last_day,
        months=quote.months,
        gap=(ends + DAY, quote.first_day - DAY) if ends and ends + DAY < quote.first_day else None,
        cap_base=quote.cap_base,
        cap_rate=quote.cap_rate,
        cap=renewal_cap(quote.cap_base, quote.cap_rate, quote.months),
        lines=lines,
        net=total([line.net for line in lines], currency),
        tax=total([line.tax for line in lines], currency),
        gross=quote.price,
        credit=credit_due(quote),
        valid_until=quote.valid_until or valid_until(ends or quote.first_day, quote.on),
        services=_services(quote),
        terms=_terms(quote),
        **head,
    )
    return quote_key(quote_id), f"续保报价单_{quote}.pdf", paper.render(reader_of(contract).language), quote


def _services(quote: RenewalQuote) -> list[str]:
    """What the price covers, from the contract's own promises, in the customer's language."""
    inspections = in_force(quote.contract, quote.first_day).inspections_per_year
    visits = -(-inspections * quote.months // 12)
    with translation.override(reader_of(quote.contract).language):
        services = [
            _("Faults answered around the clock (7×24), on site where they cannot be solved remotely"),
            _("Correction of faults in the software, and its upgrades, free of charge"),
            ngettext("%(n)s inspection with report and advice", "%(n)s inspections with report and advice", visits)
            % {"n": visits},
            _("Hotline and a named account manager"),
        ]
    return [service for service in services if visits or service != services[2]]


def _terms(quote: RenewalQuote) -> list[str]:
    with translation.override(reader_of(quote.contract).language):
        return [
            _("Prices include value-added tax. Spare parts and hardware are not included."),
            _("Payable within %(days)s days of the invoice.") % {"days": PAYMENT_DAYS.days},
        ]


def _stamp(quote_id: int) -> str:
    """What the paper offers, and to whom."""
    quote = _quote(quote_id)
    customer = quote.contract.customer
    return "|".join([content_hash(quote), customer.name, customer.address, quote.contract.project])


def quote_key(quote_id: int) -> str:
    """What the stored paper of a quote version is known by."""
    return f"renewal_quote:{quote_id}"


def reminder_letter(quote_id: int) -> tuple[str, str, bytes, Model]:
    """续保提醒函, the letter of a reminder, to be handed over where no mail can go."""
    quote = _quote(quote_id)
    contract = quote.contract
    ends = quote.follows_term.last_day if quote.follows_term else quote.first_day - DAY
    until = quote.valid_until or valid_until(ends, quote.on)
    head: dict[str, Any] = letter_head(contract)
    paper = ReminderLetterPaper(
        number=str(quote),
        on=quote.on,
        project=contract.project,
        contract_number=contract.number,
        last_day=ends,
        reply_by=until,
        offer=RenewalOffer(str(quote), quote.first_day, quote.last_day, quote.price, until),
        **head,
    )
    return (
        f"reminder_letter:{quote.pk}",
        f"续保提醒函_{contract.number}.pdf",
        paper.render(reader_of(contract).language),
        quote,
    )


def register() -> None:
    """Called once by `AppConfig.ready`."""
    offer(
        RenewalQuote,
        Paper(
            "quote",
            gettext_lazy("Renewal quote"),
            renewal_quote,
            key=lambda quote: quote_key(quote.pk) if quote.status != QuoteStatus.DRAFT else "",
        ),
        Paper(
            "reminder",
            gettext_lazy("Reminder letter"),
            reminder_letter,
            shown=lambda quote: quote.status == QuoteStatus.SENT,
        ),
    )
    register_paper("renewals.renewal_quote", renewal_quote, key=quote_key, stamp=_stamp)
    register_paper("renewals.reminder_letter", reminder_letter)
