"""The forecast as a workbook to take away: every row between two days, whatever their number."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import IO

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from base.accounts.models import User
from contracts.models import Contract
from warranty.labels import icon_of, say
from warranty.planning.forecast import Expected, forecast
from warranty.planning.kinds import Act

_AT_ONCE = 500


@dataclass(frozen=True)
class Line:
    """One expected row with its contract and its words."""

    row: Expected
    contract: Contract
    words: str
    icon: str


def dressed(rows: list[Expected]) -> list[Line]:
    """The rows with their contracts and their words."""
    contracts = Contract.objects.filter(number__in={row.contract for row in rows}).select_related("customer", "manager")
    by_number = {contract.number: contract for contract in contracts}
    return [
        Line(row, by_number[row.contract], say(Act(row.kind, row.step, by_number[row.contract])), icon_of(row.kind))
        for row in rows
    ]


def file_name(first: date, last: date) -> str:
    """The name of the file."""
    return f"{_('Forecast')} {first} {last}.xlsx"


def write_forecast(
    target: IO[bytes],
    *,
    by: User,
    first: date,
    last: date,
    today: date,
    prices: bool,
    heard: Callable[[int, int], None] = lambda _done, _total: None,
) -> tuple[int, set[int]]:
    """Write everything expected in the span that this person may see, by day.

    Returns how many rows there are, and the keys of the contracts they are about.
    """
    found = forecast(Contract.objects.visible_to(by), first=first, last=last, today=today)
    rows = sorted(found, key=lambda row: (row.due_on, row.contract))
    contracts: set[int] = set()
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
        for start in range(0, len(rows), _AT_ONCE):
            heard(start, len(rows))
            for number, line in enumerate(dressed(rows[start : start + _AT_ONCE]), start + 1):
                contracts.add(line.contract.pk)
                _write_line(sheet, number, line, day, money if prices else None)
    return len(rows), contracts


def _write_line(sheet: Worksheet, number: int, line: Line, day: Format, money: Format | None) -> None:
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
    if money is not None and row.amount:
        sheet.write_number(number, 8, row.amount.amount, money)
        sheet.write_string(number, 9, row.amount.currency.code)
