"""The forecast: what the plan holds between two days, and what the terms that would follow bring."""

import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from typing import IO, Any

import xlsxwriter
from django.http import FileResponse, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from base.accounts.access import action
from base.ui import cells
from base.ui.inputs import day
from base.ui.look import Look
from contracts.models import Contract
from warranty.labels import icon_of, say
from warranty.planning.forecast import Expected, forecast
from warranty.planning.forecast_sums import Coming
from warranty.planning.kinds import Act

AHEAD, LONGEST = timedelta(days=30), timedelta(days=3 * 366)
#: So many lines are read in one piece; of more the first are shown, and the workbook holds all.
MOST, SHOWN = 500, 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Line:
    """One expected row with its contract and its words."""

    row: Expected
    contract: Contract
    words: str
    icon: str


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


def expected(look: Look, span: Span) -> list[Expected]:
    """Everything expected in the span that this person may see, by day."""
    rows = forecast(Contract.objects.visible_to(look.user), first=span.first, last=span.last, today=look.today)
    return sorted(rows, key=lambda row: (row.due_on, row.contract))


def dressed(rows: list[Expected]) -> list[Line]:
    """The rows with their contracts and their words."""
    contracts = Contract.objects.filter(number__in={row.contract for row in rows}).select_related("customer", "manager")
    by_number = {contract.number: contract for contract in contracts}
    return [
        Line(row, by_number[row.contract], say(Act(row.kind, row.step, by_number[row.contract])), icon_of(row.kind))
        for row in rows
    ]


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
@require_safe
def export(request: HttpRequest) -> FileResponse:
    """The same as a workbook, all of it."""
    look = Look.of(request)
    span = Span.asked(request, look.today)
    target = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    _write(target, dressed(expected(look, span)), prices=look.may("prices.view"))
    target.seek(0)
    name = f"{_('Forecast')} {span.first} {span.last}.xlsx"
    return FileResponse(target, as_attachment=True, filename=name, content_type=XLSX)


def _write(target: IO[bytes], found: list[Line], *, prices: bool) -> None:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet(_("Forecast"))
        bold, day = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "yyyy-mm-dd"})
        money = book.add_format({"num_format": "#,##0.00"})
        heads = [
            _("due on"),
            _("what"),
            _("contract"),
            _("customer"),
            _("account manager"),
            _("term from"),
            _("term to"),
            _("projected"),
        ]
        heads += [_("amount"), _("currency")] if prices else []
        sheet.set_column(0, len(heads) - 1, 18)
        sheet.freeze_panes(1, 0)
        for place, head in enumerate(heads):
            sheet.write_string(0, place, head, bold)
        for number, line in enumerate(found, 1):
            row, contract = line.row, line.contract
            sheet.write_datetime(number, 0, row.due_on, day)
            texts = (
                line.words,
                contract.number,
                str(contract.customer),
                str(contract.manager or contract.manager_name),
            )
            for place, text in enumerate(texts, 1):
                sheet.write_string(number, place, text)
            if row.term:
                sheet.write_datetime(number, 5, row.term.first_day, day)
                sheet.write_datetime(number, 6, row.term.last_day, day)
            sheet.write_string(number, 7, _("yes") if row.projected else "")
            if prices and row.amount:
                sheet.write_number(number, 8, row.amount.amount, money)
                sheet.write_string(number, 9, row.amount.currency.code)
