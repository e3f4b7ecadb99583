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


def _cell(column: AnyColumn, record: Model, is_currency: bool) -> Raw:
    if is_currency:
        value = column.of(record)
        return str(value.currency.code) if isinstance(value, Money) else ""
    return column.raw(record)


def csv_bytes(listing: Listing, heard: Heard = _unheard) -> bytes:
    """UTF-8 with a byte-order mark, so that Excel reads the Chinese."""
    out = io.StringIO()
    writer = csv.writer(out)
    heads = list(_heads(listing))
    writer.writerow([harmless(label) for label, *_rest in heads])
    for record in records(listing, heard):
        writer.writerow([_csv_text(_cell(column, record, is_currency)) for _head, column, is_currency in heads])
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
    last = 0
    for last, record in enumerate(records(listing, heard), start=1):
        for place, (_head, column, is_currency) in enumerate(heads):
            _write(sheet, last, place, column, _cell(column, record, is_currency), formats)
    if heads:
        sheet.autofilter(0, 0, last, len(heads) - 1)
    book.close()
    return out.getvalue()


def _write(sheet: Any, row: int, place: int, column: AnyColumn, value: Raw, formats: dict[str, Any]) -> None:
    match value:
        case None | "":
            return
        case bool():
            sheet.write_boolean(row, place, value)
        case int() | float() | Decimal():
            look = "percent" if isinstance(column, Percent) else "money" if column.is_money else None
            sheet.write_number(row, place, value, formats[look] if look else None)
        case datetime():
            sheet.write_datetime(row, place, timezone.localtime(value).replace(tzinfo=None), formats["moment"])
        case date():
            sheet.write_datetime(row, place, value, formats["date"])
        case _:
            sheet.write_string(row, place, str(value))
