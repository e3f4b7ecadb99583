"""Values of quotes and invoices that look their own way: stretches of days, shares of the cap, masked links."""

from datetime import date
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from base.lib.money import format_money, split_tax, total
from base.ui import cells
from base.ui.columns import Column
from base.ui.look import Look
from billing.wording import percent


class Stretch(Column):
    """Two days as one stretch, both included; sorted by the first."""

    def __init__(self, first: str, last: str, **options: Any) -> None:
        super().__init__(first, **options)
        self.last = last

    def days(self, record: Any) -> tuple[date, date]:
        return getattr(record, self.name), getattr(record, self.last)

    def html(self, record: Any, look: Look) -> SafeString | str:
        first, last = self.days(record)
        return format_html("{} … {}", cells.day_html(first, look), cells.day_html(last, look))

    def text(self, record: Any, look: Look) -> str:
        return " … ".join(cells.day_text(day, look.language) for day in self.days(record))

    def raw(self, record: Any) -> str:
        return " … ".join(day.isoformat() for day in self.days(record))


class RulePrice(Column):
    """The price by the rule, and how far the quote's own departs from it; amber from where a director must agree."""

    def html(self, record: Any, look: Look) -> SafeString | str:
        rule = cells.money_html(record.rule_price, look)
        if not record.deviation:
            return rule
        tone = "text-warning-strong" if record.departs else "text-secondary"
        return format_html('{} <small class="{}">{}</small>', rule, tone, percent(record.deviation, signed=True))


class CapUsed(Column):
    """How much of the cap a price takes: a bar and the per cent in words."""

    def html(self, record: Any, look: Look) -> SafeString | str:
        share = percent(record.cap_used)
        return format_html(
            '<span class="cap-used"><progress value="{}" max="1" aria-hidden="true"></progress>{}</span>',
            record.cap_used,
            share,
        )

    def text(self, record: Any, look: Look) -> str:
        return percent(record.cap_used)


class CapWords(Column):
    """The cap written out, as the contract sheet and the quote's PDF do: base × rate = cap."""

    def html(self, record: Any, look: Look) -> SafeString | str:
        return format_html_join(" ", '<span class="money">{}</span>', ((part,) for part in self._parts(record, look)))

    def text(self, record: Any, look: Look) -> str:
        return " ".join(self._parts(record, look))

    def _parts(self, record: Any, look: Look) -> list[str]:
        months = "" if record.months == 12 else f" × {record.months} / 12"
        return [
            format_money(record.cap_base, look.language),
            f"× {cells.percent_text(record.cap_rate)}{months}",
            f"= {format_money(record.cap, look.language)}",
        ]


class LinesTable(Column):
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


class MaskedLink(Column):
    """The customer's link, of which a screen shows the last four characters only (DESIGN 2.7)."""

    def html(self, record: Any, look: Look) -> SafeString | str:
        if not record.link_tail:
            return cells.EMPTY
        text = _("used") if record.link.used_at else _("closed") if record.link.revoked else ""
        return format_html('<code>/q/…{}/</code> <small class="text-secondary">{}</small>', record.link_tail, text)
