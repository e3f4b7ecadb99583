"""The customer's decision on a quote, by the manager with the customer's paper or by the customer through the link."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from base.accounts.access import require
from base.accounts.models import Role, User
from base.chatter.operations import create, make_todo, move, move_many, record, settle_todos, write_todos
from base.company.queries import today
from base.documents.numbers import draw
from base.lib.errors import Refused
from base.mail.tokens import hashed
from billing.invoicing import PREFIX as INVOICE_PREFIX
from contracts.enums import ContractStatus
from renewals.enums import TERM_ORIGIN, QuoteStatus, RenewalAction
from renewals.invoicing import bill_quote, unbill_quote, was_billed
from renewals.models import QuoteLink, RenewalQuote
from renewals.reopening import ASKING, question, settle_renewals
from renewals.sending import close_links, confirm_acceptance, settle_about
from renewals.states import QUOTE
from warranty.enums import TermKind
from warranty.operations import term_from
from warranty.planning.writing import plan_contracts, postpone
from warranty.rules import DAY, term_subject


@transaction.atomic
def accept_quote(
    *,
    quote: RenewalQuote,
    by: User | None,
    at: datetime,
    on: date,
    name: str = "",
    note: str = "",
    seen: int | None = None,
) -> None:
    """The customer takes the offer: the paid term, its plan and its invoice come into being together.

    `by` is None when the customer decided through the link; `name` says who. Raises `Refused` when the quote is not
    open (any more), has expired, or stands above the cap in force.
    """
    [number] = draw(INVOICE_PREFIX, on.year)
    quote = _locked(quote)
    if quote.status != QuoteStatus.SENT:
        raise Refused(_not_open(quote), code=quote.status)
    if quote.valid_until and on > quote.valid_until:
        raise Refused(_("This quote was valid until %(day)s.") % {"day": quote.valid_until}, code="expired")
    contract = quote.contract
    if contract.status != ContractStatus.ACTIVE:
        raise Refused(_("The contract is not active."), code="wrong_state")
    if contract.terms.filter(first_day__lte=quote.last_day, last_day__gte=quote.first_day).exists():
        raise Refused(_("This period is covered already."), code="overlap")
    # Refuses a price above the cap in force now, whatever the quote was judged by when it was sent.
    term = term_from(quote.period, contract=contract, kind=TermKind.PAID, origin=TERM_ORIGIN, price=quote.price)
    create(term, by=by, at=at)
    move(
        quote,
        QUOTE,
        "quote_accepted",
        by=by,
        at=at,
        values={"decided_at": at, "decided_by_name": name[:100], "term": term},
        seen=seen,
        note=note,
    )
    record(contract, "renewed", by=by, at=at, changes={"coverage": [None, str(term)]}, note=str(quote))
    QuoteLink.objects.filter(quote=quote).update(used_at=at)
    settle_about([quote.pk], at=at)
    settle_todos(contract, "coverage_lapsed", "no_quote_sent", "budget_notice", *ASKING, by=by, at=at)
    for other in contract.quotes.filter(status=QuoteStatus.DRAFT):
        call_back_quote(quote=other, reason=_("Accepted: %(quote)s") % {"quote": quote}, by=None, at=at)
    bill_quote(quote, number=number, by=by, at=at, on=on)
    plan_contracts([contract.pk], on=on)
    confirm_acceptance(quote, at=at)


def _locked(quote: RenewalQuote) -> RenewalQuote:
    """The quote as it is now, held until the transaction ends: of two who decide at once, the second sees the first."""
    rows = RenewalQuote.objects.select_for_update(of=("self",)).select_related("contract__customer", "follows_term")
    locked: RenewalQuote = rows.get(pk=quote.pk)
    return locked


def _not_open(quote: RenewalQuote) -> str:
    return {
        QuoteStatus.ACCEPTED: _("This quote was accepted already."),
        QuoteStatus.DECLINED: _("This quote was declined already."),
        QuoteStatus.EXPIRED: _("This quote has expired."),
        QuoteStatus.SUPERSEDED: _("This quote no longer stands."),
        QuoteStatus.CANCELLED: _("This quote was withdrawn."),
        QuoteStatus.DRAFT: _("This quote has not been sent yet."),
    }[QuoteStatus(quote.status)]


@transaction.atomic
def decline_quote(
    *, quote: RenewalQuote, reason: str, by: User | None, at: datetime, name: str = "", seen: int | None = None
) -> None:
    """The customer does not want it, and says why; the manager has a to-do."""
    if not reason.strip():
        raise Refused(_("Please say why."), field="reason")
    quote = _locked(quote)
    if quote.status != QuoteStatus.SENT:
        raise Refused(_not_open(quote), code=quote.status)
    values = {"decided_at": at, "decided_by_name": name[:100], "reason": reason.strip()[:200]}
    move(quote, QUOTE, "declined", by=by, at=at, values=values, seen=seen)
    QuoteLink.objects.filter(quote=quote).update(used_at=at)
    settle_about([quote.pk], at=at)
    contract = quote.contract
    settle_todos(contract, *ASKING, by=by, at=at)
    write_todos(
        [
            make_todo(
                quote,
                kind="quote_declined",
                due_on=today(at),
                at=at,
                assignee=contract.manager,
                role=Role.MANAGER,
                cause=f"quote_declined:{quote.pk}",
                params={"quote": str(quote), "contract": contract.number},
            )
        ]
    )


@transaction.atomic
def withdraw_acceptance(
    *, quote: RenewalQuote, reason: str, by: User, at: datetime, on: date, seen: int | None = None
) -> None:
    """A mistaken acceptance is taken back until its invoice is issued: the term goes, the invoice is void.

    The quote is open again; the account manager is asked what is to follow.
    """
    require(by, "quotes.decide")
    if not reason.strip():
        raise Refused(_("Please say why."), field="reason")
    quote = _locked(quote)
    QUOTE.check("acceptance_withdrawn", quote.status, message=_("Only an accepted quote can be taken back."))
    if was_billed(quote):
        raise Refused(_("The tax invoice is issued: credit it instead."), code="issued")
    if quote.contract.quotes.filter(status=QuoteStatus.SENT).exists():
        raise Refused(_("A later quote is open: call it back first."), code="followed")
    term = quote.term
    if term and quote.contract.terms.filter(first_day__gt=term.first_day).exists():
        raise Refused(_("A later term rests on this one."), code="followed")
    if term and term.plan.filter(inspection__reported_at__isnull=False).exists():
        raise Refused(_("An inspection was reported in this term."), code="reported")
    move(
        quote,
        QUOTE,
        "acceptance_withdrawn",
        by=by,
        at=at,
        seen=seen,
        note=reason,
        values={"term": None, "decided_at": None, "decided_by_name": ""},
    )
    if term:
        term.delete()
        for draft in quote.contract.quotes.filter(status=QuoteStatus.DRAFT, follows_term=None):
            call_back_quote(quote=draft, reason=_("Taken back: %(quote)s") % {"quote": quote}, by=None, at=at)
    unbill_quote(quote, reason=reason, by=by, at=at)
    QuoteLink.objects.filter(quote=quote).update(used_at=None)
    settle_about([quote.pk], at=at)
    record(quote.contract, "renewal_withdrawn", by=by, at=at, note=reason)
    plan_contracts([quote.contract_id], on=on)
    settle_renewals([quote.contract_id], by=by, at=at, on=on)
    write_todos([question(quote.contract, "acceptance_taken_back", quote, at=at, on=on)])
    if quote.follows_term_id and quote.valid_until:
        postpone(
            RenewalAction.QUOTE_EXPIRY,
            due_on={term_subject(quote.follows_term_id): quote.valid_until + DAY},
            reopen=True,
        )


def quote_behind(token: str) -> RenewalQuote | None:
    """The quote a link leads to, whatever its state: the page says what became of it. None for a foreign token."""
    link = (
        QuoteLink.objects.filter(token_hash=hashed(token))
        .select_related("quote__contract__customer", "quote__follows_term")
        .first()
    )
    return link.quote if link else None


@transaction.atomic
def call_back_quote(
    *, quote: RenewalQuote, reason: str, by: User | None, at: datetime, seen: int | None = None
) -> None:
    """Cancel a draft or a sent quote; links and queued mails go with it.

    Called back by a person, its account manager is asked what is to follow; by the product (`by` is None), and with its
    contract going on, the renewal happens again (docs/rules.md 5.6).
    """
    move(quote, QUOTE, "cancelled", by=by, at=at, values={"reason": reason[:200]}, seen=seen)
    close_links([quote.pk], at=at)
    settle_renewals([quote.contract_id], by=by, at=at, on=today(at))


def expire_quotes(quotes: list[RenewalQuote], *, by: User | None, at: datetime) -> None:
    """Quotes whose last valid day has passed."""
    move_many(quotes, QUOTE, "expired", by=by, at=at, values={"decided_at": at})
    close_links([quote.pk for quote in quotes], at=at)
