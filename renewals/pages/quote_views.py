"""What surrounds a quote's sheet: its price as it is being typed, and the mail it would be."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_POST, require_safe
from moneyed import Money

from base.accounts.access import action
from base.company.queries import company
from base.ui.inputs import whole
from base.ui.look import Look
from base.ui.record import record_or_404
from contracts.rules import MAX_TERM_MONTHS, renewal_cap
from renewals.dry_run import preview_quote_mail
from renewals.enums import QuoteStatus
from renewals.forms import QuoteForm
from renewals.models import RenewalQuote
from renewals.pages.quotes import QuotePage
from renewals.rules import departs


@action("quotes.edit")
@require_POST
def sum_up(request: HttpRequest, pk: int) -> HttpResponse:
    """The form as it stands: its sum against the cap, or with `more` its rows with an empty one. Stores nothing."""
    look = Look.of(request)
    quote = record_or_404(QuotePage, look, pk)
    if not QuotePage.may_edit(quote, look):
        raise PermissionDenied
    form: Any = QuoteForm(request.POST, instance=quote, look=look)
    field = form.fields["lines"]
    rows = field.widget.formset(request.POST, "lines")
    if "more" in request.POST:
        fresh = field.widget.formset(None, "lines", rows.typed())
        context = {"formset": fresh, "currency": quote.price.currency, "url": field.widget.sum_url}
        return TemplateResponse(request, "billing/lines.html", context)
    return TemplateResponse(
        request, "renewals/lines_sum.html", against_cap(quote, form, field.sum_of(rows)) | {"unread": rows.unread()}
    )


def against_cap(quote: RenewalQuote, form: QuoteForm, price: Money) -> dict[str, Any]:
    """A price beside the cap and the rule of the months that are typed now."""
    typed = form.data.get("months", "")
    asked = whole(typed) or 0
    months = asked if 1 <= asked <= MAX_TERM_MONTHS else quote.months
    cap = renewal_cap(quote.cap_base, quote.cap_rate, months)
    rule = quote.rule_price if months == quote.months else None
    return {
        "quote": quote,
        "months": months,
        "price": price,
        "cap": cap,
        "left": cap - price,
        "over": price - cap,
        "used": f"{price.amount / cap.amount:.4f}" if cap.amount else "0",
        "rule": rule,
        "departs": rule is not None and departs(price, quote.measures, company().approval_deviation),
    }


@action("quotes.view")
@require_safe
def preview_mail(request: HttpRequest, pk: int) -> HttpResponse:
    """The mail as its reader would get it today."""
    look = Look.of(request)
    quote = record_or_404(QuotePage, look, pk)
    kind = (
        "renewal_reminder"
        if request.GET.get("kind") == "reminder" and quote.status == QuoteStatus.SENT
        else "renewal_quote"
    )
    context = {
        "mail": preview_quote_mail(quote, on=look.today, kind=kind),
        "quote": quote,
        "page": QuotePage,
        "look": look,
    }
    return TemplateResponse(request, "renewals/mail_page.html", context)
