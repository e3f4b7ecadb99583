"""Values that look their own way: a stretch of days, and priced lines with their sums."""

from datetime import date
from typing import Any

from django.db import models
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from base.lib.money import split_tax, total
from base.ui import cells
from base.ui.columns import Column
from base.ui.look import Look


class Stretch(Column[models.Model]):
    """Two days as one stretch, both included; sorted by the first."""

    def __init__(self, first: str, last: str, **options: Any) -> None:
        super().__init__(first, **options)
        self.last = last

    def days(self, record: models.Model) -> tuple[date, ...]:
        """Both, or none where the record has no days."""
        found = (getattr(record, self.name), getattr(record, self.last))
        return () if None in found else found

    def html(self, record: models.Model, look: Look) -> SafeString | str:
        days = self.days(record)
        if not days:
            return cells.EMPTY
        first, last = days
        return format_html("{} … {}", cells.day_html(first, look), cells.day_html(last, look))

    def text(self, record: models.Model, look: Look) -> str:
        return " … ".join(cells.day_text(day, look.language) for day in self.days(record))

    def raw(self, record: models.Model) -> str:
        return " … ".join(day.isoformat() for day in self.days(record))


class LinesTable(Column[Any]):
    """The lines with net and tax, which are split line by line, and their sums; inputs while a draft is edited."""

    def html(self, record: Any, look: Look) -> SafeString | str:
        lines = [(line, split_tax(line.gross, line.tax_rate)) for line in record.lines.all()]
        currency = lines[0][0].gross.currency if lines else "CNY"
        context = {
            "lines": lines,
            "net": total([split.net for _line, split in lines], currency),
            "tax": total([split.tax for _line, split in lines], currency),
            "gross": total([line.gross for line, _split in lines], currency),
        }
        return render_to_string("billing/lines_table.html", context)
