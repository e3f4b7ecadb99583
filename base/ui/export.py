"""A list as a file: exactly its rows and columns, with nothing in a cell that a spreadsheet would run or bend."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any, TypeAlias

import xlsxwriter
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _
from moneyed import Money

from base.lib.text import harmless
from base.ui.columns import AnyColumn, Percent, Raw
from base.ui.listing import Listing
from base.ui.paths import with_related

#: Told of the records of each chunk once they are written; what it raises ends the export.
Heard: TypeAlias = Callable[[Sequence[Model]], None]
#: Records prepared at a time.
CHUNK = 500
#: The day a workbook counts from.
_DAY_ZERO = date(1899, 12, 30).toordinal()


def _unheard(records: Sequence[Model]) -> None:
    """Nobody waits for each chunk."""


def records(listing: Listing, heard: Heard = _unheard) -> Iterator[Model]:
    """All rows of the list in its order, those of a grouped list group by group. `heard` is told of each chunk."""
    rows = with_related(listing.ordered, [each.name for each in listing.columns])
    if listing.groups and listing.sort is None:
        rows = rows.order_by(*[each.path for each in listing.groups], "pk")
    found = rows.iterator(chunk_size=CHUNK)
    while chunk := list(islice(found, CHUNK)):
        yield from listing.page.prepared(chunk, listing.look)
        heard(chunk)


def _heads(listing: Listing) -> Iterator[tuple[str, AnyColumn, bool]]:
    """The columns; behind each sum of money its currency has a column of its own."""
    for column in listing.columns:
        yield str(column.label), column, False
        if column.is_money:
            yield f"{column.label} ({_('currency')})", column, True


def _readers(listing: Listing) -> list[Callable[[Any], Raw]]:
    """What makes the cells of a record, one for each head."""
    return [
        _currency_of(column) if is_currency else column.raw_reader() for _head, column, is_currency in _heads(listing)
    ]


def _currency_of(column: AnyColumn) -> Callable[[Any], Raw]:
    def currency(record: Model) -> str:
        value = column.of(record)
        return str(value.currency.code) if isinstance(value, Money) else ""

    return currency


def csv_bytes(listing: Listing, heard: Heard = _unheard) -> bytes:
    """UTF-8 with a byte-order mark, so that Excel reads the Chinese."""
    out = io.StringIO()
    writer = csv.writer(out)
    readers = _readers(listing)
    writer.writerow([harmless(label) for label, *_rest in _heads(listing)])
    for record in records(listing, heard):
        writer.writerow([_csv_text(read(record)) for read in readers])
    return out.getvalue().encode("utf-8-sig")


def _csv_text(value: Raw) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(int(value))
        case int() | float() | Decimal():
            return f"{value}"
        case datetime():
            return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
        case date():
            return value.isoformat()
    return harmless(str(value))


def xlsx_bytes(listing: Listing, heard: Heard = _unheard) -> bytes:
    """One sheet with a fixed head; texts are written as texts, whatever they look like."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    bold = book.add_format({"bold": True, "bg_color": "#EEF2F2", "bottom": 1})
    formats = {
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        "money": book.add_format({"num_format": "#,##0.00"}),
        "percent": book.add_format({"num_format": "0.00%"}),
    }
    sheet = book.add_worksheet(listing.page.heading()[:31].translate(str.maketrans("", "", "[]:*?/\\'")))
    heads = list(_heads(listing))
    for place, (label, column, is_currency) in enumerate(heads):
        sheet.set_column(place, place, 10 if is_currency else 26 if column.align != "end" else 18)
        sheet.write_string(0, place, label, bold)
    sheet.freeze_panes(1, 1)
    last, readers = 0, _readers(listing)
    numbers = [formats[_number_look(column)] if _number_look(column) else None for _label, column, _is in heads]
    write = _writer(sheet, formats["date"], formats["moment"], numbers)
    for last, record in enumerate(records(listing, heard), start=1):
        for place, read in enumerate(readers):
            write(last, place, read(record))
    if heads:
        sheet.autofilter(0, 0, last, len(heads) - 1)
    book.close()
    return out.getvalue()


def _number_look(column: AnyColumn) -> str:
    """The format of the column's numbers; empty for plain ones."""
    return "percent" if isinstance(column, Percent) else "money" if column.is_money else ""


def _writer(sheet: Any, day: Any, moment: Any, numbers: list[Any]) -> Callable[[int, int, Raw], None]:
    """Writes one cell; `numbers` are the formats of numbers by column. A day is written as the number it is in a workbook."""
    write_text, write_number = sheet.write_string, sheet.write_number

    def write(row: int, place: int, value: Raw) -> None:
        kind = type(value)
        if kind is str:
            if value:
                write_text(row, place, value)
        elif kind is date:
            write_number(row, place, value.toordinal() - _DAY_ZERO, day)  # type: ignore[union-attr]
        elif kind is bool:
            sheet.write_boolean(row, place, value)
        elif isinstance(value, datetime):
            sheet.write_datetime(row, place, timezone.localtime(value).replace(tzinfo=None), moment)
        elif isinstance(value, str):
            write_text(row, place, str(value))
        elif value is not None:
            write_number(row, place, value, numbers[place])

    return write
