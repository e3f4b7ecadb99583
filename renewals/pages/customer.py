"""What a customer sees behind the link in a mail: the quote, and two ways to answer it. No log-in, no scripts.

Looking changes nothing, however often a mail scanner does it; only a POST from this page decides (docs/rules.md 7.5).
"""

from datetime import date
from enum import StrEnum
from typing import Any

from django import forms
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from base.accounts.access import PUBLIC, action
from base.company import clock
from base.company.queries import company, today
from base.documents.pages import paper_response, papers_of
from base.lib.errors import Refused
from base.lib.money import split_tax, total
from base.ui.guests import back_to, behind_link
from base.ui.look import Text
from contracts.documents import contact_person
from contracts.enums import ContractStatus
from contracts.models import LANGUAGES
from contracts.queries import reader_of
from contracts.rules import renewal_cap
from renewals.decisions import accept_quote, decline_quote, quote_behind
from renewals.enums import QuoteStatus
from renewals.models import RenewalQuote
from renewals.queries import credit_due, gap_before, left_after


class Standing(StrEnum):
    """What a link leads to."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    UNKNOWN = "unknown"


#: How a browser, and whoever keeps its statistics, is told.
_STATUS = {Standing.EXPIRED: 410, Standing.SUPERSEDED: 410, Standing.WITHDRAWN: 410, Standing.UNKNOWN: 404}
_STANDING = {
    QuoteStatus.ACCEPTED: Standing.ACCEPTED,
    QuoteStatus.DECLINED: Standing.DECLINED,
    QuoteStatus.EXPIRED: Standing.EXPIRED,
    QuoteStatus.SUPERSEDED: Standing.SUPERSEDED,
    QuoteStatus.CANCELLED: Standing.WITHDRAWN,
    QuoteStatus.DRAFT: Standing.WITHDRAWN,
}


class AcceptForm(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=100)
    agree = forms.BooleanField(label=_("I accept this quote for my organisation and am entitled to do so."))


class DeclineForm(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=100, required=False)
    reason = forms.CharField(label=_("Why not?"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


def standing(quote: RenewalQuote | None, on: date) -> Standing:
    """What is to be said about a quote on a day."""
    if quote is None:
        return Standing.UNKNOWN
    if quote.status != QuoteStatus.SENT:
        return _STANDING[QuoteStatus(quote.status)]
    if quote.contract.status != ContractStatus.ACTIVE:
        return Standing.WITHDRAWN
    return Standing.EXPIRED if quote.valid_until and on > quote.valid_until else Standing.OPEN


def _read_in(quote: RenewalQuote) -> str:
    return reader_of(quote.contract).language


_open_to_customers = behind_link(quote_behind, _read_in)


def _page(request: HttpRequest, token: str, quote: RenewalQuote | None, **said: object) -> HttpResponse:
    """The page of a link; `said` is what came of an answer: a form to be filled in again, or why it was refused."""
    now = clock.now()
    state = standing(quote, today(now))
    context: dict[str, Any] = {
        "company": company(),
        "token": token,
        "quote": quote,
        "standing": state,
        "language": translation.get_language(),
        "languages": LANGUAGES,
        **said,
    }
    if quote is not None:
        context["contact"] = contact_person(quote.contract)
    if quote is not None and state == Standing.SUPERSEDED:
        context["newer"] = left_after(quote)
    if quote is not None and state in (Standing.OPEN, Standing.ACCEPTED, Standing.DECLINED):
        context |= _offer(quote)
    if state == Standing.OPEN:
        context.setdefault("accepting", AcceptForm(initial={"name": reader_of(quote.contract).name}))  # type: ignore[union-attr]
        context.setdefault("declining", DeclineForm())
    unfinished = "accepting" in said or "declining" in said
    return TemplateResponse(
        request, "renewals/customer/quote.html", context, status=422 if unfinished else _STATUS.get(state, 200)
    ).render()


def _offer(quote: RenewalQuote) -> dict[str, Any]:
    """The offer as the PDF has it."""
    lines = [(line, split_tax(line.gross, line.tax_rate)) for line in quote.lines.all()]
    currency = quote.price.currency
    return {
        "lines": lines,
        "net": total([split.net for _line, split in lines], currency),
        "tax": total([split.tax for _line, split in lines], currency),
        "cap": renewal_cap(quote.cap_base, quote.cap_rate, quote.months),
        "gap": gap_before(quote),
        "credit": credit_due(quote),
    }


@_open_to_customers
@require_safe
def show(request: HttpRequest, token: str, quote: RenewalQuote | None) -> HttpResponse:
    """The quote, or what became of it and whom to call."""
    return _page(request, token, quote)


def _too_late(quote: RenewalQuote | None) -> Text:
    """Said to whoever answers after somebody else did; a link that leads nowhere says so by itself."""
    decided = quote is not None and quote.status in (QuoteStatus.ACCEPTED, QuoteStatus.DECLINED)
    return _("Your answer was not recorded: this quote was decided before.") if decided else ""


@_open_to_customers
@require_POST
def say_yes(request: HttpRequest, token: str, quote: RenewalQuote | None) -> HttpResponse:
    """The customer accepts, by name."""
    form = AcceptForm(request.POST)
    now = clock.now()
    if quote is None or standing(quote, today(now)) != Standing.OPEN:
        return _page(request, token, quote, refusal=_too_late(quote))
    if not form.is_valid():
        return _page(request, token, quote, accepting=form)
    try:
        accept_quote(quote=quote, by=None, at=now, on=today(now), name=form.cleaned_data["name"])
    except Refused as refusal:
        return _page(request, token, quote_behind(token), refusal=refusal.message)
    return _back(token)


@_open_to_customers
@require_POST
def say_no(request: HttpRequest, token: str, quote: RenewalQuote | None) -> HttpResponse:
    """The customer declines, with a reason."""
    form = DeclineForm(request.POST)
    now = clock.now()
    if quote is None or standing(quote, today(now)) != Standing.OPEN:
        return _page(request, token, quote, refusal=_too_late(quote))
    if not form.is_valid():
        return _page(request, token, quote, declining=form)
    try:
        decline_quote(quote=quote, by=None, at=now, reason=form.cleaned_data["reason"], name=form.cleaned_data["name"])
    except Refused as refusal:
        return _page(request, token, quote_behind(token), refusal=refusal.message)
    return _back(token)


@_open_to_customers
@require_safe
def paper(request: HttpRequest, token: str, quote: RenewalQuote | None) -> HttpResponse | FileResponse:
    """The quote as PDF, while the link leads to it."""
    state = standing(quote, today(clock.now()))
    if quote is None or state not in (Standing.OPEN, Standing.ACCEPTED, Standing.DECLINED):
        return _page(request, token, quote)
    return paper_response(quote, papers_of(quote)[0])


@action(PUBLIC)
@require_safe
def logo(request: HttpRequest) -> FileResponse:
    """The company's logo; it was checked to be a picture when it came in."""
    picture = company().logo
    if not picture or not picture.storage.exists(str(picture.name)):
        raise Http404("logo")
    response = FileResponse(picture.open("rb"))
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "public, max-age=3600"
    return response


def _back(token: str) -> HttpResponse:
    """To the quote's page, which says what was decided; going back or reloading decides nothing again."""
    return back_to(reverse("customer_quote", args=[token]))
