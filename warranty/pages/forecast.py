"""The forecast: what the plan holds between two days, and what the terms that would follow bring."""

import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from base.accounts.access import action
from base.jobs.operations import ask_job
from base.jobs.run import mime_of
from base.ui import cells, registry
from base.ui.inputs import day
from base.ui.look import Look
from contracts.models import Contract
from warranty.forecast_export import Line, dressed, file_name, write_forecast
from warranty.jobs import WRITE_FORECAST
from warranty.planning.forecast_sums import Coming

AHEAD, LONGEST = timedelta(days=30), timedelta(days=3 * 366)
#: So many lines are read in one piece; of more the first are shown, and the workbook holds all.
MOST, SHOWN = 500, 100
#: Rows that are written while the person waits: well under two seconds.
AT_ONCE = 2000


@dataclass(frozen=True)
class Span:
    first: date
    last: date

    @classmethod
    def asked(cls, request: HttpRequest, today: date) -> "Span":
        """From and to of the address; from today for a month where it says nothing that can be."""
        first = day(request.GET.get("from", "")) or today
        last = day(request.GET.get("to", "")) or first + AHEAD
        return cls(first, min(max(last, first), first + LONGEST))


@action("forecast.view")
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    look = Look.of(request)
    span = Span.asked(request, look.today)
    prices = look.may("prices.view")
    found = _coming(look, span)
    lines = dressed(found.rows(MOST, SHOWN))
    count, visits = found.counted
    context: dict[str, Any] = {
        "look": look,
        "span": span,
        "count": count,
        "lines": lines,
        "rows": _rows(lines, look, prices=prices),
        "shown": len(lines),
        "prices": prices,
        "sums": found.renewals if prices and "sums" in request.GET else None,
        "visits": visits,
    }
    return TemplateResponse(request, "warranty/forecast.html", context)


@action("forecast.view")
@require_safe
def sums(request: HttpRequest) -> HttpResponse:
    """What the renewals come to, for the page that stands already; nothing for who sees no prices."""
    look = Look.of(request)
    found = _coming(look, Span.asked(request, look.today)).renewals if look.may("prices.view") else []
    return TemplateResponse(request, "warranty/forecast_sums.html", {"sums": found})


def _coming(look: Look, span: Span) -> Coming:
    contracts = Contract.objects.visible_to(look.user)
    return Coming(contracts, first=span.first, last=span.last, today=look.today)


def _rows(lines: list[Line], look: Look, *, prices: bool) -> SafeString:
    """The lines as rows of the table. Joined here: in a template hundreds of them took longest of all."""
    labels: list[str] = [
        escape(_(name)) for name in ("what", "contract", "customer", "account manager", "term", "amount")
    ]
    base = reverse("contracts:sheet", args=[0]).removesuffix("0/")
    projected = format_html(
        ' <span class="tag tag-purple" title="{}">{}</span>',
        _("No further term is agreed yet; this assumes one."),
        _("projected"),
    )
    return SafeString("".join([_row(each, look, labels, base, projected, prices=prices) for each in lines]))


def _row(line: Line, look: Look, labels: list[str], base: str, projected: str, *, prices: bool) -> str:
    row, contract = line.row, line.contract
    day = look.once(("due", row.due_on), lambda: cells.due_html(row.due_on, look, near=7))
    icon = f'<i class="ti ti-{line.icon}" aria-hidden="true"></i>'
    shown = [
        f"{icon} {escape(line.words)}{projected if row.projected else ''}",
        f'<a href="{base}{contract.pk}/">{escape(contract)}</a>',
        escape(contract.customer),
        escape(contract.manager or contract.manager_name or "–"),
        f"{row.term.first_day} – {row.term.last_day}" if row.term else "",
    ]
    found = "".join([f'<td data-label="{label}">{cell}</td>' for label, cell in zip(labels, shown, strict=False)])
    if prices:
        amount = cells.money_html(row.amount, look) if row.amount else ""
        found += f'<td class="text-end" data-label="{labels[-1]}">{amount}</td>'
    return f'<tr class="line"><td class="main">{day}</td>{found}</tr>'


@action("forecast.view")
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest) -> HttpResponse | FileResponse:
    """The same as a workbook, all of it: at once while it is short, else by a job."""
    look = Look.of(request)
    span = Span.asked(request, look.today)
    first, last, name = span.first, span.last, file_name(span.first, span.last)
    count, _visits = _coming(look, span).counted
    if count <= AT_ONCE:
        target = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
        write_forecast(target, by=look.user, today=look.today, prices=look.may("prices.view"), first=first, last=last)
        target.seek(0)
        return FileResponse(target, as_attachment=True, filename=name, content_type=mime_of(name))
    if request.method == "POST":
        parameters = {"first": first.isoformat(), "last": last.isoformat()}
        job = ask_job(kind=WRITE_FORECAST.name, subject=name, parameters=parameters, by=look.user, at=look.now)
        return HttpResponseRedirect(registry.address(job, look))
    back = f"{reverse('forecast')}?from={span.first}&to={span.last}"
    return TemplateResponse(request, "ui/export.html", {"heading": _("Forecast"), "back": back, "limit": AT_ONCE})
