"""What renewals do when something happens on the floors below, inside the same transaction."""

from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext

from base.accounts.models import User
from base.chatter.operations import change, settle_todos
from base.company.signals import approval_limit_changed
from base.lib.errors import Refused
from contracts.models import Contract
from contracts.operations import hand_over_todos
from contracts.queries import in_force
from contracts.rules import renewal_cap
from contracts.signals import (
    contract_amended,
    contract_reactivated,
    contract_terminated,
    contracts_handed_over,
    contracts_merged,
    renewal_wish_changed,
    termination_called_off,
    termination_planned,
)
from renewals.decisions import call_back_quote
from renewals.enums import TERM_ORIGIN, QuoteStatus
from renewals.models import RenewalQuote
from renewals.quotes import ask_by_another_limit, redraft_quote
from renewals.reopening import ASKING, answer, settle_renewals
from renewals.sending import settle_about, supersede_quotes
from warranty.rules import DAY
from warranty.signals import coverage_moved


def connect() -> None:
    contract_amended.connect(_amended, dispatch_uid="renewals.amended")
    contracts_merged.connect(_merged, dispatch_uid="renewals.merged")
    contract_terminated.connect(_terminated, dispatch_uid="renewals.terminated")
    contract_reactivated.connect(_reactivated, dispatch_uid="renewals.reactivated")
    termination_planned.connect(_termination_planned, dispatch_uid="renewals.termination_planned")
    termination_called_off.connect(_termination_called_off, dispatch_uid="renewals.termination_called_off")
    contracts_handed_over.connect(_handed_over, dispatch_uid="renewals.handed_over")
    renewal_wish_changed.connect(_wish_changed, dispatch_uid="renewals.wish")
    approval_limit_changed.connect(_limit_changed, dispatch_uid="renewals.limit")
    coverage_moved.connect(_coverage_moved, dispatch_uid="renewals.coverage")


def _limit_changed(sender: object, *, by: User | None, at: datetime, **_: object) -> None:
    ask_by_another_limit(by=by, at=at)


def _drafts(contract: Contract) -> list[RenewalQuote]:
    return list(contract.quotes.filter(status=QuoteStatus.DRAFT).select_related("contract"))


def _amended(sender: object, *, contract: Contract, by: User | None, at: datetime, on: date, **_: object) -> None:
    """Drafts are made anew; a sent quote now above the cap is superseded at once, others stay as sent.

    See docs/rules.md 2.1.
    """
    for quote in _drafts(contract):
        redraft_quote(quote=quote, by=by, at=at)
    for quote in contract.quotes.filter(status=QuoteStatus.SENT):
        base = in_force(contract, quote.first_day).amount
        if quote.price > renewal_cap(base, contract.cap_rate, quote.months):
            supersede_quotes([contract.pk], by=by, at=at)
    settle_renewals([contract.pk], by=by, at=at, on=on)


def _merged(sender: object, *, drop: Contract, **_more: object) -> None:
    """What the customer accepted stands on the contract it was accepted for."""
    if drop.quotes.filter(status=QuoteStatus.ACCEPTED).exists():
        text = gettext("%(number)s has an accepted renewal: keep it; or renumber one of the two, if both have one.")
        raise Refused(text % {"number": drop}, code="accepted")


def _terminated(sender: object, *, contract: Contract, by: User | None, at: datetime, **_: object) -> None:
    _call_back(contract, "contract terminated", at)
    settle_todos(contract, *ASKING, by=by, at=at)


def _termination_planned(sender: object, *, contract: Contract, by: User | None, at: datetime, **_: object) -> None:
    """Nothing is renewed that is to end: what is open is called back, and nobody is asked about it."""
    _call_back(contract, "contract ends", at)
    settle_todos(contract, *ASKING, "no_quote_sent", "budget_notice", by=by, at=at)


def _termination_called_off(
    sender: object, *, contract: Contract, by: User | None, at: datetime, on: date, **_: object
) -> None:
    settle_renewals([contract.pk], by=by, at=at, on=on)


def _call_back(contract: Contract, reason: str, at: datetime) -> None:
    for quote in contract.quotes.filter(status__in=[QuoteStatus.DRAFT, QuoteStatus.SENT]):
        call_back_quote(quote=quote, reason=reason, by=None, at=at)
    # Nor does the word leave that another one follows.
    settle_about(list(contract.quotes.values_list("pk", flat=True)), at=at)


def _reactivated(sender: object, *, contract: Contract, by: User | None, at: datetime, on: date, **_: object) -> None:
    """The terms that came back are those their quotes followed and became; a renewal in progress starts anew."""
    terms = list(contract.terms.order_by("first_day"))
    begins = {term.first_day: term for term in terms if term.origin == TERM_ORIGIN}
    ends = {term.last_day + DAY: term for term in terms}
    for quote in contract.quotes.filter(Q(follows_term=None) | Q(status=QuoteStatus.ACCEPTED, term=None)):
        values = {"follows_term": quote.follows_term or ends.get(quote.first_day)}
        if quote.status == QuoteStatus.ACCEPTED:
            values["term"] = quote.term or begins.get(quote.first_day)
        change(quote, values, by=by, at=at, verb="restored")
    settle_renewals([contract.pk], by=by, at=at, on=on)


def _wish_changed(sender: object, *, contract: Contract, by: User | None, at: datetime, on: date, **_: object) -> None:
    """Nobody wants this renewed: what is open is called back. They do after all, or later: it is offered again."""
    if contract.no_renewal_reason:
        _call_back(contract, contract.no_renewal_reason, at)
    answer(contract, by=by, at=at, on=on)


def _coverage_moved(
    sender: object, *, contract: Contract, by: User | None, at: datetime, on: date, **_: object
) -> None:
    """The period of an open quote is another one: a draft is made anew, and what was sent no longer stands."""
    for quote in _drafts(contract):
        redraft_quote(quote=quote, by=by, at=at)
    supersede_quotes([contract.pk], by=by, at=at)
    settle_renewals([contract.pk], by=by, at=at, on=on)


def _handed_over(sender: object, *, contracts: list[Contract], to: User, **_: object) -> None:
    ids = [contract.pk for contract in contracts]
    hand_over_todos(RenewalQuote, RenewalQuote.objects.filter(contract__in=ids).values_list("pk", flat=True), to=to)
