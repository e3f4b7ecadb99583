"""What renewals do when something happens on the floors below, inside the same transaction."""

from datetime import date, datetime

from base.accounts.models import User
from base.chatter.operations import change, events_of
from base.company.queries import calendar, company
from contracts.models import Contract
from contracts.operations import hand_over_todos
from contracts.queries import in_force
from contracts.rules import renewal_cap
from contracts.signals import (
    contract_amended,
    contract_reactivated,
    contract_terminated,
    contracts_handed_over,
    renewal_wish_changed,
)
from renewals.decisions import call_back_quote
from renewals.enums import TERM_ORIGIN, QuoteStatus, RenewalAction
from renewals.models import RenewalQuote
from renewals.quotes import redraft_quote
from renewals.sending import supersede_quotes
from warranty.planning.writing import postpone
from warranty.rules import term_subject
from warranty.signals import coverage_moved


def connect() -> None:
    contract_amended.connect(_amended, dispatch_uid="renewals.amended")
    contract_terminated.connect(_terminated, dispatch_uid="renewals.terminated")
    contract_reactivated.connect(_reactivated, dispatch_uid="renewals.reactivated")
    contracts_handed_over.connect(_handed_over, dispatch_uid="renewals.handed_over")
    renewal_wish_changed.connect(_wish_changed, dispatch_uid="renewals.wish")
    coverage_moved.connect(_coverage_moved, dispatch_uid="renewals.coverage")


def _drafts(contract: Contract) -> list[RenewalQuote]:
    return list(contract.quotes.filter(status=QuoteStatus.DRAFT).select_related("contract"))


def _amended(sender: object, *, contract: Contract, by: User | None, at: datetime, **_: object) -> None:
    """Drafts are made anew; a sent quote now above the cap is superseded at once, others stay as sent.

    See docs/rules.md 2.1.
    """
    for quote in _drafts(contract):
        redraft_quote(quote=quote, by=by, at=at)
    for quote in contract.quotes.filter(status=QuoteStatus.SENT):
        base = in_force(contract, quote.first_day).amount
        if quote.price > renewal_cap(base, contract.cap_rate, quote.months):
            supersede_quotes([contract.pk], by=by, at=at)


def _terminated(sender: object, *, contract: Contract, by: User | None, at: datetime, **_: object) -> None:
    for quote in contract.quotes.filter(status__in=[QuoteStatus.DRAFT, QuoteStatus.SENT]):
        call_back_quote(quote=quote, reason="contract terminated", by=None, at=at)


def _reactivated(sender: object, *, contract: Contract, by: User | None, at: datetime, on: date, **_: object) -> None:
    """The paid terms that came back are those of the quotes they were accepted by; a renewal in progress starts anew."""
    for quote in contract.quotes.filter(status=QuoteStatus.ACCEPTED, term=None):
        term = contract.terms.filter(origin=TERM_ORIGIN, first_day=quote.first_day).first()
        change(quote, {"term": term}, by=by, at=at, verb="restored")
    _offer_again(contract, on)


def _wish_changed(sender: object, *, contract: Contract, at: datetime, on: date, **_: object) -> None:
    """Nobody wants this renewed: what is open is called back. They do after all: it is offered again."""
    if contract.no_renewal_reason:
        for quote in contract.quotes.filter(status__in=[QuoteStatus.DRAFT, QuoteStatus.SENT]):
            call_back_quote(quote=quote, reason=contract.no_renewal_reason, by=None, at=at)
    else:
        _offer_again(contract, on)


def _offer_again(contract: Contract, on: date) -> None:
    """Where the product itself had called the renewal back, the next run drafts it, and it leaves after its review."""
    last = contract.terms.order_by("-last_day").first()
    quote = contract.quotes.filter(follows_term=last).order_by("-pk").first() if last else None
    if last is None or quote is None or quote.status != QuoteStatus.CANCELLED:
        return
    if events_of(quote).filter(verb="cancelled", by=None).exists():
        subject = term_subject(last.pk)
        send_on = calendar().add_working_days(on, company().review_days)
        postpone(RenewalAction.RENEWAL_QUOTE, due_on={subject: on}, reopen=True)
        postpone(
            RenewalAction.RENEWAL_SEND, due_on={subject: send_on.day}, provisional=send_on.provisional, reopen=True
        )


def _coverage_moved(sender: object, *, contract: Contract, by: User | None, at: datetime, **_: object) -> None:
    for quote in _drafts(contract):
        redraft_quote(quote=quote, by=by, at=at)
    supersede_quotes([contract.pk], by=by, at=at)


def _handed_over(sender: object, *, contracts: list[Contract], to: User, **_: object) -> None:
    ids = [contract.pk for contract in contracts]
    hand_over_todos(RenewalQuote, RenewalQuote.objects.filter(contract__in=ids).values_list("pk", flat=True), to=to)
