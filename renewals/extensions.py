"""What renewals add to other floors' sheets: a contract's quotes and the way to a new one, an invoice's quote."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from base.accounts.models import User
from base.ui.answers import TodoAnswer, offer_answers
from base.ui.extension import PageExtension, after, before
from base.ui.filters import Quick, Relation
from base.ui.look import Look
from base.ui.parts import Answer, CountOf, Move, SmartButton, Tab
from billing.models import Invoice, InvoiceLine
from billing.queries import renewal_tax
from contracts.enums import ContractStatus
from contracts.forms import WishForm
from contracts.models import Contract
from contracts.rules import renewal_cap
from renewals import quotes
from renewals.cohorts import not_renewed, renewed, up_for_renewal
from renewals.enums import QuoteStatus
from renewals.forms import NewQuoteForm
from renewals.invoicing import QUOTE_SOURCE, quotes_of
from renewals.models import RenewalQuote
from renewals.pages.quotes import QuotePage
from renewals.queries import gap_before, waiting_for_approval
from renewals.reopening import ASKING
from warranty.models import MaintenanceTerm
from warranty.operations import following_period
from warranty.rules import DAY


def _quotes(contract: Contract, look: Look) -> QuerySet[RenewalQuote]:
    return RenewalQuote.objects.visible_to(look.user).filter(contract=contract)


_quote_count = CountOf(_quotes)


def _may_be_quoted(contract: Contract) -> Answer:
    if contract.status != ContractStatus.ACTIVE:
        return False
    if contract.final_acceptance_on is None:
        return _("Coverage starts with final acceptance; it is not recorded yet.")
    if contract.ending_on is not None:
        return _("The contract ends on a coming day: call that off first.")
    if contract.quotes.filter(status=QuoteStatus.DRAFT).exists():
        return _("There is a draft already.")
    return True


def _from(contract: Contract, look: Look) -> Mapping[str, Any]:
    """The day after the last term, or today when coverage has lapsed since."""
    last = contract.terms.order_by("-last_day").first()
    lapsed = last is not None and last.last_day < look.today - DAY
    return {"months": contract.renewal_months, "first_day": look.today if lapsed else None}


def _draft(
    contract: Contract, data: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None
) -> RenewalQuote:
    return quotes.draft_quote(
        contract=contract, by=by, at=at, on=on, months=data["months"], first_day=data["first_day"]
    )


def _preview(contract: Contract, data: Mapping[str, Any], look: Look) -> SafeString:
    """The offer as it would be: period, gap, price by the rule, cap."""
    period = following_period(contract, data["months"], data["first_day"])
    terms = list(contract.terms.order_by("first_day"))
    quote, _line = quotes.build_quote(contract, terms, period, number="", on=look.today, tax=renewal_tax(look.today))
    context = {
        "quote": quote,
        "gap": gap_before(quote),
        "cap": renewal_cap(quote.cap_base, quote.cap_rate, quote.months),
        "look": look,
    }
    return render_to_string("renewals/new_quote.html", context)


_BUTTONS = (
    SmartButton(
        "quotes",
        _("Quotes"),
        QuotePage.icon,
        count=_quote_count,
        url=lambda contract, look: f"{QuotePage.address()}?contract={contract.pk}",
        action="quotes.view",
    ),
)
_TABS = (
    Tab(
        "quotes",
        _("Quotes"),
        "renewals/contract_quotes.html",
        context=lambda contract, look: {"quotes": _quotes(contract, look), "colours": QuotePage.status_colours},
        action="quotes.view",
        count=_quote_count,
    ),
)
_NEW_QUOTE = Move(
    "quote",
    pgettext_lazy("button", "Renewal quote"),
    "quotes.edit",
    _draft,
    allowed=_may_be_quoted,
    form=NewQuoteForm,
    initial=_from,
    preview=_preview,
    icon=QuotePage.icon,
    done=_("The draft is made: change what you like, then send it."),
)


_ANSWERS = (
    TodoAnswer(_("New quote"), "quote", "quotes.edit"),
    TodoAnswer(_("Snooze"), "wish", "contracts.edit", {"wish": WishForm.SNOOZE}),
    TodoAnswer(_("No renewal"), "wish", "contracts.edit", {"wish": WishForm.NEVER}),
)
for _kind in ASKING:
    offer_answers(_kind, *_ANSWERS)


class QuoteOfInvoice(Relation):
    """Invoices made from a quote."""

    def target(self) -> type[RenewalQuote]:
        return RenewalQuote

    def build(self, look: Look) -> django_filters.Filter:
        found = super().build(look)
        found.method = _made_from
        return found


def _made_from(invoices: QuerySet[Invoice], name: str, quotes: Iterable[RenewalQuote]) -> QuerySet[Invoice]:
    keys = [quote.pk for quote in quotes]
    if not keys:
        return invoices
    lines = InvoiceLine.objects.filter(charge__source_kind=QUOTE_SOURCE, charge__source_id__in=keys)
    return invoices.filter(pk__in=lines.order_by().values("invoice"))


def _first_quote(invoice: Invoice) -> RenewalQuote | None:
    return next(iter(quotes_of([invoice]).get(invoice.pk, [])), None)


def _quote_address(quote: RenewalQuote | None) -> str:
    return QuotePage.address("sheet", quote.pk) if quote else QuotePage.address()


_QUOTE_OF_INVOICE = SmartButton(
    "quote",
    _("Renewal quote"),
    QuotePage.icon,
    count=lambda invoice, look: str(_first_quote(invoice) or ""),
    url=lambda invoice, look: _quote_address(_first_quote(invoice)),
    action="quotes.view",
)
_COHORT = (
    Quick("up_for_renewal", _("Up for renewal"), lambda rows, look: up_for_renewal(rows), divider=True),
    Quick("renewed", _("Renewed"), lambda rows, look: renewed(rows)),
    Quick("not_renewed", _("Not renewed"), lambda rows, look: not_renewed(rows)),
)


def _waits(rows: QuerySet[Contract], look: Look) -> QuerySet[Contract]:
    drafts = waiting_for_approval(RenewalQuote.objects.visible_to(look.user))
    return rows.filter(pk__in=drafts.values("contract"))


class QuotesOfContract(PageExtension[Contract], of="contracts"):
    """A contract's quotes, and the way to a new one."""

    filters = after("lapsed", Quick("to_approve", _("Waits for approval"), _waits, action="quotes.view"))
    buttons = before("invoices", *_BUTTONS)
    tabs = before("invoices", *_TABS)
    moves = (_NEW_QUOTE,)


class QuoteOfAnInvoice(PageExtension[Invoice], of="invoices"):
    """The quote an invoice was made from."""

    filters = after("contract__manager", QuoteOfInvoice("quote", label=_("quote")))
    buttons = (_QUOTE_OF_INVOICE,)


class CohortsOfTerms(PageExtension[MaintenanceTerm], of="terms"):
    """Which terms came up for renewal, and what became of them."""

    filters = after("by_hand", *_COHORT)
