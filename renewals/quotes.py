"""Operations on renewal quotes: from the draft to the customer's decision (docs/rules.md 2, 7)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _
from moneyed import Currency, Money

from base.accounts.access import require
from base.accounts.models import Role, User
from base.chatter.labels import money_text
from base.chatter.models import Event, Todo
from base.chatter.operations import change, make_event, make_todo, record, settle_todos, stale, write_todos
from base.company.models import Company
from base.company.queries import company, today
from base.documents.numbers import draw
from base.lib.errors import NotAllowed, Refused
from base.lib.money import is_whole, total
from billing.lines import LineInput
from billing.models import TaxRate
from billing.queries import renewal_tax
from contracts.enums import ContractStatus
from contracts.models import Contract
from contracts.queries import in_force
from contracts.rules import renewal_cap
from renewals.enums import QuoteStatus
from renewals.models import QuoteLine, RenewalQuote
from renewals.queries import content_hash, measures_of, waiting_for_approval
from renewals.reopening import answer
from renewals.rules import departs
from warranty.models import PERIOD_COLUMNS, MaintenanceTerm, period_columns
from warranty.operations import following_period
from warranty.rules import Period, next_period

PREFIX = "BJ"
#: The directors' to-do about a price that departs.
TO_APPROVE = "quote_to_approve"


def line_text(contract: Contract, period: Period, language: str) -> str:
    """The one line a renewal has until somebody writes others."""
    with translation.override(language):
        return (_("Software maintenance of %(project)s") % {"project": contract.project or contract.number})[:200]


def build_quote(
    contract: Contract, terms: Sequence[MaintenanceTerm], period: Period, *, number: str, on: date, tax: TaxRate
) -> tuple[RenewalQuote, QuoteLine]:
    """An unsaved draft at the rule's price, with its line; shared by one draft and by ten thousand."""
    price, yardstick = measures_of(contract, terms, period)
    quote = RenewalQuote(
        number=number,
        contract=contract,
        follows_term=terms[-1] if terms else None,
        on=on,
        **period_columns(period),
        price=price,
        rule_price=price,
        yardstick=yardstick,
        cap_base=in_force(contract, period.first_day).amount,
        cap_rate=contract.cap_rate,
    )
    text = line_text(contract, period, contract.customer.language)
    return quote, QuoteLine(quote=quote, text=text, tax_rate=tax.rate, tax_code=tax.tax_code, gross=price)


def draft_quotes(
    rows: Sequence[tuple[Contract, Sequence[MaintenanceTerm]]], *, by: User | None, at: datetime, on: date
) -> list[RenewalQuote]:
    """Draft the next term of many contracts at once, in their order; numbers first, then bulk inserts."""
    if not rows:
        return []
    numbers = draw(PREFIX, on.year, len(rows))
    tax = renewal_tax(on)
    built = [
        build_quote(
            contract, terms, next_period(terms[-1].period, contract.renewal_months), number=number, on=on, tax=tax
        )
        for (contract, terms), number in zip(rows, numbers, strict=True)
    ]
    quotes = RenewalQuote.objects.bulk_create([quote for quote, _line in built], batch_size=500)
    QuoteLine.objects.bulk_create([line for _quote, line in built], batch_size=500)
    Event.objects.bulk_create([make_event(quote, "drafted", by=by, at=at) for quote in quotes], batch_size=500)
    return quotes


def _check_goes_on(contract: Contract) -> None:
    if contract.status != ContractStatus.ACTIVE:
        raise Refused(_("The contract is not active."), code="wrong_state")
    if contract.ending_on is not None:
        raise Refused(
            _("The contract ends on %(day)s: call that off first.") % {"day": contract.ending_on}, code="ends"
        )


@transaction.atomic
def draft_quote(
    *, contract: Contract, by: User, at: datetime, on: date, months: int | None = None, first_day: date | None = None
) -> RenewalQuote:
    """Draft the next term of one contract; `first_day` takes lapsed coverage up again, the gap stays.

    See docs/rules.md 1.
    """
    require(by, "quotes.edit")
    [number] = draw(PREFIX, on.year)
    _check_goes_on(contract)
    if contract.quotes.filter(status=QuoteStatus.DRAFT).exists():
        raise Refused(_("There is a draft already."), code="duplicate")
    period = following_period(contract, months or contract.renewal_months, first_day)
    terms = list(contract.terms.order_by("first_day"))
    quote, line = build_quote(contract, terms, period, number=number, on=on, tax=renewal_tax(on))
    quote.save()
    line.quote = quote
    line.save()
    record(quote, "drafted", by=by, at=at)
    answer(contract, by=by, at=at, on=on)
    return quote


@transaction.atomic
def edit_quote(
    *,
    quote: RenewalQuote,
    lines: Sequence[LineInput],
    by: User,
    at: datetime,
    months: int | None = None,
    seen: int | None = None,
) -> None:
    """Write the draft's lines anew; the price is their sum and is judged against the cap. An approval falls with it."""
    require(by, "quotes.edit")
    if quote.status != QuoteStatus.DRAFT:
        raise Refused(_("Only a draft can be changed; make a new version of a sent quote."), code="wrong_state")
    _check_lines(lines, quote.price.currency)
    values: dict[str, object] = {}
    if months and months != quote.months:
        period = _with_months(quote, months)
        values |= {"months": months, "last_day": period.last_day}
        terms = list(quote.contract.terms.filter(first_day__lt=quote.first_day).order_by("first_day"))
        values["rule_price"], values["yardstick"] = measures_of(quote.contract, terms, period)
    price = total([line.gross for line in lines], quote.price.currency)
    check_cap(price, quote.cap_base, quote.cap_rate, months or quote.months)
    before = content_hash(quote)
    quote.lines.all().delete()
    QuoteLine.objects.bulk_create(
        [QuoteLine(quote=quote, position=n, **line._asdict()) for n, line in enumerate(lines, 1)]
    )
    if price != quote.price or "months" in values:
        values |= {"price": price, "priced_by": by}
    if not change(quote, values, by=by, at=at, verb="priced", seen=seen) and content_hash(quote) != before:
        _touch(quote, by=by, at=at, verb="priced", changes={"lines": [None, [line.text for line in lines]]})
    ask_for_approval(quote, by=by, at=at)


def _check_lines(lines: Sequence[LineInput], currency: Currency) -> None:
    if not lines or any(line.gross.amount < 0 for line in lines):
        raise Refused(_("A quote needs lines, none of them negative."), field="lines")
    if any(line.gross.currency != currency for line in lines):
        raise Refused(_("The quote is in %(currency)s.") % {"currency": currency.code}, field="lines")
    if not all(is_whole(line.gross) for line in lines):
        raise Refused(_("A price has no fraction of a cent."), field="lines")
    if not all(0 <= line.tax_rate < 1 for line in lines):
        raise Refused(_("A tax rate is a share: 0.06 for 6 %."), field="lines")


def _touch(quote: RenewalQuote, *, by: User, at: datetime, verb: str, changes: Mapping[str, Any]) -> None:
    """What hangs on the quote changed, and nothing of its own: still another version, with its event."""
    if not RenewalQuote.objects.filter(pk=quote.pk, version=quote.version).update(version=F("version") + 1):
        raise stale()
    quote.version += 1
    record(quote, verb, by=by, at=at, changes=changes)


def check_cap(price: Money, base: Money, rate: Decimal, months: int) -> None:
    """Raise `Refused` above the cap, saying how it is computed."""
    cap = renewal_cap(base, rate, months)
    if price > cap:
        raise Refused(
            _("%(price)s is above the renewal cap: %(base)s × %(rate)s %% × %(months)s / 12 = %(cap)s.")
            % {
                "price": money_text(price),
                "base": money_text(base),
                "rate": f"{(rate * 100).normalize():f}",
                "months": months,
                "cap": money_text(cap),
            },
            field="lines",
            code="above_cap",
        )


def _with_months(quote: RenewalQuote, months: int) -> Period:
    start = quote.period
    return replace(start, last_day=start.boundary(months), months=months)


def needs_approval(quote: RenewalQuote, our_company: Company | None = None) -> bool:
    """Whether its price departs from the rule so far that a director must agree, and none has to this content."""
    if not departs(quote.price, quote.measures, (our_company or company()).approval_deviation):
        return False
    return quote.approved_hash != content_hash(quote)


def ask_for_approval(quote: RenewalQuote, *, by: User | None, at: datetime) -> None:
    """The directors have their to-do as soon as a price departs; it goes when the price is another, or by the rule."""
    content = content_hash(quote)
    if not needs_approval(quote) or quote.refused_hash == content:
        settle_todos(quote, TO_APPROVE, by=by, at=at)
        return
    todo = approval_todo(quote, at=at, on=today(at))
    if not Todo.objects.filter(cause=todo.cause, done_at=None).exists():
        settle_todos(quote, TO_APPROVE, by=by, at=at)
    _ask([todo])


def ask_by_another_limit(*, by: User | None, at: datetime) -> None:
    """How far a price may depart is another share: what departs now has its to-do, and what no longer does has none."""
    drafts = RenewalQuote.objects.select_related("contract").prefetch_related("lines")
    waiting = list(waiting_for_approval(drafts))
    asked = Todo.objects.filter(kind=TO_APPROVE, target_type=ContentType.objects.get_for_model(RenewalQuote))
    over = asked.filter(done_at=None).exclude(target_id__in=[quote.pk for quote in waiting])
    over.update(done_at=at, done_by=by)
    on = today(at)
    _ask([approval_todo(quote, at=at, on=on) for quote in waiting])


def _ask(todos: Sequence[Todo]) -> None:
    """A content that departed before, and did not for a while, is asked about again."""
    write_todos(todos)
    Todo.objects.filter(cause__in=[todo.cause for todo in todos]).update(done_at=None, done_by=None)


def approval_todo(quote: RenewalQuote, *, at: datetime, on: date) -> Todo:
    """Approve this content; it is asked once for each content."""
    return make_todo(
        quote,
        kind=TO_APPROVE,
        due_on=on,
        at=at,
        role=Role.DIRECTOR,
        cause=f"{TO_APPROVE}:{quote.pk}:{quote.priced_by_id}:{content_hash(quote)[:24]}",
        params={"quote": str(quote), "contract": quote.contract.number},
    )


@transaction.atomic
def approve_quote(*, quote: RenewalQuote, by: User, at: datetime, seen: int | None = None) -> None:
    """A director agrees to a price; never the one who set it. Bound to the content as it is now."""
    require(by, "quotes.approve")
    if quote.status != QuoteStatus.DRAFT:
        raise Refused(_("Only a draft can be approved."), code="wrong_state")
    if quote.priced_by_id == by.pk:
        raise NotAllowed(_("Who set the price cannot approve it."))
    values = {"approved_hash": content_hash(quote), "approved_by": by, "refused_hash": "", "refusal": ""}
    change(quote, values, by=by, at=at, verb="approved", seen=seen)
    settle_todos(quote, TO_APPROVE, by=by, at=at)


@transaction.atomic
def refuse_price(*, quote: RenewalQuote, reason: str, by: User, at: datetime, seen: int | None = None) -> None:
    """A director does not agree to a price; whoever set it has the reason as a to-do. The draft still cannot leave.

    Raises `Refused` without a reason, or where no approval is needed, and `NotAllowed` for who set the price.
    """
    require(by, "quotes.approve")
    if quote.status != QuoteStatus.DRAFT or not needs_approval(quote):
        raise Refused(_("No approval is needed."), code="wrong_state")
    if quote.priced_by_id == by.pk:
        raise NotAllowed(_("Who set the price cannot decide on it."))
    if not reason.strip():
        raise Refused(_("Say why."), field="reason")
    values = {"refused_hash": content_hash(quote), "refusal": reason.strip()[:200]}
    change(quote, values, by=by, at=at, verb="price_refused", seen=seen, note=values["refusal"])
    settle_todos(quote, TO_APPROVE, by=by, at=at)
    todo = make_todo(
        quote,
        kind="price_refused",
        due_on=today(at),
        at=at,
        assignee=quote.priced_by or quote.contract.manager,
        role=Role.MANAGER,
        cause=f"price_refused:{quote.pk}:{quote.version}",
        params={"quote": str(quote), "contract": quote.contract.number, "reason": quote.refusal},
    )
    write_todos([todo])


@transaction.atomic
def hold_quote(*, quote: RenewalQuote, reason: str, by: User, at: datetime, seen: int | None = None) -> None:
    """Keep a draft from leaving by itself, with a reason; an empty reason lets it go again."""
    require(by, "quotes.edit")
    if quote.status != QuoteStatus.DRAFT:
        raise Refused(_("Only a draft can be held."), code="wrong_state")
    change(
        quote, {"on_hold": bool(reason.strip()), "hold_reason": reason.strip()}, by=by, at=at, verb="held", seen=seen
    )


#: What a new version of a quote has from the one before, what it is given, and what begins anew: every field it has.
REVISION_TAKES: Final = (
    "number", "contract", "follows_term", *PERIOD_COLUMNS, "price", "priced_by", "approved_hash", "approved_by",
    "refused_hash", "refusal",
)  # fmt: skip
REVISION_OWN: Final = ("revision", "on", "rule_price", "yardstick", "cap_base", "cap_rate")
REVISION_LEAVES: Final = (
    "status", "term", "valid_until", "sent_at", "decided_at", "decided_by_name", "reason", "on_hold", "hold_reason",
)  # fmt: skip


@transaction.atomic
def revise_quote(*, quote: RenewalQuote, by: User, at: datetime, on: date) -> RenewalQuote:
    """A new version of a sent quote, as a draft under the same number; the old one stands until the new one leaves."""
    require(by, "quotes.edit")
    if quote.status not in (QuoteStatus.SENT, QuoteStatus.EXPIRED, QuoteStatus.DECLINED):
        raise Refused(_("Only a sent quote gets a new version."), code="wrong_state")
    _check_goes_on(quote.contract)
    if quote.contract.quotes.filter(status=QuoteStatus.DRAFT).exists():
        raise Refused(_("There is a draft already."), code="duplicate")
    lines = list(quote.lines.all())
    terms = list(quote.contract.terms.filter(first_day__lt=quote.first_day).order_by("first_day"))
    newest = RenewalQuote.objects.filter(number=quote.number).order_by("-revision")[0].revision
    rule, yardstick = measures_of(quote.contract, terms, _with_months(quote, quote.months))
    fresh = RenewalQuote(
        **{name: getattr(quote, name) for name in REVISION_TAKES},
        revision=newest + 1,
        on=on,
        rule_price=rule,
        yardstick=yardstick,
        cap_base=in_force(quote.contract, quote.first_day).amount,
        cap_rate=quote.contract.cap_rate,
    )
    check_cap(fresh.price, fresh.cap_base, fresh.cap_rate, fresh.months)
    fresh.save()
    for line in lines:
        line.pk, line.quote = None, fresh
    QuoteLine.objects.bulk_create(lines)
    record(fresh, "drafted", by=by, at=at, note=str(quote))
    ask_for_approval(fresh, by=by, at=at)
    answer(quote.contract, by=by, at=at, on=on)
    return fresh


def _period(quote: RenewalQuote, terms: Sequence[MaintenanceTerm]) -> Period:
    """The stretch a draft should cover now: after the last term, or its own while that lies behind a gap."""
    resumed = quote.anchor == quote.first_day and quote.start_months == 0
    if not terms or (resumed and terms[-1].last_day < quote.first_day):
        return _with_months(quote, quote.months)
    return next_period(terms[-1].period, quote.months)


@transaction.atomic
def redraft_quote(*, quote: RenewalQuote, by: User | None, at: datetime) -> None:
    """What the draft rests on changed: period, base and price are made anew by the rule."""
    contract = quote.contract
    terms = list(contract.terms.order_by("first_day"))
    period = _period(quote, terms)
    price, yardstick = measures_of(contract, terms, period)
    line = quote.lines.order_by("position", "pk")[0]
    quote.lines.exclude(pk=line.pk).delete()
    line.gross = price
    line.save()
    change(
        quote,
        {
            "follows_term": terms[-1] if terms else None,
            **period_columns(period),
            "price": price,
            "rule_price": price,
            "yardstick": yardstick,
            "cap_base": in_force(contract, period.first_day).amount,
            "cap_rate": contract.cap_rate,
            "priced_by": None,
        },
        by=by,
        at=at,
        verb="redrafted",
    )
    settle_todos(quote, TO_APPROVE, by=by, at=at)
